#!/bin/sh
# foo-32bit, which is made by the build of foo for i686, and foo-dbg, which foo
# makes beside itself: in plans, and built.
. "$(dirname "$0")/lib/lib.sh"

cp -R "$test/void-packages" tree
export SPIFF_DISTDIR=tree SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 SPIFF_REPO=repo

# template NAME: makes one; lines on standard input come behind a beginning
template() {
	mkdir -p "tree/srcpkgs/$1"
	{
		sed "s/cross-vpkg-dummy/$1/g" \
			tree/srcpkgs/cross-vpkg-dummy/template
		cat
	} >"tree/srcpkgs/$1/template"
}
template tool </dev/null
template wine32 <<'END'
hostmakedepends="tool"
metapackage=no
do_install() {
	mkdir -p "${DESTDIR}/usr/lib" "${DESTDIR}/usr/bin"
	echo "for ${XBPS_TARGET_MACHINE}" >"${DESTDIR}/usr/lib/libwine.so"
	echo "for ${XBPS_TARGET_MACHINE}" >"${DESTDIR}/usr/bin/wine32"
}
END
template game <<'END'
makedepends="wine32-32bit"
depends="wine32 wine32-32bit>=0.1_1"
END
template own32 <<'END'
own32-32bit_package() { depends="seed"; }
END
ln -s own32 tree/srcpkgs/own32-32bit
template user32 <<'END'
depends="own32-32bit"
END
template debugged <<'END'
makedepends="seed-dbg"
END

# line NAME WANTED ARG...: what spiff-deps prints, as one line with commas
line() {
	line_name=$1 line_want=$2
	shift 2
	is "$line_name" "$(spiff-deps "$@" 2>err | tr '\t\n' ' ,')" "$line_want"
}

line 'xbps-src asks for the package without -32bit' 'game: wine32,' -d game
line 'and answers for it' 'wine32: tool,' -d wine32-32bit
cross='tool-0.1_1 x86_64 missing,cross-i686-pc-linux-gnu-0.1_1 x86_64 missing,cross-vpkg-dummy-0.1_1 i686 missing,wine32-0.1_1 i686 missing,'
spiff-deps game | sort >out
is 'its build for i686 makes it, that for x86_64 does not' \
	"$(tr '\t\n' ' ,' <out)" \
	'cross-i686-pc-linux-gnu-0.1_1 x86_64 missing,cross-vpkg-dummy-0.1_1 i686 missing,game-0.1_1 x86_64 missing,tool-0.1_1 x86_64 missing,wine32-0.1_1 i686 missing,wine32-0.1_1 x86_64 missing,'
spiff-deps -t game >out
is 'with an order between them' "$(awk -F '\t' '
	$2 == "game-0.1_1" && $1 != $2 { print $1 }' out | sort | tr '\n' ,)" \
	'wine32-0.1_1,wine32-0.1_1.i686,'
is 'and the tools of this machine' "$(awk -F '\t' '
	$2 == "wine32-0.1_1.i686" && $1 != $2 { print $1 }' out | sort |
	tr '\n' ,)" \
	'cross-i686-pc-linux-gnu-0.1_1,cross-vpkg-dummy-0.1_1.i686,tool-0.1_1,'
is 'it is named as what is wanted' \
	"$(spiff-deps -l game | grep 32bit | tr '\t\n' ' ,')" \
	'wine32-32bit-0.1_1 x86_64 make -,wine32-32bit-0.1_1 x86_64 run -,'
spiff-deps wine32-32bit >out
is 'it can be asked for' "$(tail -n 1 out | tr '\t' ' ')" \
	'wine32-0.1_1 i686 missing'
is 'why' "$(spiff-deps -w tool game)" 'game -> wine32.i686 -> tool (make, host)'
exits 0 'nothing is wrong with it' spiff-deps -C game
line 'who depends on it depends on all that its build needs' \
	'game-0.1_1,wine32-0.1_1,' -X tool
line 'and on its source' 'game-0.1_1,' -X wine32
SPIFF_ARCH=i686 line 'one of the plan is for i686 anyway' \
	"$cross" wine32
line 'a subpackage of that name is none of these' \
	'seed-1.0_1 x86_64 missing,own32-0.1_1 x86_64 missing,user32-0.1_1 x86_64 missing,' \
	user32
export SPIFF_ARCH=aarch64
exits 1 'no other machine has such packages' spiff-deps game
has 'says so' err 'game: needs wine32-32bit, which no build makes and no repository has'
exits 1 'nor can they be asked for' spiff-deps wine32-32bit
has 'says so' err 'wine32-32bit: no build for aarch64 makes it'
export SPIFF_ARCH=x86_64

# built, from nothing to the last
spiff-enqueue game >out
is 'a job for each' "$(sort out | tr '\t\n' ' ,')" \
	'queued cross-i686-pc-linux-gnu-0.1_1.x86_64,queued cross-vpkg-dummy-0.1_1.i686,queued game-0.1_1.x86_64,queued tool-0.1_1.x86_64,queued wine32-0.1_1.i686,queued wine32-0.1_1.x86_64,'
# the same, as a machine for i686 would build it
cp spool/new/wine32-0.1_1.i686 asked
spiff-enqueue -A i686 -a i686 wine32 >out
is 'a job that is to be cross-built is kept' "$(sort out | tr '\t\n' ' ,')" \
	'kept wine32-0.1_1.i686,queued tool-0.1_1.i686,'
is 'with what its build needs' "$(cmp asked spool/new/wine32-0.1_1.i686 2>&1)" ''
rm spool/new/tool-0.1_1.i686
exits 0 'all are built' spiff-run -1 -j 1
is 'the package is in multilib' "$(find repo -name '*-32bit-*' | sort)" \
	repo/multilib/wine32-32bit-0.1_1.x86_64.xbps
is 'with the libraries, where 32-bit ones are' "$(
	tar -xOf repo/multilib/wine32-32bit-0.1_1.x86_64.xbps \
	./usr/lib32/libwine.so)" 'for i686'
line 'then nothing is missing' '' game wine32-32bit
is 'and it is fetched from there' "$(spiff-deps -f -u game | grep 32bit)" \
	repo/multilib/wine32-32bit-0.1_1.x86_64.xbps
printf 'version=0.2\n' >>tree/srcpkgs/wine32/template
line 'what depends on it takes an older one, as xbps-src does' \
	'wine32-0.2_1 x86_64 outdated 0.1_1,game-0.1_1 x86_64 requested,' -f game
line 'but one who asks for it gets the newer' \
	'wine32-0.2_1 i686 outdated 0.1_1,' wine32-32bit

is 'its job is the build for i686' "$(spiff-enqueue wine32-32bit)" \
	'queued	wine32-0.2_1.i686'
is 'which is what is asked about' "$(spiff-status -y wine32-32bit 2>&1 |
	grep -c 'wine32-0.2_1\.i686')" 1

# a main repository that knows nothing of i686
mkdir main
cp repo/x86_64-repodata main
exits 111 'what is made for i686 needs its index' spiff-deps -a i686 -r none -R main wine32
has 'it is named' err 'main/i686-repodata: no such index'
exits 1 'by the name with -32bit too' spiff-deps -r none -R main wine32-32bit
has 'in the same words' err 'main/i686-repodata: no such index'
exits 111 'and as a dependency' spiff-deps -f -r none -R main game
has 'in the same words' err 'main/i686-repodata: no such index'
exits 0 'to check the tree it is not needed' spiff-deps -r none -R main -C game

line '-dbg is made by the package' \
	'seed-1.0_1 x86_64 missing,debugged-0.1_1 x86_64 missing,' debugged
plan

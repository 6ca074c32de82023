#!/bin/sh
# Builds see what was asked for together with them: the whole pipeline on the
# stand-in tree, with two slots.
. "$(dirname "$0")/lib/lib.sh"

cp -R "$test/void-packages" tree
rm -r tree/srcpkgs/*
export SPIFF_DISTDIR=tree SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 SPIFF_REPO=repo \
	SPIFF_SPOOL=spool SPIFF_SLOTS=2

# saw PKGVER: what is in its package's file saw
saw() {
	tar -xOf "repo/$1.x86_64.xbps" ./usr/share/saw
}

# header VERSION, meta, user REVISION: a chain through a package that stays
header() {
	template tree liba "$1_1" 'do_install() {' 'vmkdir usr/include' \
		"echo $1 >\$DESTDIR/usr/include/liba.h" 'sleep 1' '}'
}
user() {
	template tree user "1_$1" 'makedepends="meta"' 'do_install() {' \
		'vmkdir usr/share' \
		'cat $XBPS_MASTERDIR/usr/include/liba.h >$DESTDIR/usr/share/saw' '}'
}
header 1
template tree meta 1_1 'depends="liba"' 'do_install() { vmkdir usr/share/meta; echo 1 >$DESTDIR/usr/share/meta/x; }'
user 1
spiff-enqueue user >/dev/null
exits 0 'a chain' spiff-run -1
is 'is built' "$(saw user-1_1)" 1
header 2
user 2
exits 0 'its ends' spiff-enqueue user liba
exits 0 'are built again' spiff-run -1
is 'one with the other' "$(saw user-1_2)" 2

# forced ones: each copies the stamp that it is built with
template tree sa 1_1 'do_install() {' 'vmkdir usr/include' \
	'date +%s%N >$DESTDIR/usr/include/sa.stamp' 'sleep 1' '}'
for p in sb:sa sc:sb; do
	from=usr/share/${p#*:}/stamp
	[ $p != sb:sa ] || from=usr/include/sa.stamp
	template tree ${p%:*} 1_1 "makedepends=${p#*:}" 'do_install() {' \
		"vmkdir usr/share/${p%:*}" \
		"cat \$XBPS_MASTERDIR/$from >\$DESTDIR/usr/share/${p%:*}/stamp" '}'
done
spiff-enqueue sc >/dev/null
spiff-run -1 2>err
(echo sa; spiff-deps -X sa) | spiff-enqueue -f - >/dev/null
exits 0 'all that depends on a package, with it' spiff-run -1
stamp=$(tar -xOf repo/sa-1_1.x86_64.xbps ./usr/include/sa.stamp)
is 'is built with it' "$(tar -xOf repo/sb-1_1.x86_64.xbps \
	./usr/share/sb/stamp)" "$stamp"
is 'down to the last' "$(tar -xOf repo/sc-1_1.x86_64.xbps \
	./usr/share/sc/stamp)" "$stamp"

# a forced one that fails: who was to be built with it is blocked
template tree sa 1_1 'do_install() { false; }'
(echo sa; echo sb) | spiff-enqueue -f - >/dev/null
exits 1 'a forced one that fails' spiff-run -1
is 'blocks who was to be built with it' "$(ls spool/wait)" sb-1_1.x86_64

# a build that has begun when its dependency is asked for anew
rm -f spool/*/s[ab]-*
cat >>tree/srcpkgs/user/template <<END
do_fetch() {
	[ -e $work/go ] || { : >$work/begun; sleep 600; }
}
END
sed 's/^revision=.*/revision=3/' tree/srcpkgs/user/template >t
mv t tree/srcpkgs/user/template
spiff-run 2>log &
run=$!
cleanup() { kill "$run" 2>/dev/null; }
await [ -s spool/lock ]
spiff-enqueue user >/dev/null
await [ -e begun ]
: >go
header 3
exits 0 'a dependency of what is being built' spiff-enqueue liba
has 'is said to begin that again' out 'again	user-1_3.x86_64'
await [ -e spool/done/user-1_3.x86_64 ]
is 'it is built with the new one' "$(saw user-1_3)" 3
is 'in two tries' "$(sed -n 's/^tries //p' spool/done/user-1_3.x86_64 |
	tail -n 1)" 2
kill "$run"
wait "$run"
plan

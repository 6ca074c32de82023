#!/bin/sh
# Interfaces: what was built against another one than there is now is found, and where
# SPIFF_RELINK says so it is built again; where the interface is the same it ends there.
. "$(dirname "$0")/lib/lib.sh"

cp -R "$test/void-packages" void
rm -r void/srcpkgs/*
mkdir -p over/srcpkgs
export SPIFF_DISTDIR=over:void SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 SPIFF_REPO=repo \
	SPIFF_SPOOL=spool SPIFF_SLOTS=2

# package NAME VERSION DEPENDS LINE...: makes a template, with lines that install
package() {
	p_name=$1 p_pkgver=${2}_1 p_depends=$3
	shift 3
	template over "$p_name" "$p_pkgver" "makedepends=\"$p_depends\"" \
		'do_install() {' "$@" '}'
}

# header NAME VERSION TEXT: a library that is nothing but a header
header() {
	package "$1" "$2" '' 'vmkdir usr/include' \
		"echo '$3' >\$DESTDIR/usr/include/$1.h"
}

# relinks: what -i says of interfaces
relinks() {
	spiff-deps -i 2>&1 | awk '$3 == "relink" { print $1, $4 }' | tr '\n' ' '
}

# one that is static, one that has the same in another place, and one that has
# nothing of it in its chroot
header one 1 'int one;'
package mid 1 one 'vmkdir usr/share' 'echo x >$DESTDIR/usr/share/mid'
sed -i 's/^makedepends=.*/&\ndepends=one/' over/srcpkgs/mid/template
package user 1 one 'vmkdir usr/bin' \
	'cat $XBPS_MASTERDIR/usr/include/one.h >$DESTDIR/usr/bin/user'
package far 1 mid 'vmkdir usr/share' 'echo x >$DESTDIR/usr/share/far'
package apart 1 '' 'vmkdir usr/share' 'echo x >$DESTDIR/usr/share/apart'
spiff-enqueue one mid user far apart >/dev/null
exits 0 'a header and its users' spiff-run -1
is 'nothing is due' "$(relinks)" ''
has 'a job remembers its chroot' spool/done/far-1_1.x86_64 'against one-1_1='
header one 1 'int one;'
sed -i 's/^revision=.*/revision=2/' over/srcpkgs/one/template
spiff-enqueue one >/dev/null
spiff-run -1 2>log
is 'the same interface makes nothing due' "$(relinks)" ''
header one 2 'int one, two;'
spiff-enqueue one >/dev/null
spiff-run -1 2>log
is 'another one does' "$(relinks)" 'far-1_1 one mid-1_1 one user-1_1 one '
rm -r cache
is 'with nothing cached too' "$(relinks)" 'far-1_1 one mid-1_1 one user-1_1 one '
is 'the cache has it again' "$(head -n 1 cache/interfaces)" 'spiff interfaces 1'
echo junk >>cache/interfaces
is 'one that is damaged does no harm' "$(relinks)" \
	'far-1_1 one mid-1_1 one user-1_1 one '

# a reason only where it is said
is 'nothing is due by itself' "$(spiff-deps -B)$(spiff-deps user)" ''
for word in user 'us*r' 'x user'; do
	is "SPIFF_RELINK=$word" \
		"$(SPIFF_RELINK=$word spiff-deps -B | tr '\t' ' ')" \
		'user-1_1 x86_64 relink one'
done
sed -i 's/^version=/build_style=cargo\n&/' over/srcpkgs/user/template
: >void/common/build-style/cargo.sh
is 'or a build style' "$(SPIFF_RELINK=cargo spiff-deps -B | tr '\t' ' ')" \
	'user-1_1 x86_64 relink one'
sed -i '/^build_style/d' over/srcpkgs/user/template
SPIFF_RELINK=user
export SPIFF_RELINK
is 'it is the reason in a plan' "$(spiff-deps user far | tr '\t' ' ')" \
	'user-1_1 x86_64 relink one'
is 'and behind what is outdated' "$(spiff-deps -o user far | tr '\t' ' ')" \
	'user 1_1 1_1 relink one'
exits 1 'rebuilds are due' spiff-run -1
has 'which is said' err '1 to be rebuilt: spiff-deps -B names them'
is 'by the status' "$(spiff-status -l | grep ^relink | tr '\t' ' ')" \
	'relink user-1_1 one x86_64'
spiff-status >out
has 'by its table' out 'rebuild for new interfaces: user'
spiff-status -y user >out
has 'by its answer' out 'user-1_1	relink one: '
spiff-status -w site
is 'by the first line of the site' "$(sed -n '/verdict/{n;s/<[^>]*>//g;p;}' \
	site/index.html)" 'Rebuilds are due: 1 for new interfaces.'
has 'and a table' site/index.html 'id="relink"'
has 'by the feed' site/failures.atom 'user-1_1 is to be rebuilt'
has 'and the data' site/jobs.tsv 'user-1_1.x86_64	relink'
exits 1 'it is not queued at the same version' spiff-enqueue -k user
has 'which is said' err 'spiff-bump user'
spiff-deps -B | spiff-bump - >/dev/null 2>&1
exits 0 'but raised' spiff-enqueue -k user
is 'it is' "$(cat out)" "queued	user-1_2.x86_64"
spiff-run -1 2>log
is 'and then has the new interface' "$(relinks)" 'far-1_1 one mid-1_1 one '
is 'as its bytes have' "$(tar -xOf repo/user-1_2.x86_64.xbps ./usr/bin/user)" \
	'int one, two;'

# a chain of ten, by itself: it ends where an interface is the same
unset SPIFF_RELINK
# chain WORDS...: templates that make a header each, of the one before or of nothing
chain() {
	i=1
	while [ $i -le 9 ]; do
		case $1 in
		on) c_text="cat \$XBPS_MASTERDIR/usr/include/p$((i - 1)).h" ;;
		*) c_text='echo same' ;;
		esac
		package p$i 1 p$((i - 1)) 'vmkdir usr/include' \
			"$c_text >\$DESTDIR/usr/include/p$i.h"
		i=$((i + 1))
	done
}
# goes: the packages of the chain that were built again
goes() {
	SPIFF_RELINK='p?' SPIFF_REBUILD=bump spiff-run -1 2>log
	spiff-index -l | cut -f1 | grep '^p.-.*_2$' | tr '\n' ' '
}
for way in stop on; do
	rm -rf repo spool over/srcpkgs/*
	header p0 1 first
	chain $way
	spiff-enqueue p9 >/dev/null
	exits 0 'a chain of ten' spiff-run -1
	header p0 2 second
	spiff-enqueue p0 >/dev/null
	case $way in
	stop) is 'stops after the first' "$(goes)" 'p1-1_2 ' ;;
	*) is 'or goes on to its end' "$(goes)" \
		'p1-1_2 p2-1_2 p3-1_2 p4-1_2 p5-1_2 p6-1_2 p7-1_2 p8-1_2 p9-1_2 ' ;;
	esac
	is 'then nothing is due' "$(relinks)" ''
done

# two that are built with each other, through one that is there, have another interface
# each time: they are listed, and left alone
rm -rf repo spool over/srcpkgs/*
header left 1 first
package right 1 left 'vmkdir usr/include' \
	'cat $XBPS_MASTERDIR/usr/include/left.h >$DESTDIR/usr/include/right.h'
package between 1 '' 'vmkdir usr/share' 'echo x >$DESTDIR/usr/share/between'
echo 'depends=right' >>over/srcpkgs/between/template
spiff-enqueue right between >/dev/null
exits 0 'a chain' spiff-run -1
package left 2 between 'vmkdir usr/include' \
	'echo more | cat $XBPS_MASTERDIR/usr/include/right.h - >$DESTDIR/usr/include/left.h'
spiff-enqueue left >/dev/null
export SPIFF_RELINK='left right' SPIFF_REBUILD=bump
exits 0 'that becomes a circle' spiff-run -1
is 'is listed' "$(relinks)" 'right-1_1 left '
is 'and ends there' "$(spiff-index -l | cut -f1 | tr '\n' ' ')" \
	'between-1_1 left-2_1 right-1_1 '

plan

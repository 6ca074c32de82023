#!/bin/sh
# spiff-bump, and spiff-deps -B, which feeds it: what is broken is built again.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/pkg.sh"

mkdir -p void/srcpkgs over/srcpkgs second/srcpkgs repo
for d in common etc xbps-src; do
	cp -R "$test/void-packages/$d" void
done
export SPIFF_DISTDIR=over:second:void SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 \
	SPIFF_REPO=repo SPIFF_SPOOL=spool

# has_pkg DIR PKGVER PROPERTIES: puts one into a repository
has_pkg() {
	mkdir -p "$1"
	pkg "$2" x86_64 "$3"
	mv "$2.x86_64.xbps" "$1"
	spiff-index -a "$1/$2.x86_64.xbps" >/dev/null
}

# revision TREE NAME
revision() {
	sed -n 's/^revision=//p' "$1/srcpkgs/$2/template"
}

metapackage over mine 1_1
metapackage second other 1_4
metapackage void theirs 1_2
mkdir void/srcpkgs/theirs/files
echo text >void/srcpkgs/theirs/files/text
ln -s text void/srcpkgs/theirs/files/link
printf '#!/bin/sh\n' >void/srcpkgs/theirs/files/tool
chmod 755 void/srcpkgs/theirs/files/tool
ln -s theirs void/srcpkgs/theirs-sub
has_pkg repo mine-1_1 ''
has_pkg repo other-1_6 ''
has_pkg repo theirs-1_2 ''

exits 0 'a package of an overlay' spiff-bump mine
is 'its template is named' "$(cat out)" over/srcpkgs/mine/template
is 'and has the next revision' "$(revision over mine)" 2
is 'nothing else has changed' "$(wc -l <over/srcpkgs/mine/template)" 8
exits 0 'once more' spiff-bump mine
is 'changes nothing, as that is not built yet' "$(revision over mine)" 2
has 'which is said' err 'mine-1_2: no repository has that yet: its revision stays'
is 'but it is named' "$(cat out)" over/srcpkgs/mine/template
exits 0 'unless forced' spiff-bump -f mine
is 'then it is raised' "$(revision over mine)" 3
exits 0 'a package that a repository has newer, by a path' \
	spiff-bump srcpkgs/other/template other-1_4
is 'is raised above that, once' "$(cat out) $(revision second other)" \
	'second/srcpkgs/other/template 7'

find void | sort | xargs ls -ld >before
exits 1 'a package of void-packages' spiff-bump theirs
has 'is refused with what to do' err 'theirs: only void-packages has it, which is never changed: -c copies it into over'
exits 0 'with -c, by a subpackage' spiff-bump -c theirs-sub
is 'it is in the overlay' "$(cat out) $(revision over theirs)" \
	'over/srcpkgs/theirs 3'
is 'with all that lies beside' "$(find over/srcpkgs/theirs | sort | tr '\n' ' ')" \
	'over/srcpkgs/theirs over/srcpkgs/theirs/files over/srcpkgs/theirs/files/link over/srcpkgs/theirs/files/text over/srcpkgs/theirs/files/tool over/srcpkgs/theirs/template '
check 'links and modes too' test -L over/srcpkgs/theirs/files/link -a \
	-x over/srcpkgs/theirs/files/tool
find void | sort | xargs ls -ld >after
check 'void-packages is as it was' cmp -s before after
SPIFF_DISTDIR=void exits 1 'without an overlay' spiff-bump -c theirs
has 'says so' err 'put an overlay before it in SPIFF_DISTDIR'
mkdir loop
ln -s ../void/srcpkgs loop/srcpkgs
SPIFF_DISTDIR=loop:void exits 1 'an overlay that leads into void-packages' \
	spiff-bump -f theirs
has 'is none' err 'is the directory of void-packages, which is never changed'
is 'nor is that changed' "$(revision void theirs)" 2
metapackage over odd '1_$((1+1))'
exits 1 'a revision that is computed' spiff-bump -f odd
has 'is for people' err 'no single line revision=NUMBER: raise it by hand'
exits 1 'no such package, beside another' spiff-bump -f nonesuch mine
is 'the other is done' "$(revision over mine)" 4
exits 2 'no operand' spiff-bump

# failing ERROR OPERAND...: spiff-bump, whose writes end with that error
cp "$top/build/test/faults.so" .
failing() {
	printf '%s\n' FAULT_PROGRAM=spiff-bump FAULT_KIND=write FAULT_TIMES=1000 \
		"FAULT_ERROR=$1" >faults.so.conf
	shift
	LD_PRELOAD=$work/faults.so ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 \
		spiff-bump "$@"
}
rm -r over/srcpkgs/theirs
exits 111 'a full disk is not the fault of a package' failing 28 -f mine
has 'and is named' err 'srcpkgs/mine/template: No space left on device'
exits 111 'nor when a package is copied' failing 28 -c theirs
is 'of which nothing is left' "$(ls -A over/srcpkgs | tr '\n' ' ')" 'mine odd '
exits 1 'but an overlay that must not be written to is' failing 13 -f mine
is 'and the revision stays' "$(revision over mine)" 4

# a library's soname has changed in the main repository
rm -rf over/srcpkgs/* second/srcpkgs/* void/srcpkgs/* repo
so() { strings shlib-requires "$@"; }
metapackage void libfoo 2_1
metapackage void plug 1_1 'makedepends="app"'
metapackage over app 1_1 'makedepends="libfoo"'
metapackage over zapp 1_1 'makedepends="plug"'
metapackage over fine 1_1
has_pkg main libfoo-2_1 "$(strings shlib-provides libfoo.so.2)"
has_pkg repo app-1_1 "$(so libfoo.so.1)$(strings shlib-provides libapp.so.1)"
has_pkg repo plug-1_1 "$(so libapp.so.1 libfoo.so.1)"
has_pkg repo zapp-1_1 "$(so libapp.so.1 libfoo.so.1)"
has_pkg repo fine-1_1 "$(so libfoo.so.2)"
SPIFF_REPOS=main
export SPIFF_REPOS
exits 0 'what is broken' spiff-deps -B
is 'is listed, dependents last' "$(tr '\t\n' ' ,' <out)" \
	'app-1_1 x86_64 broken libfoo.so.1,plug-1_1 x86_64 broken libfoo.so.1,zapp-1_1 x86_64 broken libfoo.so.1,'
is 'and among what is not up to date' "$(spiff-deps -oe | tr '\t\n' ' ,' |
	tr -d '?')" 'app 1_1 1_1 broken libfoo.so.1,libfoo  2_1,plug 1_1 1_1 broken libfoo.so.1,zapp 1_1 1_1 broken libfoo.so.1,'
is 'it is in the plan' "$(spiff-deps -e | grep -c 'broken libfoo.so.1$')" 3
exits 1 'to build it again is in vain' spiff-enqueue app
has 'since it needs a new revision' err 'app-1_1: broken: no repository has libfoo.so.1: raise its revision (spiff-bump app), or -f'
exits 0 'or force' spiff-enqueue -f app
rm -r spool
metapackage over needs 1_1 'makedepends="app"'
exits 1 'what would be built with it' spiff-deps needs
has 'cannot be' err 'needs: needs app-1_1, which needs libfoo.so.1, which no repository provides any more'
spiff-deps -B | spiff-bump -c - 2>err | spiff-enqueue -k - >out
is 'all of it goes through a pipe' "$(cat out err | tr '\t\n' ' ,')" \
	'queued app-1_2.x86_64,queued plug-1_2.x86_64,queued zapp-1_2.x86_64,'
is 'each waits for what it is built with' \
	"$(grep -h ^needs spool/new/* | tr '\n' ,)" \
	'needs app-1_2.x86_64,needs plug-1_2.x86_64,'
is 'for this reason' "$(spiff-deps app | tr '\t' ' ')" \
	'app-1_2 x86_64 broken libfoo.so.1'
is 'and once' "$(spiff-deps -B | spiff-bump -c - 2>/dev/null |
	spiff-enqueue -k - | cut -f1 | sort -u)" kept
exits 0 'what needs it waits for it' spiff-enqueue needs
has 'too' spool/new/needs-1_1.x86_64 'needs app-1_2.x86_64'

# in the stage
rm -rf repo main spool
SPIFF_REPOS=
has_pkg repo libfoo-1_1 "$(strings shlib-provides libfoo.so.1)"
has_pkg repo app-1_2 "$(so libfoo.so.1)"
has_pkg repo libfoo-2_1 "$(strings shlib-provides libfoo.so.2)"
is 'the stage takes a library away' "$(spiff-deps -B | tr '\t' ' ')" \
	'app-1_2 x86_64 staged libfoo.so.1'

# one template for two architectures
rm -rf repo main spool over/srcpkgs/*
SPIFF_REPOS=
metapackage over app 1_1
pkg app-1_4 i686
SPIFF_ARCH=i686 spiff-index -a app-1_4.i686.xbps >/dev/null
mkdir repo
mv app-1_4.i686.xbps i686-repodata repo
for names in 'app app-32bit' 'app-32bit app'; do
	# shellcheck disable=SC2086 # a line each
	printf '%s\n' $names | spiff-bump - >out 2>err
	is "$names: raised once" "$(cat out err) $(revision over app)" \
		'over/srcpkgs/app/template 5'
	metapackage over app 1_1
done
has_pkg repo app-1_1 ''
exits 0 'when both have one' spiff-bump app app-32bit
is 'it is raised once, above both' "$(cat out err) $(revision over app)" \
	'over/srcpkgs/app/template 5'

plan

#!/bin/sh
# The order of a plan: a build waits for all of the plan that will be in its
# chroot, whatever present packages lie between.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/pkg.sh"

cp -R "$test/void-packages" tree
rm -r tree/srcpkgs/*
export SPIFF_DISTDIR=tree SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 SPIFF_REPO=repo
mkdir repo

# has_pkg DIR PKGVER [DEPENDS]...: puts one into a repository
has_pkg() {
	hp_dir=$1 hp_pkgver=$2
	shift 2
	pkg "$hp_pkgver" x86_64 "$(strings run_depends "$@")"
	mkdir -p "$hp_dir"
	mv "$hp_pkgver.x86_64.xbps" "$hp_dir"
	spiff-index -a "$hp_dir/$hp_pkgver.x86_64.xbps" >/dev/null
}

# edges ARG...: of the plan, without those of a package with itself
edges() {
	spiff-deps -t "$@" 2>err | awk '$1 != $2 { print $1, $2 }' | sort |
		tr '\n' ,
}

# plan_of ARG...: names and reasons
plan_of() {
	spiff-deps "$@" 2>err | cut -f1,3 | tr '\t\n' ' ,'
}

# through a present package, however many
metapackage tree liba 2_1
metapackage tree meta1 1_1 'depends="liba"'
metapackage tree meta2 1_1 'depends="meta1"'
metapackage tree user 1_2 'makedepends="meta2"'
has_pkg repo liba-1_1
has_pkg repo meta1-1_1 'liba>=0'
has_pkg repo meta2-1_1 'meta1>=0'
has_pkg repo user-1_1
is 'behind present packages is what has to be built first' \
	"$(edges user liba)" 'liba-2_1 user-1_2,'
is 'in the plan too' "$(plan_of user liba)" \
	'liba-2_1 outdated 1_1,user-1_2 outdated 1_1,'
is 'and in rules for make' "$(spiff-deps -m user liba |
	grep -A1 'user-1_2.x86_64: ' | tail -n 1 | sed 's|.*/||')" \
	liba-2_1.x86_64
is 'but nobody asks for it' "$(plan_of user)" 'user-1_2 outdated 1_1,'

# what is forced counts as absent
metapackage tree user 1_1 'makedepends="meta2"'
metapackage tree liba 1_1
is 'forced builds have an order' "$(edges -f user meta1 liba)" \
	'liba-1_1 meta1-1_1,meta1-1_1 user-1_1,'
is 'through present ones' "$(edges -f user liba)" 'liba-1_1 user-1_1,'
is 'for make' "$(spiff-deps -f -m user liba | grep -c "'tries 1'")" 2
is 'what is built is not taken from a repository' \
	"$(spiff-deps -f -l user liba | grep liba | tr '\t\n' ' ,')" \
	'liba-1_1 x86_64 run -,'
is 'nor fetched' "$(spiff-deps -f -u user liba | grep liba)" ''

# two present packages whose dependencies lead to each other
metapackage tree left 2_1 'makedepends="toright"'
metapackage tree right 2_1 'makedepends="toleft"'
metapackage tree toleft 1_1 'depends="left"'
metapackage tree toright 1_1 'depends="right"'
has_pkg repo left-1_1
has_pkg repo right-1_1
has_pkg repo toleft-1_1 'left>=0'
has_pkg repo toright-1_1 'right>=0'
exits 0 'a circle through present packages is none' spiff-deps left right
is 'since those will do' "$(sort out | cut -f1 | tr '\n' ' ')" \
	'left-2_1 right-2_1 '

# a library that came with the last build of another that is built again
metapackage tree so 1_2
metapackage tree linked 1_2
metapackage tree uses 1_1 'makedepends="linked"'
has_pkg repo so-1_1
has_pkg repo linked-1_1 'so>=1_1'
is 'what a package was linked with comes before it, and its users' \
	"$(edges uses linked so)" 'linked-1_2 uses-1_1,so-1_2 linked-1_2,'

# who waits for one of a circle waits for all of it
metapackage tree outside 1_1 'makedepends="left"'
is 'a circle is waited for as a whole' "$(edges outside left right |
	tr , '\n' | grep -c ' outside-1_1$')" 2

# what a present package needs and nobody has
metapackage tree m4 1_1
metapackage tree autoconf 1_1 'depends="m4"'
metapackage tree made 1_1 'hostmakedepends="autoconf"'
has_pkg main autoconf-1_1 'm4>=0'
SPIFF_REPOS=main
export SPIFF_REPOS
is 'a run-time dependency of a present package is built first' \
	"$(plan_of made)" 'm4-1_1 missing,made-1_1 missing,'
is 'with an edge' "$(edges made)" 'm4-1_1 made-1_1,'
exits 0 'it is among what the plan needs' spiff-deps -l made
has 'as what it builds' out 'm4-1_1	x86_64	run	-'
rm -r tree/srcpkgs/m4
exits 1 'one that no template makes' spiff-deps made
has 'is named' err 'made: needs autoconf-1_1, which needs m4>=0, which no repository has'
metapackage tree m4 1_1
has_pkg main autoconf-1_2 'm4>=2'
metapackage tree autoconf 1_2 'depends="m4>=2"'
exits 1 'one that the tree makes in another version' spiff-deps made
has 'is named too' err 'needs m4>=2'

# what no repository meets
metapackage tree lib 1_1
metapackage tree lt 1_1 'depends="lib<1"'
metapackage tree pat 1_1 'depends="lib>=99"'
metapackage tree fits 1_1 'depends="lib>=1"'
exits 1 'a pattern that nothing meets' spiff-deps lt pat fits
has 'is named before anything is built' err \
	'lt: needs lib<1, but the tree makes lib-1_1, and no repository has another'
has 'each' err 'pat: needs lib>=99'
is 'what fits is planned' "$(cut -f1 out | tr '\n' ' ')" 'lib-1_1 fits-1_1 '
exits 1 'the check' spiff-deps -C lt pat fits
is 'names them' "$(sort out | tr '\t\n' ' ,')" \
	'unmet lt lib<1 run,unmet pat lib>=99 run,'
has_pkg main lib-0.5_1
exits 0 'unless a repository has a version that fits' spiff-deps lt

# what cannot be in one chroot
has_cpkg() {
	pkg "$1" x86_64 "$(strings conflicts "$2")"
	mv "$1.x86_64.xbps" repo
	spiff-index -a "repo/$1.x86_64.xbps" >/dev/null
}
metapackage tree ssl 1_1
metapackage tree tls 1_1
metapackage tree both 1_1 'makedepends="ssl tls"'
has_cpkg ssl-1_1 'tls<2'
has_pkg repo tls-1_1
exits 1 'two that conflict' spiff-deps both
has 'are named' err 'both: needs both ssl-1_1 and tls-1_1, which conflict'
metapackage tree tls 2_1
exits 0 'one that is built anew may be another' spiff-deps both

# two that are still to be built, at whatever depth, and run-time dependencies
metapackage tree old 1_1 'conflicts="new>=0"'
metapackage tree new 1_1
metapackage tree viaold 1_1 'depends="old"'
metapackage tree chrootboth 1_1 'makedepends="viaold new"'
metapackage tree runboth 1_1 'depends="viaold>=0 new"'
metapackage tree above 1_1 'depends="runboth"'
metapackage tree split 1_1 'depends="old"' 'split-x_package() { depends=new; }'
ln -s split tree/srcpkgs/split-x
metapackage tree newer 1_1 'depends="old" conflicts="old<2"'
exits 1 'two to be built that conflict' spiff-deps chrootboth runboth above split newer
has 'are named' err 'chrootboth: needs both old-1_1 and new-1_1, which conflict'
has 'at run time too' err 'runboth: needs both old-1_1 and new-1_1, which conflict'
has 'not again above that' err 'above: needs what cannot be built'
has 'one of them may be the package' err \
	'newer: makes newer-1_1, which needs old-1_1, but the two conflict'
is 'subpackages may need what conflicts' "$(grep -c '^split' out)" 1
exits 1 'the check' spiff-deps -C above chrootboth split newer
is 'names each' "$(grep ^conflict out | sort | tr '\t' ' ')" \
	'conflict chrootboth old-1_1 new-1_1
conflict newer newer-1_1 old-1_1
conflict runboth old-1_1 new-1_1'
has_pkg repo viaold-1_1 'old>=0'
has_pkg repo new-1_1
exits 1 'one of a repository, the other to be built' spiff-enqueue -n runboth
has 'are named' err 'runboth: needs both old-1_1 and new-1_1, which conflict'

# a package that needs itself
metapackage tree selfish 1_1 'makedepends="selfish"'
exits 1 'a package that needs itself' spiff-deps selfish
has 'is named' err 'selfish: needs itself, selfish, before it is built'
metapackage tree selfish 1_1 'depends="selfish"'
exits 0 'at run time it may' spiff-deps selfish

# 32-bit packages that no build makes
SPIFF_REPOS=
metapackage tree base 1_1 'lib32disabled=yes'
metapackage tree nobits 1_1 'archs=noarch'
metapackage tree user32 1_1 'depends="base-32bit"'
metapackage tree usern 1_1 'depends="nobits-32bit"'
exits 1 'a 32-bit package that no template makes' spiff-deps user32
has 'is named' err 'user32: needs base-32bit, which no build makes'
exits 1 'one of a noarch package' spiff-deps usern
has 'is named' err 'usern: needs nobits-32bit, which no build makes'
exits 1 'asked for itself' spiff-deps base-32bit
has 'it is named' err 'makes no base-32bit'
exits 1 'the check' spiff-deps -C user32
has 'names it' out 'unmet	user32	base-32bit	run'

# links to a template that makes no such package
#
# link NAME TEMPLATE
link() {
	ln -s "$2" "tree/srcpkgs/$1"
}
metapackage tree lone 1_1 '[ "$XBPS_TARGET_MACHINE" != aarch64 ] ||' \
	'eval "lone-arm_package() { :; }"' 'lone-some_package() { :; }'
link lone-devel lone
link lone-arm lone
link lone-some lone
metapackage tree usesnone 1_1 'makedepends="lone-devel"'
metapackage tree runsnone 1_1 'depends="lone-devel>=0"'
metapackage tree usesarm 1_1 'makedepends="lone-arm lone-some lone-some-dbg"'
metapackage tree brokenarm 1_1 'makedepends="lone-arm"' 'broken="for a test"'
metapackage tree abovenone 1_1 'makedepends="usesnone"'
none='the link srcpkgs/lone-devel leads to lone, whose template makes no lone-devel for'
exits 1 'a link to a template that makes no such package' spiff-deps usesnone
has 'is named' err "usesnone: needs lone-devel: $none x86_64: remove the link"
is 'before anything is built' "$(cat out)" ''
exits 1 'at run time' spiff-deps runsnone
has 'it is named too' err "runsnone: needs lone-devel: $none"
exits 1 'and behind others' spiff-deps abovenone
has 'too' err "usesnone: needs lone-devel: $none"
exits 1 'asked for itself' spiff-deps lone-devel
has 'it is named' err "lone: $none x86_64: remove the link, if it makes none at all"
exits 1 'it is no job' spiff-enqueue -n lone-devel
has 'with the same words' err "lone: $none"
exits 0 'its path stands for the template' spiff-deps srcpkgs/lone-devel
is 'which makes others' "$(cut -f 1 out)" lone-1_1
exits 1 'one for another architecture' spiff-deps usesarm
has 'is named' err 'usesarm: needs lone-arm: the link srcpkgs/lone-arm leads to lone'
exits 0 'there' spiff-deps -A aarch64 -a aarch64 usesarm lone-arm lone-some-dbg
is 'all is planned' "$(cut -f 1 out | tr '\n' ' ')" 'lone-1_1 usesarm-1_1 '
exits 1 'the check' spiff-deps -C usesnone runsnone lone-arm usesarm brokenarm
is 'names each' "$(sort out | tr '\t' ' ')" 'unmet lone lone-arm link
unmet runsnone lone-devel>=0 run
unmet usesarm lone-arm make
unmet usesnone lone-devel make'
has_pkg repo lone-1_1
exits 1 'a repository that has the others' spiff-deps lone-devel
has 'changes nothing' err "lone: $none"
exits 1 'for a dependency either' spiff-enqueue -n usesnone
has 'it is named' err "usesnone: needs lone-devel: $none"
has_pkg repo lone-devel-1_1
exits 0 'one that has the package will do' spiff-deps usesnone
metapackage tree lone 2_1 'broken="for a test"'
exits 1 'a template that is refused' spiff-deps lone-arm
has 'is refused as ever' err 'lone: broken: for a test'

plan

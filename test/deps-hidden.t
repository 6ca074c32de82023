#!/bin/sh
# Packages that another one of their name hides, that only -32bit packages can use, or
# that their template makes no more: what is broken, due or in conflict is what XBPS says.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"

cp -R "$test/void-packages" void
rm -r void/srcpkgs/*
export SPIFF_DISTDIR=void SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 SPIFF_SPOOL=spool
need() { strings shlib-requires "$@"; }
have() { strings shlib-provides "$@"; }
dep() { strings run_depends "$@"; }

# put DIR PKGVER [PROPERTIES]: makes a package and adds it to the index there
put() {
	mkdir -p "$1"
	(cd "$1" && pkg "$2" x86_64 "${3-}" && spiff-index -a "$2.x86_64.xbps" 2>err) >added
}
# fresh: repositories without packages
fresh() {
	rm -rf repo main
	mkdir repo main
	spool
}

# the 64-bit library goes away, the -32bit one with the same soname does not
export SPIFF_REPO=repo SPIFF_REPOS=main
for own in main repo; do
	fresh
	put main other-1_1
	metapackage void libm 2.0_1
	metapackage void app 1.0_1 'makedepends=libm'
	put "$own/multilib" libm-32bit-1.0_1 "$(have libm.so.1)"
	put repo libm-1.0_1 "$(have libm.so.1)"
	put repo app-1.0_1 "$(need libm.so.1) $(dep 'libm>=1.0_1')"
	put repo libm-2.0_1 "$(have libm.so.2)"
	is "a -32bit package in $own does not hide that a soname goes" \
		"$(indexed repo/x86_64-repodata | tr '\n' ' ')" \
		'index app-1.0_1 x86_64 index libm-1.0_1 x86_64 stage libm-2.0_1 x86_64 '
	is 'the user is named' "$(spiff-deps -B)" 'app-1.0_1	x86_64	staged libm.so.1'
done
put repo/multilib app-32bit-1.0_1 "$(need libm.so.1)"
is 'a -32bit user has what it needs' "$(spiff-deps -B 2>&1 | grep 32bit)" ''

# an old package of the build repository hides the main one's, which the user asks for
fresh
put repo libm-1.0_1 "$(have libm.so.1)"
put main libm-2.0_1 "$(have libm.so.2)"
put repo app-1.0_1 "$(need libm.so.2) $(dep 'libm>=2.0_1')"
exits 0 'what asks for a hidden version' spiff-deps -B
is 'is not broken' "$(cat out)" ''
put repo app-1.0_2 "$(need libm.so.2) $(dep 'libm>=1.0_1')"
sed -i 's/^revision=.*/revision=2/' void/srcpkgs/app/template
is 'what does not is' "$(spiff-deps -B)" 'app-1.0_2	x86_64	broken libm.so.2'

# a broken package that its template makes no more
fresh
put main other-1_1
metapackage void multi 2.0_1
ln -s multi void/srcpkgs/multi-old
put repo multi-2.0_1
put repo multi-old-1.0_1 "$(need libq.so.1)"
exits 1 'no revision helps one that is not made any more' spiff-deps -B
has 'which is said' err \
	'multi-old-1.0_1: needs libq.so.1, and multi-2.0_1 makes it for x86_64 no more'

# a template that takes a version back
fresh
put main other-1_1
metapackage void back 1.0_2 'reverts="2.0_1"'
put repo back-2.0_1
is 'a version that is taken back is outdated' "$(spiff-deps -o back)" 'back	2.0_1	1.0_2'

# two packages, one of which conflicts with what the other provides
fresh
put main other-1_1
metapackage void pa 1_1
metapackage void pb 1_1
metapackage void use 1_1 'makedepends="pa pb"'
put repo pa-1_1 "$(strings conflicts 'virt>=0')"
put repo pb-1_1 "$(strings provides virt-1_1)"
exits 1 'a conflict with what a package provides' spiff-deps use
has 'is seen' err 'use: needs both pa-1_1 and pb-1_1, which conflict'
put repo pb-1_2 "$(strings provides virt-1_1) $(strings conflicts 'virt>=0')"
sed -i 's/^revision=.*/revision=2/' void/srcpkgs/pb/template
metapackage void one 1_1 'makedepends=pb'
exits 0 'a package does not conflict with what it provides itself' spiff-deps one

plan

#!/bin/sh
# A cross build from nothing: the cross compiler for the host; then what the
# target's sysroot is made of, without a sysroot; then the rest.
. "$(dirname "$0")/lib/lib.sh"

cp -R "$test/void-packages" tree
export SPIFF_DISTDIR=tree SPIFF_HOST=x86_64 SPIFF_ARCH=aarch64-musl
dummy=tree/srcpkgs/cross-vpkg-dummy/template

# meta NAME DEPENDS: a template without anything to compile
meta() {
	mkdir "tree/srcpkgs/$1"
	sed "s/cross-vpkg-dummy/$1/; \$a depends=\"$2\"" "$dummy" \
		>"tree/srcpkgs/$1/template"
}
meta triggers ''
meta base triggers
meta thing ''
meta user thing
echo 'depends="base"' >>"$dummy"

exits 0 'the plan' spiff-deps user
is 'has an order, though the sysroot is made of packages for the target' \
	"$(cut -f1,2 out | tr '\t\n' ' ,')" \
	'cross-aarch64-linux-musl-0.1_1 x86_64,triggers-0.1_1 aarch64-musl,base-0.1_1 aarch64-musl,cross-vpkg-dummy-0.1_1 aarch64-musl,thing-0.1_1 aarch64-musl,user-0.1_1 aarch64-musl,'
spiff-enqueue user >/dev/null
is 'jobs of the sysroot say so' "$(grep -l '^sysroot no$' spool/new/* |
	sed 's|.*/||' | tr '\n' ' ')" \
	'base-0.1_1.aarch64-musl cross-vpkg-dummy-0.1_1.aarch64-musl triggers-0.1_1.aarch64-musl '
exits 0 'it is built' spiff-run -1 -j 1
is 'for the target' "$(spiff-index -l | cut -f1 | tr '\n' ' ')" \
	'base-0.1_1 cross-vpkg-dummy-0.1_1 thing-0.1_1 triggers-0.1_1 user-0.1_1 '
SPIFF_ARCH=x86_64
is 'and for the host' "$(spiff-index -l | cut -f1)" \
	'cross-aarch64-linux-musl-0.1_1'
check 'the sysroot is a true one now' test -f masterdir-1/.xbps-aarch64-musl-done \
	-a ! -s masterdir-1/.xbps-aarch64-musl-done

plan

#!/bin/sh
# Two architectures in one spool, and noarch packages for both: what is broken, staged,
# or was built against another interface is found and built again for each of them.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/pkg.sh"

cp -R "$test/void-packages" tree
mkdir -p over/srcpkgs
export SPIFF_DISTDIR=over:tree SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 SPIFF_REPO=repo \
	SPIFF_SPOOL=spool SPIFF_SLOTS=2

# package NAME VERSION LINE INSTALL...: makes a template with a line and others that
# install
package() {
	p_name=$1 p_pkgver=${2}_1 p_line=$3
	shift 3
	template over "$p_name" "$p_pkgver" "$p_line" 'do_install() {' "$@" '}'
}
# header VERSION TEXT: one for all architectures
header() {
	package one "$1" 'archs=noarch' 'vmkdir usr/include' \
		"echo '$2' >\$DESTDIR/usr/include/one.h"
}
# indexes: what both have of the test's packages
indexes() {
	for a in x86_64 aarch64-musl; do
		SPIFF_ARCH=$a spiff-index -l | cut -f1 | grep -E '^(one|user|data)-' |
			tr '\n' ' '
	done
}

header 1 'int one;'
package user 1 'makedepends=one' 'vmkdir usr/bin' 'echo x >$DESTDIR/usr/bin/user'
package data 1 'archs=noarch makedepends=one' 'vmkdir usr/share' \
	'echo x >$DESTDIR/usr/share/data'
spiff-enqueue user data >/dev/null
exits 0 'for one architecture' spiff-run -1
spiff-enqueue -a aarch64-musl user data >enqueued
exits 0 'for the other' spiff-run -1
is 'both have all' "$(indexes)" \
	'data-1_1 one-1_1 user-1_1 data-1_1 one-1_1 user-1_1 '

# another interface
header 2 'int one, two;'
spiff-enqueue one >/dev/null
exits 0 'another interface' spiff-run -1
is 'is in the index of both, built once' "$(indexes)" \
	'data-1_1 one-2_1 user-1_1 data-1_1 one-2_1 user-1_1 '
is 'is due for the one' "$(spiff-deps -i | tr '\t' ' ')" \
	'data-1_1 x86_64 relink one
user-1_1 x86_64 relink one'
is 'and for the other' "$(spiff-deps -i -a aarch64-musl | tr '\t' ' ')" \
	'data-1_1 aarch64-musl relink one
user-1_1 aarch64-musl relink one'
export SPIFF_RELINK='user data' SPIFF_REBUILD=bump
exits 0 'by itself' spiff-run -1
is 'each is built again for both, once' "$(indexes)" \
	'data-1_2 one-2_1 user-1_2 data-1_2 one-2_1 user-1_2 '
is 'then nothing is due' "$(cat spool/broken)" ''

# what is broken, and what is staged, in the other architecture
has_pkg() {
	pkg "$1" "$2" "$3"
	mv "$1.$2.xbps" repo
	SPIFF_ARCH=aarch64-musl spiff-index -a "repo/$1.$2.xbps" >/dev/null
}
for p in plug libown own; do
	package $p 1 '' 'vmkdir usr/share' "echo x >\$DESTDIR/usr/share/$p"
done
sed -i 's/^version=.*/version=2/' over/srcpkgs/libown/template
has_pkg plug-1_1 aarch64-musl "$(strings shlib-requires libgone.so.1)"
has_pkg libown-1_1 aarch64-musl "$(strings shlib-provides libown.so.1)"
has_pkg own-1_1 aarch64-musl "$(strings shlib-requires libown.so.1)"
has_pkg libown-2_1 aarch64-musl "$(strings shlib-provides libown.so.2)"
is 'they are named for it' "$(spiff-deps -B -a aarch64-musl | tr '\t' ' ')" \
	'own-1_1 aarch64-musl staged libown.so.1
plug-1_1 aarch64-musl broken libgone.so.1'
is 'and not for the other' "$(spiff-deps -B)" ''
exits 0 'they are built again' spiff-run -1
is 'there' "$(SPIFF_ARCH=aarch64-musl spiff-index -l | cut -f1 |
	grep -E '^(plug|own|libown)-' | tr '\n' ' ')" 'libown-2_1 own-1_2 plug-1_2 '

plan

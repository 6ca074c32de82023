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

# a noarch package that is queued for both before it is built is built once
#
# both OPTION...: queues it for both architectures
both() {
	spiff-enqueue "$@" >/dev/null && spiff-enqueue -a aarch64-musl "$@" >/dev/null
}
# begun: the architectures for which its builds were begun, by the messages
begun() {
	sed -n "s/^spiff-run: $name-[^.]*\.\(.*\): run\$/\1/p" err | sort | tr '\n' ' '
}
# hashes: what the indexes have of it, each hash once
hashes() {
	for a in x86_64 aarch64-musl; do
		tar -xOf "repo/$a-repodata" index.plist | tr -d '\n\t' |
			grep -o "<key>$name</key><dict>.*" |
			sed 's/<\/dict>.*//; s/.*filename-sha256<\/key><string>//; s/<.*//'
	done | sort | uniq -c | sed 's/^ *//'
}
# shared: both indexes have the file, with its hash, and both jobs are done
shared() {
	s_sum=$(sha256sum <"repo/$1.noarch.xbps")
	is 'both have the one file' "$(hashes)" "2 ${s_sum%% *}"
	is 'and both jobs are done' "$(ls spool/*/"$1".*[!z] 2>/dev/null | tr '\n' ' ')" \
		"spool/done/$1.aarch64-musl spool/done/$1.x86_64 "
}
first() {
	package twin "$1" 'archs=noarch' 'vmkdir usr/share' \
		'echo $RANDOM$RANDOM >$DESTDIR/usr/share/twin' "${2-:}"
}
export SPIFF_RELINK='' SPIFF_REBUILD=''
name=twin
first 1
both twin
has 'the job says so' spool/new/twin-1_1.x86_64 'noarch 1'
exits 0 'for both at once' spiff-run -1
is 'it is built once' "$(begun | wc -w)" 1
shared twin-1_1
is 'and the other says why' "$(grep -h '^shared' spool/done/twin-1_1.* | wc -l)" 1
is 'with what it waited for' "$(grep -h '^waits for twin-1_1' spool/done/twin-1_1.* |
	sed 's/\.[^ ,]*,/,/')" 'waits for twin-1_1, which makes the same noarch packages'
spiff-status -l >said
has 'so does spiff-status' said 'not built: the packages for '

first 2
spiff-enqueue twin >/dev/null
exits 0 'for one' spiff-run -1
spiff-enqueue -a aarch64-musl twin >/dev/null 2>said
exits 0 'and later for the other' spiff-run -1
is 'nothing is built' "$(begun)" ''
SPIFF_ARCH=aarch64-musl spiff-index -d twin >/dev/null
spiff-enqueue -a aarch64-musl twin >/dev/null
exits 0 'and later, when only one index has it' spiff-run -1
is 'nothing is built either' "$(begun)" ''
shared twin-2_1

both -f twin
exits 0 'by force' spiff-run -1
is 'both are built' "$(begun)" 'aarch64-musl x86_64 '
shared twin-2_1

first 3 "! mkdir $work/once 2>/dev/null || exit 1"
both twin
exits 1 'if one fails' spiff-run -1
is 'the other is built' "$(begun)" 'aarch64-musl x86_64 '
is 'and has it alone' "$(ls spool/*/twin-3_1.*[!z] | cut -d/ -f2 | tr '\n' ' ')" \
	'done fail '
mv "$(ls spool/fail/twin-3_1.*[!z])" spool/new
exits 0 'the failed one again' spiff-run -1
is 'is not built any more' "$(begun)" ''
shared twin-3_1

first 4
spiff-enqueue twin >/dev/null
spiff-run -1 2>/dev/null
SPIFF_ARCH=aarch64-musl spiff-index -d twin >/dev/null
echo rotten >repo/twin-4_1.noarch.xbps
spiff-enqueue -a aarch64-musl twin >/dev/null
exits 0 'if the file is damaged' spiff-run -1
is 'it is built for the other' "$(begun)" 'aarch64-musl '
is 'and is done' "$(ls spool/done/twin-4_1.*)" 'spool/done/twin-4_1.aarch64-musl
spool/done/twin-4_1.x86_64'

plan

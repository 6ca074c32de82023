#!/bin/sh
# The XBPS tools on a repository that spiff-index wrote.
. "$(dirname "$0")/lib/lib.sh"

for c in xbps-create xbps-query xbps-install xbps-rindex; do
	if ! command -v $c >/dev/null; then
		skip 'the XBPS tools' "no $c"
		plan
		exit
	fi
done
arch=$(uname -m)
SPIFF_ARCH=$arch
export SPIFF_ARCH

# create PKGVER OPTIONS...: a package with one file
create() {
	create_name=${1%-*}
	mkdir -p "dest/usr/share/$create_name"
	echo "$1" >"dest/usr/share/$create_name/file"
	xbps-create -q -n "$@" -s "the package $create_name & <more>" dest
	rm -r dest
}

mkdir repo
cd repo || exit
create libx-1.0_1 -A "$arch" --shlib-provides 'libx.so.1'
create prog-1.0_1 -A "$arch" -D 'libx>=1.0_1' --shlib-requires 'libx.so.1'
create doc-1.0_1 -A noarch -P 'manual-1_1'
exits 0 'add' spiff-index -a ./*.xbps
is 'xbps-query lists all' "$(xbps-query -i --repository="$PWD" -Rs '' |
	cut -d' ' -f2)" 'doc-1.0_1
libx-1.0_1
prog-1.0_1'
is 'and knows them' "$(xbps-query -i --repository="$PWD" -R -p short_desc prog)" \
	'the package prog & <more>'
exits 0 'xbps-install' xbps-install -i -R "$PWD" -r ../root -Sy prog manual
is 'installs from it' "$(cat ../root/usr/share/*/file)" 'doc-1.0_1
libx-1.0_1
prog-1.0_1'

# an update that waits: xbps-install sees the stage of a local repository, and
# will not break prog
create libx-2.0_1 -A "$arch" --shlib-provides 'libx.so.2'
spiff-index -a "libx-2.0_1.$arch.xbps" >/dev/null
xbps-install -i -R "$PWD" -r ../root -Suy >out 2>&1
has 'xbps-install knows what a staged update would break' out \
	"prog-1.0_1: broken, unresolvable shlib \`libx.so.1'"
is 'builds see it' "$(repo . "$arch" libx | cut -d' ' -f2,4)" 'libx-2.0_1 staged'
create prog-1.0_2 -A "$arch" -D 'libx>=2.0_1' --shlib-requires 'libx.so.2'
spiff-index -a "prog-1.0_2.$arch.xbps" >/dev/null
exits 0 'xbps-install -u' xbps-install -i -R "$PWD" -r ../root -Suy
is 'both are installed together' "$(cat ../root/usr/share/*/file)" 'doc-1.0_1
libx-2.0_1
prog-1.0_2'

# xbps-rindex goes on from there, and back
create more-1.0_1 -A "$arch"
exits 0 'xbps-rindex adds' xbps-rindex -a "$PWD/more-1.0_1.$arch.xbps"
repodata -i "$arch-repodata" >theirs
cp "$arch-repodata" saved
create last-1.0_1 -A "$arch"
exits 0 'spiff-index goes on' spiff-index -a "last-1.0_1.$arch.xbps"
rm "last-1.0_1.$arch.xbps"
exits 0 'and back' spiff-index -c .
repodata -i "$arch-repodata" >ours
check 'the same index, byte for byte' cmp ours theirs
exits 0 'obsolete' spiff-index -r .
exits 0 'xbps-rindex finds nothing more' xbps-rindex -r "$PWD"
is 'to remove' "$(cat out)" ''
exits 0 'xbps-rindex cleans' xbps-rindex -c -C "$PWD"
exits 0 'and all hashes are right' spiff-index -v .
is 'all are there' "$(spiff-index -l . | cut -f1)" 'doc-1.0_1
libx-2.0_1
more-1.0_1
prog-1.0_2'
plan

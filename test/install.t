#!/bin/sh
# make install: what is installed, with which modes, whatever the umask and the modes of
# the sources; and what doc/void makes of it.
. "$(dirname "$0")/lib/lib.sh"

# a copy, whose programs are made, and not made again
mkdir src
(cd "$top" && cp -pR Makefile bin doc lib "$work/src")
# installed UMASK DIR
installed() {
	(umask "$1" && cd src && make -s -o all install DESTDIR="$work/$2" \
		PREFIX=/usr) >out 2>err
}
modes() { (cd "$1" && find . -printf '%M %p\n' | sort -k 2); }
installed 022 one
ok $? 'make install'
check 'programs' [ -x one/usr/bin/spiff-run ]
check 'those that people do not type are elsewhere' [ ! -e one/usr/bin/spiff-merge ]
check 'manuals' [ -f one/usr/share/man/man5/spiff-limits.5 ]
for p in bump clean deps enqueue env index run status; do
	grep -q "spiff-$p\>" one/usr/share/bash-completion/completions/spiff-$p &&
		[ -f one/usr/share/fish/vendor_completions.d/spiff-$p.fish ] &&
		grep -q "^#compdef.* spiff-$p\>" one/usr/share/zsh/site-functions/_spiff
	ok $? "completions of spiff-$p"
done
check 'services' [ -x one/usr/share/examples/spiff/run/spiff-run/log/run ]
is 'all are for everybody' "$(modes one | grep -v '^lrwxrwxrwx \|^drwxr-xr-x \|^-rwxr-xr-x \|^-rw-r--r-- ')" ''
chmod -R go-rwx src
installed 077 two
is 'with a umask and from sources that are nobody else'"'"'s' "$(modes two)" "$(modes one)"
(cd src && make -s uninstall DESTDIR="$work/two" PREFIX=/usr)
is 'make uninstall leaves none' "$(find two ! -type d)" ''

# the package for Void: what its template does with what make install has installed, and
# with the functions of xbps-src
cat >package <<'END'
FILESDIR=$1/files DESTDIR=$PWD/one version=0
vinstall() { mkdir -p "$DESTDIR/$3" && cp "$1" "$DESTDIR/$3"; }
vmkdir() { mkdir -p "$DESTDIR/$1"; }
# the pattern is expanded there too
vcopy() { cp -R $1 "$DESTDIR/$2"; }
vlicense() { :; }
# each expression has to change the file
vsed() {
	vsed_file=$2
	shift 2
	while [ $# -gt 0 ]; do
		cp "$vsed_file" before
		sed -i -e "$2" "$vsed_file"
		! cmp -s before "$vsed_file" || echo "$2: changes nothing in $vsed_file"
		shift 2
	done
}
. "$1/template"
cd src || exit
post_install
END
exits 0 'the package for Void' bash package "$top/doc/void/srcpkgs/spiff"
is 'changes what it means to change' "$(cat out err)" ''
is 'its services' "$(cd one/etc/sv && find . ! -type d | sort | tr '\n' ' ')" \
	"./spiff-clean/run ./spiff-clean/supervise ./spiff-run/finish ./spiff-run/log/run \
./spiff-run/log/supervise ./spiff-run/run ./spiff-run/supervise "
is 'run as its user' "$(cat one/etc/sv/*/run | grep -c 'build:build\|home/build\|chown build')" 0
check 'with settings that are sound' env SPIFF_CONF="$work/one/etc/spiff/spiff.conf" \
	spiff-env
is 'a service that cannot work is begun again later, one that was ended at once' "$(
	mkdir stub
	printf '#!/bin/sh\necho later\n' >stub/sleep
	chmod +x stub/sleep
	for status in 0 -1 111 2; do
		PATH=$work/stub:$PATH sh one/etc/sv/spiff-run/finish $status 0
	done | tr '\n' ' ')" 'later later '
plan

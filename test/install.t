#!/bin/sh
# make install: what is installed, with which modes, whatever the umask and the modes of
# the sources.
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
plan

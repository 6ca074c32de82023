#!/bin/sh
# spiff-index -i, killed at each of its steps in turn: the index is whole, nothing
# that it names is missing, and the next run ends what was begun.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/pkg.sh
. "$test/pkg.sh"
SPIFF_ARCH=x86_64
export SPIFF_ARCH

if ! command -v strace >/dev/null || ! strace -f true 2>/dev/null; then
	skip 'killed at each step' 'no strace'
	plan
	exit
fi

# two jobs, one with a sub-repository, one bad, one that replaces by force
pkg a-1_1 x86_64
pkg a-dbg-1_1 x86_64
pkg b-1_1 noarch
pkg c-1_1 x86_64
mkdir first
pkg b-1_1 noarch
mv b-1_1.noarch.xbps first
pkg b-1_1 noarch
prepare() {
	rm -rf spool repo
	mkdir repo
	spool
	cp first/b-1_1.noarch.xbps repo
	spiff-index -a repo/b-1_1.noarch.xbps >/dev/null
	for p in a-1_1.x86_64 a-dbg-1_1.x86_64 b-1_1.noarch c-1_1.x86_64; do
		cp $p.xbps $p.xbps.saved
	done
	job a-1_1.x86_64 'a'
	deliver a-1_1.x86_64 a-1_1.x86_64.xbps debug/a-dbg-1_1.x86_64.xbps
	job b-1_1.x86_64 'b' 'force 1'
	deliver b-1_1.x86_64 b-1_1.noarch.xbps
	job c-1_1.x86_64 'other'
	deliver c-1_1.x86_64 c-1_1.x86_64.xbps
	for p in a-1_1.x86_64 a-dbg-1_1.x86_64 b-1_1.noarch c-1_1.x86_64; do
		mv $p.xbps.saved $p.xbps
	done
}

# sound: the indexes are whole, and name only what is there; the one file that is
# replaced may for a moment be newer than what the index says of it
sound() {
	for d in repo repo/debug; do
		[ ! -d $d ] || spiff-index -v $d >verify 2>&1 ||
			! grep -v '^differs	b-1_1' verify || return 1
	done
}

ended() {
	[ "$(where a-1_1.x86_64)$(where b-1_1.x86_64)$(where c-1_1.x86_64)" = \
		'done done fail ' ] &&
		[ "$(indexed repo/x86_64-repodata | cut -d' ' -f2 | tr '\n' ' ')" = \
			'a-1_1 b-1_1 ' ] &&
		[ "$(indexed repo/debug/x86_64-repodata)" = 'index a-dbg-1_1 x86_64' ] &&
		spiff-index -v repo >verify && spiff-index -v repo/debug >verify &&
		cmp repo/b-1_1.noarch.xbps b-1_1.noarch.xbps &&
		[ -z "$(ls -A spool/incoming)" ] && [ -z "$(ls spool/built)" ]
}

calls=link,linkat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,fsync,syncfs
calls=$calls,write,pwrite64,ftruncate,fchmod
bad=
n=0
while :; do
	n=$((n + 1))
	prepare
	strace -f -o trace -e trace=$calls -e inject=$calls:signal=KILL:when=$n \
		spiff-index -i -s spool repo >out 2>err
	r=$?
	[ $r -ne 1 ] || break
	if ! sound; then
		bad="$bad $n:unsound"
		sed 's/^/# /' verify
	fi
	spiff-index -i -s spool repo >out 2>err
	if ! ended; then
		bad="$bad $n"
		tail -n 2 trace | sed 's/^/# /'
		sed 's/^/# /' out err
	fi
	[ $n -lt 500 ] || break
done
is "killed at each of $((n - 1)) steps, it ends what it began" "$bad" ''
check 'and there are many steps' test $n -gt 15
check 'not killed, it ends as well' ended
plan

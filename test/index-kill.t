#!/bin/sh
# spiff-index -i, killed at each of its steps in turn: the index is whole, nothing
# that it names is missing, and the next run ends what was begun.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"
SPIFF_ARCH=x86_64
export SPIFF_ARCH

if ! command -v strace >/dev/null || ! strace -f true 2>/dev/null; then
	skip 'killed at each step' 'no strace'
	plan
	exit
fi

# two jobs, one with a sub-repository, one bad, one that replaces by force, one that has
# the files of another architecture
pkg a-1_1 x86_64
pkg a-dbg-1_1 x86_64
pkg b-1_1 noarch
pkg c-1_1 x86_64
mkdir first
pkg b-1_1 noarch
pkg s-1_1 noarch
mv b-1_1.noarch.xbps s-1_1.noarch.xbps first
pkg b-1_1 noarch
prepare() {
	rm -rf spool repo
	mkdir repo
	spool
	cp first/*.xbps repo
	spiff-index -a repo/b-1_1.noarch.xbps >/dev/null
	SPIFF_ARCH=aarch64 spiff-index -a repo/*.noarch.xbps >/dev/null
	for p in a-1_1.x86_64 a-dbg-1_1.x86_64 b-1_1.noarch c-1_1.x86_64; do
		cp $p.xbps $p.xbps.saved
	done
	job a-1_1.x86_64 'a'
	deliver a-1_1.x86_64 a-1_1.x86_64.xbps debug/a-dbg-1_1.x86_64.xbps
	job b-1_1.x86_64 'b' 'force 1'
	deliver b-1_1.x86_64 b-1_1.noarch.xbps
	job c-1_1.x86_64 'other'
	deliver c-1_1.x86_64 c-1_1.x86_64.xbps
	job s-1_1.x86_64 's' 'noarch 1'
	for p in a-1_1.x86_64 a-dbg-1_1.x86_64 b-1_1.noarch c-1_1.x86_64; do
		mv $p.xbps.saved $p.xbps
	done
}

# sound: the indexes are whole, and say of each file what it is, without the spool
sound() {
	mv spool away
	sound_status=0
	spiff-index -v repo >verify 2>&1 || sound_status=1
	# a directory that has no index yet is no repository
	[ ! -e repo/debug/x86_64-repodata ] ||
		spiff-index -v repo/debug >>verify 2>&1 || sound_status=1
	SPIFF_ARCH=aarch64 spiff-index -v repo >>verify 2>&1 || sound_status=1
	mv away spool
	return $sound_status
}

ended() {
	[ "$(where a-1_1.x86_64)$(where b-1_1.x86_64)$(where c-1_1.x86_64)" = \
		'done done fail ' ] && [ "$(where s-1_1.x86_64)" = 'done ' ] &&
		[ "$(indexed repo/x86_64-repodata | cut -d' ' -f2 | tr '\n' ' ')" = \
			'a-1_1 b-1_1 s-1_1 ' ] &&
		[ "$(indexed repo/debug/x86_64-repodata)" = 'index a-dbg-1_1 x86_64' ] &&
		sound &&
		cmp repo/b-1_1.noarch.xbps b-1_1.noarch.xbps &&
		[ -z "$(ls -A -I .lock spool/incoming)" ] && [ -z "$(ls spool/built)" ]
}

# step CALL N: kills it at its N-th call of that kind; 1 when it has not so many
step() {
	prepare
	strace -f -o trace -e trace="$1" -e inject="$1:signal=KILL:when=$2" \
		spiff-index -i -s spool repo >out 2>err
	# a delivery is bad, so it ends with 1 when it is let
	[ $? -ne 1 ] || return 1
	if ! sound; then
		bad="$bad $1:$2:unsound"
		sed 's/^/# /' verify
	fi
	spiff-index -i -s spool repo >out 2>err
	if ! ended; then
		bad="$bad $1:$2"
		tail -n 2 trace | sed 's/^/# /'
		sed 's/^/# /' out err
	fi
}

# strace counts the calls of each kind by themselves
bad=
steps=0
for call in link linkat rename renameat renameat2 unlink unlinkat mkdir mkdirat \
	fsync fdatasync syncfs write pwrite64 ftruncate fchmod; do
	n=1
	while [ $n -lt 100 ] && step $call $n; do
		n=$((n + 1))
		steps=$((steps + 1))
	done
done
is "killed at each of $steps steps, it ends what it began" "$bad" ''
check 'and there are many steps' test $steps -gt 30
check 'not killed, it ends as well' ended
plan

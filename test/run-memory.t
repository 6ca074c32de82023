#!/bin/sh
# Memory: what earlier builds had is remembered, no build is begun that does not fit
# beside the others, and one that ran out of memory gets fewer processes.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

SPIFF_RAM=4G SPIFF_SLOTS=4
export SPIFF_RAM

# had PKGVER BYTES: an earlier build of that version had so much
had() {
	printf '%s\n' "pkgver $1" 'arch x86_64' 'started 1000' 'ended 1060' \
		"memory $2" >"spool/done/$1.x86_64"
}
# waiting PKGVER...: builds that go on until there is a file go.NAME
waiting() {
	for p; do
		echo "until [ -e 'go.${p%-*}' ]; do sleep 0.05; done" >"how/$p.x86_64"
		job "$p"
	done
}
ready() { [ "$(find spool/ready -type f | wc -l)" -eq "$1" ]; }

fresh
had a-0_1 3000000000
had b-0_1 3000000000
had b-0.5_1 1000
had b-0.1_1 5000000000
had c-0_1 9000000000
had d-0_1 1000000000
: >spool/pause
waiting a-1_1 b-1_1 c-1_1 d-1_1
echo 'until [ -e go.d2 ]; do sleep 0.05; done' >how/d-1_1.x86_64
echo 'memory 3000000000' >>spool/new/b-1_1.x86_64
job e-1_1
background
await ready 5
rm spool/pause
await lies 'done' e-1_1
await begun d-1_1
is 'what does not fit beside a build waits, others go first' \
	"$(where a-1_1)$(where b-1_1)$(where c-1_1)$(where d-1_1)" \
	'run ready ready run '
has 'which is said' log 'spiff-run: b-1_1.x86_64: waits for memory: it had 2.8 GiB the last time'
spiff-status -y b-1_1.x86_64 >out
has 'also by spiff-status' out ' for memory: it had 2.8 GiB the last time'
is 'once' "$(grep -c 'b-1_1.x86_64: waits for memory' log)" 1
: >go.a
await begun b-1_1
spiff-status -y b-1_1.x86_64 >out
has 'which it does not say of a build' out 'builds for '
is 'until there is room' "$(where c-1_1)$(where d-1_1)" 'ready run '
: >go.b
await lies 'done' b-1_1
kill -HUP "$run"
job f-1_1
await lies 'done' f-1_1
is 'what no room is enough for waits' "$(where c-1_1)" 'ready '
: >go.d2
await begun c-1_1
ok $? 'until nothing else is built'
job g-1_1
await lies 'done' g-1_1
ok $? 'what nothing is known of is begun beside it'
: >go.c
await lies 'done' c-1_1
end

# what the builds of this run had counts, too
fresh
rm -f go.*
job a-1_1
SPIFF_RAM=1K
background
await lies 'done' a-1_1
waiting b-1_1
await begun b-1_1
job a-2_1
job c-1_1
await lies 'done' c-1_1
is 'as does what this run has seen' "$(where a-2_1)" 'ready '
: >go.b
await lies 'done' a-2_1
end

# out of memory
fresh
# shellcheck disable=SC2016
cat >how/a-1_1.x86_64 <<'END'
echo "$SPIFF_JOBS" >>jobs
[ "${SPIFF_TRY##*.}" -gt "$(cat bad)" ] || {
	echo 'spiff-build: class machine'
	echo "spiff-build: $(cat words)"
	exit 111
}
END
echo 'a jobs=9' >limits
SPIFF_LIMITS=$work/limits
export SPIFF_LIMITS
# tries N WORDS [LINE...]: with how many processes each try runs, when that many fail
# with these words, and the job's file has these lines before
tries() {
	fresh_how=$(cat how/a-1_1.x86_64)
	fresh
	printf '%s\n' "$fresh_how" >how/a-1_1.x86_64
	echo "$1" >bad
	echo "$2" >words
	shift 2
	rm -f jobs
	job a-1_1
	[ $# -eq 0 ] || printf '%s\n' "$@" >>spool/new/a-1_1.x86_64
	spiff-run -1 >log 2>&1
	tr '\n' ' ' <'jobs'
}
is 'after an end for lack of memory, half of the processes' \
	"$(tries 2 'out of memory')" '9 4 2 '
is 'the job says with how many each try ran' \
	"$(sed -n 's/^jobs //p' spool/done/a-1_1.x86_64 | tr '\n' ' ')" '9 4 2 '
is 'one that was killed, too' "$(tries 1 'signal 9 (Killed)')" '9 4 '
is 'not after other trouble' "$(tries 2 'the disk is full')" '9 9 9 '
is 'what an earlier run has seen counts' "$(tries 0 x 'jobs 6' \
	'reason out of memory' 'jobs 3' 'reason no network')" '3 '
is 'there is always one' "$(tries 1 'out of memory' 'jobs 1' 'reason out of memory')" \
	'1 1 '
tries 3 'out of memory' >out
spiff-status -w site
has 'the site has the number of each try' site/pkg/a.x86_64.html 'with 4 processes'

# control groups: where a cell cannot have one, that is said once at the start
fresh
job a-1_1
job b-1_1
spiff-run -1 2>err
spiff-cell -m 100M true 2>cell
is 'builds without control groups are told of once' \
	"$(grep -c 'builds have no control groups' err)" "$(grep -c 'no limits' cell)"
plan

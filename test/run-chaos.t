#!/bin/sh
# Chaos: several spiff-enqueue, requests, version bumps, jobs moved by hand from any
# state to any, pauses, a scheduler and two that stand by, signals to every program, a
# clock that jumps, and now and then the whole spool removed. Then what was stopped
# goes on, and a last spiff-run works to the end: nothing that was asked for is lost,
# unless somebody has cancelled it or removed the spool, each package is in the index
# once and whole, no older version comes back, and nothing is left of any program.
# ROUNDS and SEED in the environment for more, or for the same steps again.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/run.sh
. "$test/lib/run.sh"
# shellcheck source=test/lib/peace.sh
. "$test/lib/peace.sh"

SPIFF_BUILD=$top/build/test/deliver SPIFF_SLOTS=3
cp "$top/build/test/clock.so" .
emptytree
names='a b c d e' most=9

# needs NAME: what the template needs
needs() {
	case $1 in
	b | c) echo a ;;
	d) echo b c ;;
	esac
}

# of NAME...: these packages, and all that they need
of() {
	for of_name; do
		echo "$of_name"
		# shellcheck disable=SC2046
		set -- $(needs "$of_name")
		[ $# -eq 0 ] || of "$@"
	done
}

mkdir ready
for name in $names; do
	for v in $(seq $most); do
		echo "$name-${v}_1.x86_64"
	done
done | mkready ready

# version NAME: the template's
version() {
	sed -n 's/^version=//p' "tree/srcpkgs/$1/template"
}

# steps SEED: what happens, a line each, with milliseconds to wait before
steps() {
	awk -v seed="$1" 'function r(n) { return int(rand() * n) }
	function pkg() { return substr("abcde", r(5) + 1, 1) }
	function step(k) {
		if (k < 20)
			return "ask " (r(4) ? "" : "-f ") pkg() " " pkg()
		if (k < 30)
			return "request " pkg() (r(4) ? "" : " -p " r(9))
		if (k < 40)
			return "bump " pkg()
		if (k < 55)
			return "move " state[r(8) + 1] " " state[r(8) + 1] " " r(100)
		if (k < 59)
			return "pause"
		if (k < 63)
			return "unpause"
		if (k < 84)
			return "signal " sig[r(5) + 1] " " r(1000)
		if (k < 89)
			return "standby"
		if (k < 91)
			return "wipe"
		if (k < 97)
			return "clock " (r(40) - 20) * 1800
		return "look"
	}
	BEGIN {
		split("new wait ready run built done fail cancel", state)
		split("KILL STOP CONT TERM HUP", sig)
		srand(seed)
		rand()
		print 0, "ask", pkg(), pkg()
		print 0, "standby"
		print 0, "standby"
		for (n = 10 + r(15); n > 0; n--)
			print r(50), step(r(100))
		print 0, "end"
	}'
}

# gone NAME: from now on nobody waits for it, nor for what needs it; all: for nothing
gone() {
	echo "$1" >>gone
}

# asked FROM NAME VERSION: this was asked for when so many lines were in gone
asked() {
	echo "$@" >>asked
}

# program COMMAND...: one that is begun in the background, with the clock that jumps
program() {
	exec env LD_PRELOAD="$work/clock.so" \
		ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 "$@" >>log 2>&1
}

ask() {
	from=$(wc -l <gone)
	for a; do
		[ "$a" = -f ] || echo "$from $a $(version "$a")"
	done >"asking.$n"
	(
		(program spiff-enqueue "$@") && cat "asking.$n" >>asked
	) &
	askers="$askers $!"
}

# request NAME [OPTION]
request() {
	# spiff-run may take it at once
	asked "$(wc -l <gone)" "$1" "$(version "$1")"
	{
		echo "${2+$2 $3
}$1" >"spool/tmp/r$n" && mv "spool/tmp/r$n" "spool/new/r$n"
	} 2>/dev/null || gone "$1"
}

bump() {
	v=$(version "$1")
	[ "$v" -ge $most ] || template "$1" $((v + 1)) "$(needs "$1")"
}

# move FROM TO NUMBER: one of the jobs there
move() {
	set -- "$1" "$2" "$3" spool/"$1"/*.x86_64
	[ -f "$4" ] && [ "$1" != "$2" ] || return
	from=$1 to=$2
	shift $((3 + $3 % ($# - 3)))
	name=${1##*/}
	set -- "$1" spool/*/"$name"
	# one of two would hide the other for good
	[ $# -eq 2 ] || return
	case $from$jumped:$to in
	*:done | *:cancel) gone "${name%%-*}" ;;
	# what has ended counts by when it was asked for: perhaps later than it is now
	donejumped:* | failjumped:* | canceljumped:*) gone "${name%%-*}" ;;
	esac
	mv "$1" "spool/$to/$name" 2>>log
}

signal() {
	left >processes
	# numbers of processes
	# shellcheck disable=SC2046
	set -- "$1" "$2" $(cut -d ' ' -f 1 processes)
	[ $# -gt 2 ] || return
	sig=$1
	shift $((2 + $2 % ($# - 2)))
	kill -s "$sig" "$1" 2>/dev/null
}

standby() {
	(program spiff-run -w) &
	schedulers="$schedulers $!"
}

wipe() {
	wiped=1
	rm -rf spool 2>>log
	gone all
}

clock() {
	jumped=jumped
	printf '%-15d\n' "$1" 1<>clock.so.ahead
}

look() {
	# while the spool is removed and made anew, there is none
	spiff-status >/dev/null 2>>log || [ -n "$wiped" ] ||
		echo "spiff-status: exit $?" >>bad
}

# calm: what was stopped goes on, and ends
calm() {
	rm -f spool/pause
	left >processes
	for pid in $(cut -d ' ' -f 1 processes); do
		kill -s CONT "$pid" 2>/dev/null
	done
	for pid in $askers; do
		wait "$pid"
	done
	for pid in $schedulers; do
		kill -s TERM "$pid" 2>/dev/null
		wait "$pid"
		status=$?
		case $status in
		132 | 134 | 135 | 136 | 139) echo "spiff-run: exit $status" ;;
		esac
	done
	await ended || {
		echo 'a process is left:'
		left
	}
}

# last: a last spiff-run works to the end; what was killed too often fails, until
# somebody moves it
last() {
	for _ in 1 2 3 4; do
		rm -f spool/fail/*.reason
		for f in spool/fail/*; do
			[ ! -e "$f" ] || mv "$f" spool/new
		done
		timeout -k 5 200 spiff-run -1 >>log 2>&1
		case $? in
		0) return ;;
		1) ;;
		*) echo "the last spiff-run: exit $?" ;;
		esac
	done
}

# index: writes the packages in the index to the file have
index() {
	spiff-index -l repo 2>>log | cut -f 1 >have
}

# lost: says what was asked for and is not there
lost() {
	index
	while read -r from name v; do
		tail -n +$((from + 1)) gone | sort -u >since
		# shellcheck disable=SC2046
		{ echo all; of "$name"; } | grep -qxFf - since && continue
		has=$(sed -n "s/^$name-\(.*\)_1\$/\1/p" have)
		[ "${has:-0}" -ge "$v" ] || echo "lost: $name-$v; there is ${has:-nothing}"
	done <asked
}

# wrong: says what is not as it should be, with all of it built anew
wrong() {
	# shellcheck disable=SC2086
	spiff-enqueue -k $names >>log 2>&1 || echo "spiff-enqueue: exit $?"
	last
	index
	for name in $names; do
		echo "$name-$(version $name)_1"
	done | diff - have | sed -n 's/^</not in the index:/p; s/^>/in the index:/p'
	await ended || echo 'a process is left'
	(
		cd spool && find new wait ready run built 'done' fail cancel -type f
	) | sed 's,.*/,,' | sort | uniq -d | sed 's/^/in two states: /'
	# one of an older version, brought back by hand, has failed or waits for another
	for f in spool/new/* spool/ready/* spool/run/* spool/built/*; do
		[ ! -e "$f" ] || echo "not done: $f"
	done
	for name in $names; do
		for f in spool/wait/"$name-$(version $name)"_1.* \
			spool/fail/"$name-$(version $name)"_1.*; do
			[ ! -e "$f" ] || echo "not done: $f"
		done
	done
	spiff-status >status 2>&1 || echo "spiff-status: exit $?"
	untidy
	(cd repo && ls -- *.xbps) | sed 's/\.x86_64\.xbps$//' | diff - have |
		sed -n 's/^</no file of the index:/p; s/^>/no file:/p'
	[ -n "$wiped" ] || [ ! -e ready.twice ] || echo 'a job built twice at a time'
	# what was added, in the order of the log, is each time newer
	sed -n 's/^added[^a-e]*\([a-e]\)-\([0-9]*\)_1.*/\1 \2/p' log |
		awk '$2 < v[$1] { print "came back: " $1 "-" $2 } { v[$1] = $2 }'
}

# round SEED: the file bad has what was wrong
round() {
	fresh
	rm -f asked gone log ready.twice bad
	: >asked
	: >gone
	: >bad
	: >log
	printf '%-15d\n' 0 >clock.so.ahead
	mkdir repo
	for name in $names; do
		template $name 1 "$(needs $name)"
	done
	askers='' schedulers='' wiped='' jumped='' ended='' n=0
	standby
	steps "$1" >life
	while read -r pause what rest; do
		n=$((n + 1))
		sleep "0.$(printf %03d "$pause")"
		# shellcheck disable=SC2086
		case $what in
		pause) touch spool/pause 2>/dev/null ;;
		unpause) rm -f spool/pause ;;
		end) ended=1 ;;
		*) $what $rest ;;
		esac
	done <life
	[ -n "$ended" ] || echo 'no steps' >>bad
	calm >>bad
	last >>bad
	lost >>bad
	wrong >>bad
}

cleanup() {
	left 2>/dev/null >processes
	for pid in $(cut -d ' ' -f 1 processes); do
		kill -9 "$pid" 2>/dev/null
	done
	wait
}

failed=
# without ROUNDS the steps are the same each time
if [ -n "${ROUNDS-}" ]; then
	seed=${SEED-$(date +%s)}
else
	seed=${SEED-77000}
fi
rounds=0
while [ $rounds -lt "${ROUNDS-3}" ]; do
	round $((seed + rounds))
	[ ! -s bad ] || {
		failed="$failed $((seed + rounds))"
		echo "# SEED=$((seed + rounds)) ROUNDS=1"
		sed 's/^/#	/' life
		sed 's/^/# /' bad
		sed 's/^/#	/' log
	}
	rounds=$((rounds + 1))
done
is "$rounds rounds of chaos from seed $seed" "$failed" ''

plan

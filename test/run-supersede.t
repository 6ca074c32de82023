#!/bin/sh
# Another version is asked for: whatever state the job of the old one is in, and
# whether spiff-run works or not, the new one is built in its place, the old one
# is stopped and cancelled, and what needs it waits for the new one.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

emptytree

# tree VERSION: in which app needs lib at that version, which needs base
tree() {
	template base 1
	template lib "$1" base
	template app 1 lib
}

# the builds of lib do, and the others; a pid file says that one has begun
holds='echo $$ >pid; while [ ! -e go ]; do sleep 0.05; done'
hold() {
	rm -f pid go
	echo "$holds" >"how/$1.x86_64"
}
gone() { ! kill -0 "$(cat pid)" 2>/dev/null; }

# begin OLD: the queue with lib at that version, and none running
begin() {
	fresh
	rm -f go pid
	tree "$1"
	lib=lib-$1_1
	spiff-enqueue app >/dev/null
}

# leavings: what is not in a last state; a log is packed behind the job's end
leavings() {
	find spool/tmp spool/incoming spool/run spool/new spool/wait spool/ready \
		spool/built -mindepth 1 ! -name .lock 2>/dev/null
}
empty() { [ -z "$(leavings)" ]; }

# ends STATE OLD NEW: what has to be true in the end
ends() {
	new=lib-$3_1
	await lies 'done' "$new" && await lies 'done' app-1_1
	ok $? "$1: the new version is built, and what needs it"
	case $1 in
	done) want='done ' ;;
	*) want='cancel ' ;;
	esac
	is "$1: where the old one lies" "$(where "lib-$2_1")" "$want"
	[ "$want" != 'cancel ' ] || [ "$1" = cancel ] ||
		is "$1: why" "$(attr "lib-$2_1" cancel class), $(
			attr "lib-$2_1" cancel reason), $(
			attr "lib-$2_1" cancel by)" \
			"superseded, superseded by $new.x86_64, $new.x86_64"
	[ "$1$(ls pid 2>/dev/null)" = donepid ] ||
		is "$1: the new one was built before what needs it" "$(grep -x \
		"$new.x86_64\|app-1_1.x86_64" begun | tail -n 2 | tr '\n' ' ')" \
		"$new.x86_64 app-1_1.x86_64 "
	is "$1: the index" "$(spiff-index -l repo | cut -f1 | grep ^lib)" "$new"
	await empty
	is "$1: nothing is left" "$(leavings)" ''
}

# offline STATE OLD NEW: nobody works while the jobs are put in, and later
# somebody does
offline() {
	begin "$2"
	job=$lib.x86_64
	case $1 in
	new) ;;
	built)
		SPIFF_JOB=$job SPIFF_TRY=1 ./builder
		mv "spool/new/$job" spool/built
		;;
	done)
		hold app-1_1
		background
		await [ -s pid ]
		end
		rm how/app-1_1.x86_64 pid
		;;
	fail)
		echo 'exit 1' >"how/$job"
		spiff-run -1 2>err
		;;
	*) mv "spool/new/$job" "spool/$1" ;;
	esac
	: >begun
	tree "$3"
	spiff-enqueue app >out 2>err
	background
	ends "$1" "$2" "$3"
	end
}

for way in '1.0 1.1' '1.1 1.0'; do
	# shellcheck disable=SC2086
	set -- $way
	echo "# $1, then $2; spiff-run is begun later"
	for state in new wait ready run built fail cancel; do
		offline $state "$1" "$2"
	done
done
offline 'done' 1.0 1.1

# in STATE: whether the old job is there
held() { lies "$1" "$lib"; }

# reach STATE: brings the old job there while spiff-run works, and holds it there;
# in new/ it stays only while spiff-run does not look
reach() {
	case $1 in
	wait | ready) hold base-1_1 ;;
	run | built | cancel) hold "$lib" ;;
	fail) echo 'exit 1' >"how/$lib.x86_64" ;;
	done) hold app-1_1 ;;
	esac
	background
	case $1 in
	new)
		kill -STOP "$run"
		spiff-enqueue app >/dev/null
		;;
	wait | ready | run | built | cancel | done) await [ -s pid ] ;;
	esac
	case $1 in
	ready)
		: >spool/pause
		: >go
		;;
	built)
		(
			exec 9>>repo/x86_64-repodata.lock
			flock 9
			echo >locked
			exec sleep 600
		) &
		lock=$!
		await [ -e locked ]
		: >go
		;;
	cancel)
		mv "spool/run/$lib.x86_64" spool/cancel
		await gone
		;;
	esac
	await held "$1"
}

# online STATE OLD NEW: while spiff-run works and the old job is held in that state
online() {
	begin "$2"
	rm -f locked
	[ "$1" != new ] || fresh
	reach "$1"
	tree "$3"
	spiff-enqueue app >out 2>err
	case $1 in
	new) kill -CONT "$run" ;;
	wait | done) : >go ;;
	ready) rm spool/pause ;;
	run)
		await gone
		ok $? 'run: the build is stopped'
		;;
	built) kill "$lock" ;;
	esac
	ends "$1" "$2" "$3"
	end
}
for way in '1.0 1.1' '1.1 1.0'; do
	# shellcheck disable=SC2086
	set -- $way
	echo "# $1, then $2, while spiff-run works"
	for state in new wait ready run built fail cancel; do
		online $state "$1" "$2"
	done
done
online 'done' 1.0 1.1

# what the index has is newer
begin 1.1
spiff-run -1 2>err
tree 1.0
exits 1 'back to a version before the one in the index' spiff-enqueue lib
has 'says why nothing is built' err 'lib: the build repository has lib-1.1_1'
is 'it is not queued' "$(where lib-1.0_1)" ''
exits 0 'unless forced' spiff-enqueue -f lib
spiff-run -1 2>err
is 'then it is' "$(where lib-1.0_1): $(spiff-index -l repo | cut -f1 |
	grep ^lib)" 'done : lib-1.0_1'

# a job that was built once, asked for again, and not begun
begin 1.0
spiff-run -1 2>err
spiff-enqueue -f lib >/dev/null
tree 1.1
spiff-enqueue lib >/dev/null
is 'a forced job gives way: it is in one state' "$(where lib-1.0_1)" 'cancel '
# the same when spiff-run finds both
begin 1.0
spiff-run -1 2>err
spiff-enqueue -f lib >/dev/null
mv spool/new/lib-1.0_1.x86_64 forced
tree 1.1
echo 'asked 1' >>forced
spiff-enqueue lib >/dev/null
mv spool/new/lib-1.1_1.x86_64 spool/ready
mv forced spool/new/lib-1.0_1.x86_64
spiff-run -1 2>err
is 'to a job that spiff-run has: it is in one state' "$(where lib-1.0_1)" 'cancel '

# the clock has been put back since the old version was asked for
for state in new wait ready built; do
	begin 1.0
	echo 'asked 4000000000' >>spool/new/lib-1.0_1.x86_64
	[ $state = new ] || mv spool/new/lib-1.0_1.x86_64 spool/$state
	tree 1.1
	spiff-enqueue app >/dev/null
	spiff-run -1 2>err
	is "the clock was put back, $state: the index" \
		"$(spiff-index -l repo | cut -f1 | grep ^lib)" lib-1.1_1
	is "the clock was put back, $state: where the old one lies" \
		"$(where lib-1.0_1)" 'cancel '
done

# at any moment: a version every now and then, while spiff-run works
begin 1.0
seed=${SEED:-$$}
echo "# SEED=$seed"
background
for version in $(awk -v seed="$seed" 'BEGIN {
	srand(seed)
	for (i = 1; i <= 15; i++)
		print "1." i, rand() * 0.2
}' | tr ' ' :); do
	sleep "${version#*:}"
	tree "${version%:*}"
	spiff-enqueue lib app >/dev/null 2>err || sed 's/^/# /' err
done
await lies 'done' lib-1.15_1
ok $? 'at any moment: the last version is built'
await empty
end
is 'at any moment: the index' "$(spiff-index -l repo | cut -f1 | grep ^lib)" \
	lib-1.15_1
is 'at any moment: each job is in one state' "$(find spool -name '*.x86_64' \
	-type f | sed 's/.*\///' | sort | uniq -d)" ''

plan

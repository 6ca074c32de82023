#!/bin/sh
# Builds on this machine: nothing of one is left, whatever it did and however it
# or spiff-run ended; what it used is noted; the processors are divided.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

# a build that leaves a process where no group and no parent leads to it, and then
# does not end
cat >away <<'END'
rm -f pid
trap '' TERM
(setsid sh -c 'trap "" TERM; echo $$ >pid; while :; do sleep 600; done' &)
until [ -s pid ]; do sleep 0.05; done
END
left() { kill -0 "$(cat pid)" 2>/dev/null; }
gone() { ! left; }
# sleeper PKGVER: such a build
sleeper() {
	rm -f pid
	{
		cat away
		echo 'while :; do sleep 600; done'
	} >"how/$1.x86_64"
}

fresh
cp away how/a-1_1.x86_64
job a-1_1
exits 0 'a build that leaves a process behind' spiff-run -1
check 'it does not stay' gone
is 'what it used is noted' "$(sed -n 's/^\(memory\|cpu\) [0-9]*$/\1/p' \
	spool/done/a-1_1.x86_64 | tr '\n' ' ')" 'memory cpu '
check 'memory in bytes' [ "$(attr a-1_1 'done' memory)" -gt 100000 ]

fresh
sleeper a-1_1
background
job a-1_1
await [ -s pid ]
mv spool/run/a-1_1.x86_64 spool/cancel
await gone
ok $? 'cancelled, nothing is left'
sleeper b-1_1
sed 's/trap .. TERM;*//' how/b-1_1.x86_64 >new
mv new how/b-1_1.x86_64
job b-1_1
await [ -s pid ]
kill -9 "$run"
await gone
ok $? 'nor when spiff-run is killed'
rm how/b-1_1.x86_64
exits 0 'the next one' spiff-run -1
is 'builds it again' "$(where b-1_1)" 'done '
for kill in 'run cell' 'cell run'; do
	sleeper d-1_1
	background
	job d-1_1
	await [ -s pid ]
	cell=$(attr d-1_1 run handle)
	cell=${cell%% *}
	[ "$kill" = 'run cell' ] || set -- "$cell" "$run"
	[ "$kill" = 'cell run' ] || set -- "$run" "$cell"
	kill -9 "$@"
	wait "$run"
	rm how/d-1_1.x86_64
	exits 0 "the next one, $kill killed at once" spiff-run -1
	await gone
	ok $? "nothing is left, $kill killed at once"
	rm -f spool/done/d-1_1.x86_64 repo/d-1_1.*
	spiff-index -c repo >/dev/null
done
sleeper c-1_1
background
job c-1_1
await [ -s pid ]
kill "$run"
await grep -q 'ending$' log
kill "$run"
wait "$run"
ok $? 'told twice, it ends at once'
check 'and nothing is left' gone

# a cell is the process that a job's file names
fresh
for p in a b c; do
	# shellcheck disable=SC2016
	echo 'echo "$SPIFF_JOB ${SPIFF_TRY##*.}"' >how/$p-1_1.x86_64
	job $p-1_1
done
# shellcheck disable=SC2016
{
	cat away
	# and delivers nothing meanwhile
	echo '[ "${SPIFF_TRY##*.}" -gt 1 ] || { kill -9 "$PPID"; sleep 600; }'
} >>how/b-1_1.x86_64
exits 0 'three builds, one of which kills its cell' env SPIFF_SLOTS=1 spiff-run -1
is 'that one is begun again' "$(attr b-1_1 'done' tries)" 2
check 'and what the first try has left elsewhere is gone' gone
is 'each build has a cell' "$(sed -n 's/^handle //p' spool/done/* | sort -u |
	wc -l)" 4
is 'and its own log' "$(gzip -dc spool/log/*.gz)" 'a-1_1.x86_64 1
b-1_1.x86_64 2
c-1_1.x86_64 1'
dead() {
	sed -n 's/^handle \([0-9]*\) .*/\1/p' spool/done/* | while read -r cell; do
		! kill -0 "$cell" 2>/dev/null || exit 1
	done
}
check 'of which none is left' dead

# how many processes each build may run
fresh
SPIFF_SLOTS=4
SPIFF_JOBS=3
export SPIFF_JOBS
# shellcheck disable=SC2016
echo 'echo "$SPIFF_JOBS" >>jobs' | tee how/a-1_1.x86_64 >how/b-1_1.x86_64
job a-1_1
spiff-run -1 2>err
is 'what the settings say' "$(cat jobs)$(attr a-1_1 'done' jobs)" 33
unset SPIFF_JOBS
rm jobs
job b-1_1
spiff-run -1 2>err
is 'otherwise a build by itself may use all processors' "$(cat jobs)" "$(nproc)"
rm -f jobs
for p in c d e f; do
	cat >"how/$p-1_1.x86_64" <<'END'
echo "$SPIFF_JOBS" >>jobs
until [ "$(wc -l <jobs)" -eq 4 ]; do sleep 0.05; done
END
	job $p-1_1
done
: >spool/pause
background
# all of them there before one begins
ready() { [ "$(find spool/ready -type f | wc -l)" -eq 4 ]; }
await ready
rm spool/pause
await lies 'done' f-1_1
end
sum=$(awk '{ n += $1 } END { print n }' jobs)
if [ "$(nproc)" -ge 4 ]; then
	is 'four at once use all of them together' "$sum" "$(nproc)"
else
	is 'and each has at least one' "$sum" 4
fi
exits 2 'a limit that is none' env SPIFF_MEMORY=much spiff-run -1
has 'is named' err 'SPIFF_MEMORY=much: expected a size such as 4G'
exits 2 'nor a number' env SPIFF_CPUS=0 spiff-run -1

# a job that is cancelled when it has been moved to run/ and its build is not begun yet
fresh
: >log
background
for n in 1 2 3 4 5; do
	echo 'exec sleep 600' >"how/q$n-1_1.x86_64"
	perl -e '1 until rename $ARGV[0], $ARGV[1]' "spool/run/q$n-1_1.x86_64" \
		"spool/cancel/q$n-1_1.x86_64" &
	mover=$!
	job "q$n-1_1"
	wait "$mover"
done
job z-1_1
await lies 'done' z-1_1
check 'a job that is cancelled as it is begun is no trouble of the builder' \
	[ ! -e spool/trouble ]
end

plan

#!/bin/sh
# The spool's lock: a scheduler whose lock's file was removed or replaced ends, and
# touches nothing any more; links are not followed.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

sleeper() {
	rm -f pid
	echo 'sleep 600 & echo $! >pid; wait' >how/a-1_1.x86_64
	job a-1_1
	await [ -s pid ]
}
gone() { ! kill -0 "$(cat pid)" 2>/dev/null; }

fresh
: >log
background
sleeper
rm spool/lock
wait "$run"
is 'a scheduler whose lock is removed ends' "$?" 111
has 'and says why' log 'spool/lock: is not the file that this process has locked'
check 'its build ends with it' await gone
is 'but the job is left alone' "$(where a-1_1)" 'run '
rm how/a-1_1.x86_64
exits 0 'the next one goes on' spiff-run -1
is 'with it' "$(where a-1_1)" 'done '

fresh
background
first=$run
sleeper
rm spool/lock
echo 'exit 1' >how/a-1_1.x86_64
spiff-run >>log2 2>&1 &
run=$!
runs="$runs $run"
wait "$first"
is 'one whose lock another has taken ends' "$?" 111
check 'and the other goes on' await lies fail a-1_1
job b-1_1
check 'with all' await lies 'done' b-1_1
is 'each was built by one of them' "$(attr b-1_1 'done' tries)" 1
end

# epoch: that of the lock's file
epoch() { sed -n 's/^epoch //p' spool/lock; }
# snapshot: all that the spool has
snapshot() { (cd spool && find . ! -name '*.log*' -type f -printf '%p %s %T@\n' | sort); }

fresh
spiff-run -1 2>/dev/null
before=$(epoch)
spiff-run -1 2>/dev/null
is 'each scheduler has an epoch of its own' "$(epoch)" $((before + 1))
rm spool/lock
spiff-run -1 2>/dev/null
check 'also when the lock is removed' [ "$(epoch)" -ge "$before" ]

# one that sleeps, while its lock is taken away and its build goes on
fresh
: >log
background
rm -f go
echo 'until [ -e go ]; do sleep 0.05; done' >how/a-1_1.x86_64
job a-1_1
await begun a-1_1
await lies run a-1_1
tried() { [ -n "$(attr a-1_1 run handle)" ]; }
await tried
try=$(attr a-1_1 run try)
is 'a try is named after the epoch' "$try" "$(epoch).1"
kill -STOP "$run"
rm spool/lock
: >go
await [ -e spool/incoming/a-1_1.x86_64/manifest ]
# the build's supervisor, which is no scheduler, writes what it used once it has ended
used() { [ -n "$(attr a-1_1 run cpu)" ]; }
await used
snapshot >was
kill -CONT "$run"
wait "$run"
is 'a scheduler that wakes up without its lock ends' "$?" 111
snapshot >now
is 'and touches nothing' "$(diff was now)" ''
is 'the manifest names the try' "$(sed -n 's/^try //p' \
	spool/incoming/a-1_1.x86_64/manifest)" "$try"
exits 0 'the next one' spiff-run -1
is 'takes what was delivered' "$(where a-1_1)$(attr a-1_1 'done' try)" "done $try"

# the try of the same number by another scheduler
fresh
background
first=$run
rm -f go
echo ': >here; until [ -e go ]; do sleep 0.05; done; exit 1' >how/a-1_1.x86_64
job a-1_1
await [ -e here ]
await tried
try=$(attr a-1_1 run try)
kill -STOP "$first"
rm here spool/lock
background
again() { [ "$(attr a-1_1 run try)" != "$try" ] && tried; }
await again
await [ -e here ]
late=${try%.*}.$(attr a-1_1 run tries)
echo : >how/a-1_1.x86_64
SPIFF_JOB=a-1_1.x86_64 SPIFF_TRY=$late ./builder
has 'what an earlier scheduler would call by the same number' \
	spool/incoming/a-1_1.x86_64/manifest "try $late"
: >go
await lies fail a-1_1
is 'is not taken' "$(attr a-1_1 fail class) $(spiff-index -l repo 2>/dev/null)" 'package '
kill -CONT "$first"
wait "$first"
is 'when it wakes up it ends' "$?" 111
end

fresh
echo text >target
ln -s ../target spool/lock
exits 111 'a lock that is a link' spiff-run -1
has 'is refused' err 'spool/lock: '
is 'and what it leads to is left alone' "$(cat target)" text
rm spool/lock
mkdir elsewhere
rmdir spool/log
ln -s ../elsewhere spool/log
exits 111 'a directory that is a link' spiff-run -1
has 'is refused too' err 'spool/log: is a link'
rm spool/log
mkdir spool/log
background
# it makes a directory that is missing
kill -STOP "$run"
mv spool/log spool/log.old
ln -s ../elsewhere spool/log
kill -CONT "$run"
wait "$run"
is 'also one that becomes a link' "$?" 111
plan

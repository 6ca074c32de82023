#!/bin/sh
# spiff-run: jobs go from new/ to done/ in the order of their needs; people move
# files; builds fail in all the ways they can.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

exits 2 'no operands' spiff-run x
exits 2 'a length of time is a number' spiff-run -t soon
exits 2 'slots are a number' spiff-run -1 -j many
exits 2 'only builders that there are' spiff-run -1 -b oven

exits 0 'an empty spool is made, and left at once' spiff-run -1
is 'with all its directories' "$(cd spool && echo *) " \
	'built cancel done fail incoming lock log new ready run settings tmp wait '

fresh
job c-1_1 b-1_1
job b-1_1 a-1_1
job a-1_1
exits 0 'a chain, put in from the wrong end' spiff-run -1
is 'built in order' "$(tr '\n' ' ' <begun)" \
	'a-1_1.x86_64 b-1_1.x86_64 c-1_1.x86_64 '
is 'done' "$(where a-1_1)$(where b-1_1)$(where c-1_1)" 'done done done '
has 'said' err 'spiff-run: c-1_1.x86_64: done'
is 'tries, times, the machine and the end are noted' "$(sed -n \
	's/^\(tries\|started\|ended\|node\|handle\|exit\) .*/\1/p' \
	spool/done/a-1_1.x86_64 | tr '\n' ' ')" \
	'started tries node handle ended exit '
check 'the packages are in the repository' [ -s repo/c-1_1.x86_64.xbps ]
check 'the log is packed' [ -s spool/log/a-1_1.x86_64.log.gz ]
is 'nothing is left' "$(find spool/tmp spool/incoming spool/run -mindepth 1 \
	! -name .lock)" ''
rm -rf spool/done/*
job d-1_1 a-1_1 c-1_1
exits 0 'what the index has is not waited for, whatever done/ says' spiff-run -1

fresh
echo 'echo no good; exit 1' >how/a-1_1.x86_64
job a-1_1
job b-1_1 a-1_1
job c-1_1 b-1_1
job d-1_1
exits 1 'a failure' spiff-run -1
is 'holds back what needs it, and nothing else' "$(where a-1_1)$(where b-1_1)$(
	where c-1_1)$(where d-1_1)" 'fail wait wait done '
is 'its class' "$(attr a-1_1 fail class)" package
is 'its reason' "$(attr a-1_1 fail reason)" 'exit 1'
rm how/a-1_1.x86_64
mv spool/fail/a-1_1.x86_64 spool/new
exits 0 'it is tried again by mv, and the others go on' spiff-run -1
is 'all done' "$(where a-1_1)$(where b-1_1)$(where c-1_1)" 'done done done '
is 'the second try' "$(attr a-1_1 'done' tries)" 2

# class TEXT: how a build is judged that ends so
class() {
	fresh
	echo "$1" >how/a-1_1.x86_64
	job a-1_1
	spiff-run -1 "${2:--j1}" "${3:--j1}" >log 2>&1
	printf '%s: %s' "$(attr a-1_1 fail class)" "$(attr a-1_1 fail reason)"
}
is 'unavailable' "$(class 'echo spiff-build: broken; exit 2')" \
	'unavailable: broken'
is 'stale' "$(class 'exit 4')" 'stale: exit 4'
is 'what the log says of it' "$(class 'echo "x.c:1: error: y"
	echo "spiff-build: class repository"; echo "spiff-build: logline 1"
	echo "spiff-build: no liba"; exit 1')" 'repository: no liba'
is 'and where' "$(attr a-1_1 fail logline)" 1
is 'nothing delivered' "$(class 'exit 0')" \
	'package: exit 0, but nothing was delivered'
is "the machine's fault" "$(class 'exit 111')" 'machine: exit 111, and no last word in the log: is the disk full?'
is 'tried three times' "$(wc -l <begun)" 3
is 'killed' "$(class 'kill -9 $$')" 'machine: signal 9 (Killed)'
is 'no output for a second' "$(class 'sleep 600' -t 1s)" \
	'stopped: wrote nothing for 1 s'
is 'too long' "$(class 'while :; do echo x; sleep 0.1; done' -T 1)" \
	'stopped: not done after 1 s'
is 'too much in its log' "$(class 'trap "truncate -s 0 /proc/$$/fd/1; exit 1" TERM
	truncate -s 2G /proc/$$/fd/1; while :; do sleep 0.1; done')" \
	'stopped: wrote more than 1000 MB to its log'
is 'too long, whatever a package prints' "$(class '
	echo head; echo "=> a-1_1: running do_build ..."
	echo "spiff-build: making the chroot"
	while :; do echo x; sleep 0.1; done' -T 1)" 'stopped: not done after 1 s'
is 'too long, but not for the making of the chroot' "$(class '
	echo head; echo "spiff-build: making the chroot"; sleep 3
	echo "spiff-build: made the chroot in 3 s"
	while :; do echo x; sleep 0.1; done' -T 2)" \
	'stopped: not done after 2 s'
first=$(sed -n 's/^started //p' spool/fail/a-1_1.x86_64 | head -n 1)
check 'which is not its time either' \
	[ "$(attr a-1_1 fail started)" -ge $((first + 3)) ]
has 'it went on' begun a-1_1.x86_64
fresh
echo 'echo "spiff-build: class setup"; echo "spiff-build: no base-chroot"; exit 100' \
	>how/a-1_1.x86_64
job a-1_1
job b-1_1
exits 111 'a set-up in which no build can work ends it' spiff-run -1 -j 1
is 'which is said once' "$(grep -c '^spiff-run: nothing can be built here: no base-chroot$' err)" 1
is 'and not held against the jobs' "$(where a-1_1)$(where b-1_1)" 'ready ready '
is 'nothing more is begun' "$(cat begun)" a-1_1.x86_64
has 'so that the log stays' spool/log/a-1_1.x86_64.log 'no base-chroot'
rm how/a-1_1.x86_64
exits 0 'until it is mended' spiff-run -1
fresh
echo "[ \${SPIFF_TRY##*.} -gt 2 ] || exit 111" >how/a-1_1.x86_64
job a-1_1
exits 0 'the machine recovers' spiff-run -1
is 'at the third try' "$(attr a-1_1 'done' tries)" 3
fresh
mkdir spool/incoming/a-1_1.x86_64
printf 'job a-1_1.x86_64\ntry 7\nend\n' >spool/incoming/a-1_1.x86_64/manifest
echo 'exit 0' >how/a-1_1.x86_64
job a-1_1
exits 1 "another try's delivery does not count" spiff-run -1

# what a killed spiff-index leaves
fresh
mkdir spool/incoming/.a-1_1.x86_64.done
exits 0 'what is left of deliveries' spiff-run -1
is 'is removed' "$(ls -A spool/incoming)" .lock

# people move files while it runs
fresh
echo 'sleep 600 & echo $! >pid; wait' >how/a-1_1.x86_64
background
job b-1_1
await lies 'done' b-1_1
job a-1_1
await [ -s pid ]
mv spool/run/a-1_1.x86_64 spool/cancel
gone() { ! kill -0 "$(cat pid)" 2>/dev/null; }
await gone
ok $? 'mv to cancel/ stops the build, with all its processes'
await grep -q '^class' spool/cancel/a-1_1.x86_64
is 'which the job says' "$(attr a-1_1 cancel class): $(
	attr a-1_1 cancel reason)" 'cancelled: cancelled by hand'
rm -f pid how/a-1_1.x86_64
mv spool/cancel/a-1_1.x86_64 spool/new
await lies 'done' a-1_1
ok $? 'mv to new/ begins it again'
is 'and nothing is left of that' "$(attr a-1_1 'done' class)" ''
: >spool/pause
job c-1_1
await lies ready c-1_1
kill -HUP "$run"
job d-1_1 c-1_1
await lies wait d-1_1
is 'nothing starts while there is a file pause' "$(where c-1_1)" 'ready '
echo 'priority 5' >>spool/wait/d-1_1.x86_64
rm spool/pause
await lies 'done' d-1_1
ok $? 'until it is removed'
echo 'sleep 600 & echo $! >pid; wait' >how/e-1_1.x86_64
job e-1_1
await [ -s pid ]
rm spool/run/e-1_1.x86_64
await gone
ok $? 'a file that is removed stops its build as well'
rm -f pid
job e-1_1
await [ -s pid ]
end
is 'told to end, it ends with 0' $? 0
check 'its builds with it' gone
is 'and their jobs are ready again' "$(where e-1_1)" 'ready '
rm how/e-1_1.x86_64
exits 0 'the next run goes on' spiff-run -1
is 'with them' "$(where e-1_1)" 'done '

# the same without hints from the kernel
fresh
SPIFF_WATCH=scan
export SPIFF_WATCH
background
job b-1_1 a-1_1
job a-1_1
await lies 'done' b-1_1
ok $? 'by looking every second'
end
unset SPIFF_WATCH

# the spool goes away
fresh
echo 'sleep 600 & echo $! >pid; wait' >how/a-1_1.x86_64
rm -f pid
background
job a-1_1
await [ -s pid ]
rm -rf spool
await gone
ok $? 'a spool that is removed: its builds are stopped'
# rm may have met a new one halfway, and has left it as broken
whole() {
	(cd spool && ls -d tmp new wait ready run built 'done' fail cancel \
		incoming log) >/dev/null 2>&1 && [ -s spool/lock ]
}
await whole
ok $? 'and it is made again'
job b-1_1
await lies 'done' b-1_1
ok $? 'and used'
end

# slots
fresh
for i in 1 2 3 4 5 6; do
	cat >"how/p$i-1_1.x86_64" <<-END
	mkdir now.$i
	sleep 0.1
	ls -d now.* | wc -l >>most
	rmdir now.$i
	END
	job "p$i-1_1"
done
rm -f most
spiff-run -1 -j 2 2>err
is 'never more builds than slots' "$(sort -n most | tail -n 1)" 2
fresh
job a-1_1
exits 1 'no slot for the architecture' spiff-run -1 -j aarch64=2
has 'is said' err '1 ready, but there is no slot for them'
is 'and the job waits' "$(where a-1_1)" 'ready '

# the lock
fresh
background
exits 1 'a second one' spiff-run
has 'says who has the lock' err "process $run on $(uname -n) holds the lock"
first=$run
spiff-run -w >>log2 2>&1 &
run=$!
runs="$runs $run"
await grep -qs "process $first" log2
kill -9 "$first"
await grep -q "process $run" spool/lock
ok $? 'a standby takes over'
job a-1_1
await lies 'done' a-1_1
ok $? 'and works'
end

# a job that somebody moves to done/, and that is in no index
fresh
: >log
: >spool/pause
job a-1_1
job b-1_1 a-1_1
background
await lies ready a-1_1
await lies wait b-1_1
mv spool/ready/a-1_1.x86_64 spool/done
await grep -q 'a-1_1.x86_64: done' log
rm spool/pause
job c-1_1
await lies 'done' c-1_1
is 'is not taken for built' "$(where b-1_1)$(grep b-1 begun)" 'wait '
end

plan

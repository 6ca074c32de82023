#!/bin/sh
# The file that SPIFF_LIMITS names: how long single packages may be built, with how
# many processes, which of them one at a time, and which are held.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

SPIFF_LIMITS=$work/limits
export SPIFF_LIMITS

# refused NAME MESSAGE LINE: the file with that line is not accepted
refused() {
	printf '# a comment\n\n%s\n' "$3" >limits
	exits 2 "$1" spiff-run -1
	has 'is named with its line' err "spiff-run: $work/limits:3: $2"
}
exits 2 'a file that is not there' spiff-run -1
has 'is named, with the setting and what helps' err "spiff-run: SPIFF_LIMITS=$work/limits: \
No such file or directory: an empty one will do: touch $work/limits"
spool
spiff-status -y hello >out 2>err
is 'once' "$(grep -c SPIFF_LIMITS err)" 1
refused 'an unknown limit' 'hours=3: expected jobs=N' 'chromium hours=3'
refused 'a number that is none' 'jobs=many: expected a number of processes' \
	'chromium jobs=many'
refused 'a number of no processes' 'jobs=0: expected' 'chromium jobs=0'
refused 'a size that is none' 'memory=much: expected a size' 'a memory=much'
refused 'a time that is none' 'time=4w: expected a span of time' 'a time=4w'
refused 'a time without a number' 'idle=h: expected a span of time' 'a idle=h'
refused 'a line without a pattern' 'jobs=3: expected a pattern' 'jobs=3'
refused 'a mark without a name' 'alone=: expected' 'a alone='
spiff-status -y hello >out 2>err
is 'which is said once' "$(grep -c 'limits:3: ' err)" 1
printf 'a\0b\n' >limits
exits 2 'a NUL byte' spiff-run -1
: >limits
chmod o+w limits
exits 2 'a file that everybody can write to' spiff-run -1
chmod o-w limits
exits 2 'a setting that is no time' env SPIFF_TIME=soon spiff-run -1
has 'is named, too' err 'SPIFF_TIME=soon: expected a span of time such as 90s'

# ran PKGVER: with how many processes
ran() { cat "ran.$1.x86_64"; }
fresh
for p in a b c d e; do
	# shellcheck disable=SC2016
	echo 'echo "$SPIFF_JOBS" >"ran.$SPIFF_JOB"' >how/$p-1_1.x86_64
	job $p-1_1
done
echo 'style cargo' >>spool/new/c-1_1.x86_64
echo 'style gnu-configure' >>spool/new/d-1_1.x86_64
cat >limits <<END
a.i686 jobs=2
	a.x86_64 jobs=3
a* jobs=4
b jobs=5	time=10m idle=90 memory=4G
style:car* jobs=6
style:cargo jobs=7
END
exits 0 'limits' env SPIFF_JOBS=9 spiff-run -1
is 'of packages, of those for an architecture, of styles, and of none' \
	"$(ran a-1_1) $(ran b-1_1) $(ran c-1_1) $(ran d-1_1) $(ran e-1_1)" \
	'3 5 6 9 9'
is 'the job says so' "$(attr a-1_1 'done' jobs)" 3

spiff-enqueue hello >out 2>err
is 'a job has the style of its template' "$(attr hello-1.0_1 new style)" gnu-makefile

SPIFF_IDLE=1h SPIFF_TIME=1h
export SPIFF_IDLE SPIFF_TIME
fresh
echo 'sleep 600' | tee how/a-1_1.x86_64 >how/b-1_1.x86_64
printf 'a idle=1\nb time=1s\n' >limits
job a-1_1
job b-1_1
exits 1 'builds that take too long' spiff-run -1
is 'one is stopped when it is silent' "$(attr a-1_1 fail reason)" \
	'wrote nothing for 1 s'
is 'and one that is not done' "$(attr b-1_1 fail reason)" \
	'not done after 1 s'
fresh
echo 'sleep 2' >how/a-1_1.x86_64
echo 'a idle=0 time=0' >limits
job a-1_1
exits 0 'no limit at all' spiff-run -1 -t 1 -T 1
fresh
echo 'sleep 600' >how/a-1_1.x86_64
: >limits
job a-1_1
exits 1 'without a line' env SPIFF_TIME=1 spiff-run -1
is 'the settings count' "$(attr a-1_1 fail reason)" 'not done after 1 s'

# alone: the builds of one mark do not meet, and others do not wait for them
fresh
for p in a b c; do
	cat >"how/$p-1_1.x86_64" <<END
mkdir busy || exit 1
until [ -e go.$p ]; do sleep 0.05; done
rmdir busy
END
done
sed s/busy/other/ how/c-1_1.x86_64 >new && mv new how/c-1_1.x86_64
printf '[ab] alone\nc alone=other\n' >limits
for p in a b c d; do
	job $p-1_1
done
: >spool/pause
SPIFF_SLOTS=4
background
ready() { [ "$(find spool/ready -type f | wc -l)" -eq 4 ]; }
await ready
rm spool/pause
await lies 'done' d-1_1
await begun c-1_1
is 'one of a mark, and those behind it' "$(where a-1_1)$(where b-1_1)" 'run ready '
is 'which it says' "$(spiff-status -l | sed -n 's/^b-.*	//p')" \
	'waits for the end of a-1_1.x86_64, which excludes it'
: >go.a
await begun b-1_1
ok $? 'then the next one'
check 'and not before' [ ! -e spool/run/a-1_1.x86_64 ]
: >go.b
: >go.c
await lies 'done' b-1_1
await lies 'done' c-1_1

# the file is read again
echo "e jobs=many" >new && mv new limits
kill -HUP "$run"
await grep -q 'the limits stay as they were' log
is 'a fault in it is told once' "$(grep -c 'jobs=many: expected' log)" 1
# shellcheck disable=SC2016
echo 'echo "$SPIFF_JOBS" >"ran.$SPIFF_JOB"' >how/e-1_1.x86_64
echo "e jobs=11" >new && mv new limits
kill -HUP "$run"
job e-1_1
await lies 'done' e-1_1
is 'and a change counts' "$(ran e-1_1)" 11
end

# many of a mark, with another job behind them
fresh
echo 'm* alone' >limits
n=99
while [ $((n += 1)) -lt 200 ]; do
	echo 'until [ -e go ]; do sleep 0.05; done' >"how/m$n-1_1.x86_64"
	job "m$n-1_1"
done
job z-1_1
: >spool/pause
background
ready() { [ "$(find spool/ready -type f | wc -l)" -eq 101 ]; }
await ready
rm -f go spool/pause
await lies 'done' z-1_1
ok $? 'any number of jobs that wait for a mark hold up no others'
rm spool/ready/m*
: >go
end

# what is held waits, whatever waits for it says so, and nothing is lost
refused 'a hold of nothing' 'hold: expected a pattern' 'hold'
fresh
rm -f how/*
SPIFF_IDLE=4h SPIFF_TIME=12h
cat >limits <<END
a jobs=1
hold a	 until the next release
hold style:cargo
END
for p in a b c d; do
	job $p-1_1
done
job e-1_1 a-1_1
echo 'style cargo' >>spool/new/b-1_1.x86_64
exits 1 'jobs that are held' spiff-run -1
is 'wait, with what needs them, and the others do not' "$(where a-1_1)$(where b-1_1)$(
	where c-1_1)$(where d-1_1)$(where e-1_1)" 'ready ready done done wait '
has 'which is said' err "spiff-run: 2 held by $work/limits"
is 'each of them says why' "$(spiff-status -l | sed -n \
	's/^\([abe]\)-.*	/\1: /p' | sort)" 'a: held: until the next release
b: held
e: blocked by a-1_1.x86_64: held: until the next release'
spiff-status -y a-1_1.x86_64 >out
is 'also when asked' "$(cat out)" \
	'a-1_1.x86_64	held: until the next release'
spiff-status -y e-1_1.x86_64 >out
has 'and so does what waits for it' out 'a-1_1.x86_64	held: until the next release'
spiff-status -w site
has 'and the site' site/index.html 'held: until the next release'
has 'on the page of the package' site/pkg/e.x86_64.html 'held: until the next release'
background
await grep -q 'held by' log
sed /next/d limits >new && mv new limits
kill -HUP "$run"
await lies 'done' e-1_1
ok $? 'a hold that is lifted: its job and those behind go on'
is 'the others stay' "$(where b-1_1)" 'ready '
end
# a job that is held while it waits for a slot
fresh
job a-1_1
: >spool/pause
: >limits
background
await lies ready a-1_1
spiff-status -w site
echo 'hold a' >new && mv new limits
spiff-status -w site
has 'the site is written anew for a hold' site/index.html 'held'
kill -HUP "$run"
await sh -c 'spiff-status -l | grep -q held'
rm spool/pause
kill -HUP "$run"
job b-1_1
await lies 'done' b-1_1
is 'a hold on what is ready' "$(where a-1_1)" 'ready '
end
# a hold that comes while spiff-run has nothing to do
fresh
: >limits
background
await grep -q 'nothing to do' log
echo 'hold a' >>limits
job a-1_1
job b-1_1
await lies 'done' b-1_1
is 'a hold counts at once' "$(where a-1_1)" 'ready '
end

fresh
cat >limits <<END
hold hello too new
never libgreet it has no licence
END
exits 1 'what needs a package that is never to be built' spiff-enqueue hello
has 'is refused' err 'libgreet: never to be built: it has no licence'
is 'as a whole' "$(ls spool/new)" ''
spiff-status -y libgreet-devel >out
has 'which is said when asked' out 'refused: never to be built: it has'
spiff-status -y hello >out
has 'and of what needs it' out 'libgreet	never to be built: it has no licence, needed: hello'
has 'and that it is held itself' out 'not asked for; held: too new'
exits 1 'the others' spiff-enqueue -k hello seed
is 'are queued' "$(ls spool/new)" seed-1.0_1.x86_64
echo 'hold hello too new' >limits
exits 0 'what is held is queued' spiff-enqueue hello
has 'with a warning' err 'spiff-enqueue: hello-1.0_1.x86_64: held: too new'
is 'its needs without' "$(grep -c held err)" 1
plan

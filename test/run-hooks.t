#!/bin/sh
# Hooks of spiff-run: what they are told, once and one after the other, while the
# queue goes on whatever they do; and the examples of doc/hooks.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

hooks=$work/spool/hooks
# hook NAME...: programs that note what they are told; the rest is on standard
# input
hook() {
	mkdir -p "$hooks"
	{
		echo '#!/bin/sh'
		echo "cd '$work' || exit"
		# the hook's own
		# shellcheck disable=SC2016
		echo 'echo "${0##*/} ${SPIFF_JOB-}" >>told'
		cat
	} >hook.tmp
	for h; do
		cp hook.tmp "$hooks/$h"
		chmod +x "$hooks/$h"
	done
}
# told WORD...: what was told, on one line
told() {
	tr '\n' ',' <told
}
reset() {
	fresh
	rm -rf "$hooks" told log
	: >told
}

reset
hook started built 'done' failed cancelled idle </dev/null
job a-1_1
exits 0 'a build' spiff-run -1
is 'is told of from its beginning to its end' "$(sort told | tr '\n' ',')" \
	'built a-1_1.x86_64,done a-1_1.x86_64,idle ,started a-1_1.x86_64,'

reset
hook idle <<'END'
echo "$#" >number
END
hook failed <<'END'
printf '%s\n' "$#" "$1" >argument
env | sed -n '/SPIFF\|^PATH\|^LD/p' >environment
END
echo 'exit 1' >how/bad-1_1.x86_64
job bad-1_1
i=0
while [ $i -lt 5 ]; do
	i=$((i + 1))
	job "d$i-1_1" bad-1_1
done
# shellcheck disable=SC2016
printf '%s\n' 'note $(touch hit) `touch hit`; "x" '"'y'" 'PATH /nowhere' \
	'LD-x y' 'ld preload' 'extra_1 2' 'reason early' 'makes bad-devel' \
	>>spool/new/bad-1_1.x86_64
printf 'odd a\033[31mb\rc\001\377\n' >>spool/new/bad-1_1.x86_64
exits 1 'a failure that holds up five' spiff-run -1
is 'is told of once, and then that nothing moves' "$(told)" \
	'failed bad-1_1.x86_64,idle ,'
is 'which has no argument' "$(cat number)" 0
mv spool/fail/bad-1_1.x86_64 spool/new
spiff-run -1 2>err
is 'and again when it fails again' "$(told)" \
	'failed bad-1_1.x86_64,idle ,failed bad-1_1.x86_64,idle ,'
is 'its argument is the file' "$(tail -n 1 argument)" \
	"$work/spool/fail/bad-1_1.x86_64"
has 'its environment has what the job has' environment \
	SPIFF_JOB_PKGVER=bad-1_1
has 'the last value of what can have one' environment \
	'SPIFF_JOB_REASON=exit 1'
has 'all of what can have more' environment 'SPIFF_JOB_MAKES=bad bad-devel'
# shellcheck disable=SC2016
has 'values as they are' environment \
	'SPIFF_JOB_NOTE=$(touch hit) `touch hit`; "x" '"'y'"
has 'but on one line, and text' environment 'SPIFF_JOB_ODD=c??'
has 'names that nobody here knows' environment SPIFF_JOB_EXTRA_1=2
check 'no other names' [ "$(grep -c '^PATH=/nowhere\|^LD' environment)" -eq 0 ]
has 'the settings' environment "SPIFF_REPO=$work/repo"
check 'nothing acts' [ ! -e hit ]

reset
hook failed cancelled <<'END'
echo "$1 $SPIFF_JOB_REASON" >argument
END
echo 'no-such-package' >spool/new/request
exits 1 'what is no job' spiff-run -1
is 'is told of too' "$(cat argument)" "$work/spool/fail/request $(sed \
	'1q' spool/fail/request.reason)"
echo 'sleep 60' >how/a-1_1.x86_64
background
job a-1_1
await begun a-1_1
mv spool/run/a-1_1.x86_64 spool/cancel
await grep -q cancelled told
job b-1_1 a-1_1
await lies wait b-1_1
echo 'tries many' >>spool/wait/b-1_1.x86_64
await grep -q b-1_1 told
end
is 'what people cancel, or spoil, as well' "$(told)" \
	'failed request,cancelled a-1_1.x86_64,failed b-1_1.x86_64,'

# bad hooks
reset
hook started <<'END'
echo "begun $$" >>times
[ ! -e running ] || echo overlap >>told
: >running
sleep 0.2
rm running
END
hook built <<'END'
exec sleep 1000
END
hook 'done' <<'END'
head -c 300000 /dev/urandom
exit 3
END
hook idle <<'END'
: >idled
END
chmod -x "$hooks/built"
chmod o+w "$hooks/idle"
mkdir "$hooks/failed"
echo 'exit 1' >how/f-1_1.x86_64
for p in a b c d e f; do
	job $p-1_1
done
exits 1 'six builds, and hooks that are slow, bad, or none' spiff-run -1
is 'one at a time, and all of them' \
	"$(grep -c '^started' told) $(grep -c overlap told)" '6 0'
is 'what cannot be run is said once' "$(grep -ac 'hooks/built: not executable' \
	err)$(grep -ac 'hooks/failed: not a file' err)" 11
has 'nor what everybody can write to' err 'hooks/idle: everybody can write to it'
check 'it is not run' [ ! -e idled ]
check 'how one ends that fails' grep -aq 'hooks/done: exit 3' err
is 'the queue goes on' "$(find spool/done -type f | wc -l)" 5

reset
hook started <<'END'
[ -e go ] || { rm -f spool/hooks/built; exec sleep 1000; }
END
hook built </dev/null
background
job a-1_1
job b-1_1
check 'the queue does not wait for one that hangs' await lies 'done' b-1_1
is 'which is still told of the first' "$(grep -c started told)" 1
end
has 'with its number when spiff-run ends' log 'hooks: 1 not run'
has 'and is stopped then' log 'hooks/started: stopped: signal 15'

reset
hook started <<'END'
trap '' TERM
echo $$ >hanging
while :; do sleep 1; done
END
background
job a-1_1
await [ -s hanging ]
await lies 'done' a-1_1
kill "$run"
await grep -q ': ending' log
end
check 'a second signal ends at once what does not hear the first' \
	[ ! -d "/proc/$(cat hanging)/fd" ]

reset
hook started <<'END'
until [ -e go ]; do sleep 0.05; done
END
rm -f go
background
job a-1_1
job b-1_1
await lies 'done' a-1_1
await lies 'done' b-1_1
rm "$hooks/started"
: >go
check 'one that was removed meanwhile' await grep -q \
	'hooks/started: No such file' log
end
is 'is over' "$(grep -c started told)" 1

# more than is kept for one that is slow
reset
rm -f go
hook cancelled <<'END'
until [ -e go ]; do sleep 0.05; done
END
awk 'BEGIN {
	for (i = 0; i < 1010; i++) {
		f = "spool/wait/p" i "-1_1.x86_64"
		printf "pkgver p%d-1_1\narch x86_64\nneeds x-1_1.x86_64\n", i >f
		close(f)
	}
}'
background
# what it has not seen waiting it does not see cancelled
job z-1_1
await lies 'done' z-1_1
mv spool/wait/* spool/cancel
check 'what is too much for it is dropped' await grep -q \
	'hooks: too slow' log
cancelled() {
	[ "$(grep -c ': cancel' log)" -eq 1010 ]
}
await cancelled
kill "$run"
await grep -q ': ending' log
kill "$run"
wait "$run"
is 'which is said once' "$(grep -c 'too slow' log)" 1
has 'with what was not told' log 'hooks: 1000 not run'

SPIFF_HOOKS=$work/elsewhere
export SPIFF_HOOKS
reset
hooks=$SPIFF_HOOKS
hook built </dev/null
job a-1_1
exits 0 'hooks in another place' spiff-run -1
is 'are found' "$(told)" 'built a-1_1.x86_64,'
unset SPIFF_HOOKS
hooks=$work/spool/hooks
rm -f go

# killed: what has begun ends too, and the rest is not told of
reset
hook started <<'END'
[ ! -e hold ] || {
	echo $$ >pid
	(setsid sh -c 'echo $$ >away; exec sleep 600' &)
	until [ -e go ]; do sleep 0.05; done
}
END
: >hold
rm -f pid away
background
job a-1_1
job b-1_1
await lies 'done' a-1_1
await lies 'done' b-1_1
await [ -s pid ]
await [ -s away ]
kill -9 "$run"
wait "$run" 2>/dev/null
dead() { ! kill -0 "$(cat "$1")" 2>/dev/null; }
check 'a hook ends with a spiff-run that is killed' await dead pid
check 'with all that it has started' await dead away
rm hold
spiff-run -1 2>err
is 'nothing is told twice' "$(grep -c started told)" 1

# a directory of hooks that is not there
reset
SPIFF_HOOKS=$work/nowhere spiff-run -1 2>err
is 'a directory that is named and missing is told of' "$(grep hook err)" \
	"spiff-run: no hook runs: SPIFF_HOOKS: $work/nowhere: No such file or directory"
spiff-run -1 2>err
is 'but not the default one' "$(grep hook err)" ''

# the examples
reset
mkdir bin
for c in sendmail curl; do
	printf '#!/bin/sh\nprintf "%%s\\n" "$@" >%s.args\ncat >%s.in\n' \
		"$work/$c" "$work/$c" >bin/$c
done
chmod +x bin/*
mkdir -p "$hooks"
cp "$top/doc/hooks/mail" "$hooks/failed"
cp "$top/doc/hooks/mail" "$hooks/idle"
cp "$top/doc/hooks/post" "$hooks/started"
echo 'echo "cc: x.c:1: it broke"; echo .; exit 1' >how/a-1_1.x86_64
job a-1_1
PATH=$work/bin:$PATH MAILTO=me@example.org POSTTO=http://127.0.0.1:1/x \
	spiff-run -1 2>err
has 'a mail when all is over' sendmail.in 'Subject: spiff: nothing moves any more'
has 'has the status' sendmail.in 'a-1_1.x86_64'
rm "$hooks/idle"
mv spool/fail/a-1_1.x86_64 spool/new
PATH=$work/bin:$PATH MAILTO=me@example.org POSTTO=http://127.0.0.1:1/x \
	spiff-run -1 2>err
is 'a mail of a failure' "$(sed -n '1,2p; /^package/p' sendmail.in)" \
	'To: me@example.org
Subject: spiff: a-1_1.x86_64 failed
package: exit 1'
has 'with the end of the log' sendmail.in 'cc: x.c:1: it broke'
has 'which a dot does not end' sendmail.args -i
has 'a post' curl.args 'event=started'
has 'of the job' curl.args 'job=a-1_1.x86_64'
has 'to the address' curl.args http://127.0.0.1:1/x
plan

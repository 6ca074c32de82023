#!/bin/sh
# People and programs that know nothing of each other use the spool: thousands of
# files that are no jobs, files that cannot be read, all that is done by moving
# and editing files, a spool that is removed; with the kernel's hints, and without.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

count() {
	find "$@" | wc -l | tr -d ' '
}

fresh
job a-1_1
awk 'BEGIN {
	for (i = 0; i < 5000; i++) {
		f = "spool/new/junk" i
		printf "pkgver junk%d\n", i >f
		close(f)
		print "spool/new/dir" i
	}
}' | xargs mkdir
exits 1 'ten thousand files and directories that are no jobs' spiff-run -1
is 'do not keep the job from being built' "$(where a-1_1)" 'done '
is 'nothing of them is left in new/' "$(count spool/new -mindepth 1)" 0
is 'each has its reason' "$(count spool/fail -name '*.reason')" 10000

# root may read everything
nobody() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	else
		"$@"
	fi
}
fresh
rm -rf repo
job a-1_1
job b-1_1
chmod 0 spool/new/b-1_1.x86_64
[ "$(id -u)" -ne 0 ] || chown -R 65534 .
chmod 755 .
if ! nobody test -x "$top/bin/spiff-run" 2>/dev/null; then
	skip 'a file that cannot be read' 'nobody else may run this'
else
	nobody spiff-run -1 >out 2>err
	is 'a file that cannot be read' $? 1
	is 'fails' "$(cat spool/fail/b-1_1.x86_64.reason)" 'Permission denied'
	is 'and stops nothing' "$(where a-1_1)" 'done '
fi
[ "$(id -u)" -ne 0 ] || chown -R 0 .

# by HOW WHAT: all that people do by moving and editing files
by() {
	fresh
	SPIFF_WATCH=$1 SPIFF_SLOTS=1
	export SPIFF_WATCH
	background
	echo bye >spool/tmp/r
	mv spool/tmp/r spool/new/r
	await lies 'done' bye-1.0_1
	ok $? "$2: a request is met"
	: >spool/pause
	for j in a b c; do
		job $j-1_1
	done
	for j in a b c; do
		await lies ready $j-1_1
	done
	echo 'priority 5' >>spool/ready/c-1_1.x86_64
	[ "$1" != scan ] || kill -HUP "$run"
	: >begun
	rm spool/pause
	for j in a b c; do
		await lies 'done' $j-1_1
	done
	is "$2: what was given a priority goes first" \
		"$(head -n 1 begun)" c-1_1.x86_64
	rm -f pid
	echo 'echo $$ >pid; sleep 600' >how/e-1_1.x86_64
	job e-1_1
	await [ -s pid ]
	mv spool/run/e-1_1.x86_64 spool/cancel
	stopped() { ! kill -0 "$(cat pid)" 2>/dev/null; }
	await stopped
	ok $? "$2: what is moved to cancel/ is stopped"
	echo 'exit 1' >how/e-1_1.x86_64
	mv spool/cancel/e-1_1.x86_64 spool/new
	await lies fail e-1_1
	ok $? "$2: what is moved to new/ is begun again"
	rm how/e-1_1.x86_64
	mv spool/fail/e-1_1.x86_64 spool/new
	await lies 'done' e-1_1
	ok $? "$2: and what failed"
	rm -rf spool
	ready() {
		[ -s spool/lock ] && [ -d spool/log ] && [ -d spool/incoming ]
	}
	await ready
	exits 0 "$2: a spool that was removed" spiff-enqueue welcome
	is "$2: only what is missing is queued" "$(cut -f 2 out |
		grep -v '^hello-' | tr '\n' ' ')" \
		'doorbell-1.0_1.x86_64 welcome-1.0_1.x86_64 '
	await lies 'done' welcome-1.0_1
	ok $? "$2: and built"
	end
}
by inotify 'with hints'
by scan 'without hints'

# the same while nothing runs
rm -rf spool
exits 0 'a spool that was removed while nothing ran' spiff-enqueue welcome bye
is 'nothing is missing' "$(cut -f 1 out | sort -u)" present

plan

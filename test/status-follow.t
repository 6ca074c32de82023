#!/bin/sh
# spiff-status -f on spools moved by hand: a line for each transition, a bar on
# a terminal.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/spool.sh"

SPIFF_SLOTS=1
export SPIFF_SLOTS

# move JOB FROM TO
move() {
	mv "spool/$2/$1.x86_64" "spool/$3/$1.x86_64"
}

following=
cleanup() {
	[ -z "$following" ] || kill "$following" 2>/dev/null
}

# begin: follows, and waits until the first look is over
begin() {
	job ready first-1_1
	rm -f lines
	spiff-status -f >lines 2>err &
	following=$!
	while ! [ -s lines ] 2>/dev/null && kill -0 $following 2>/dev/null; do
		move first-1_1 ready cancel
		sleep 0.05
		move first-1_1 cancel ready
		sleep 0.05
	done
}

# soon COMMAND...: it succeeds while what follows goes on
soon() {
	while kill -0 "$following" 2>/dev/null; do
		"$@" && return
		sleep 0.05
	done
	"$@"
}

# told PATTERN: such a line has come, times left out
told() {
	cut -f 1,2,4 lines | tr '\t' ' ' | grep -qx "$1"
}

# ends STATUS NAME: what follows ends so
ends() {
	wait $following
	is "$2" $? "$1"
	following=
}

spool
exits 0 'nothing to follow' spiff-status -f
check 'nothing told' [ ! -s out ]
exits 2 'operands' spiff-status -f hello
exits 2 'and lines' spiff-status -f -l

spool
job wait b-1_1 'needs a-1_1.x86_64'
job ready a-1_1
begin
move a-1_1 ready run
check 'a transition' soon told 'a-1_1.x86_64 run '
move a-1_1 run built
check 'the next' soon told 'a-1_1.x86_64 built '
move a-1_1 built 'done'
move b-1_1 wait ready
check 'two at once' soon told 'a-1_1.x86_64 done.*'
check 'in two lines' soon told 'b-1_1.x86_64 ready '
job wait c-1_1 'needs b-1_1.x86_64'
check 'a new one' soon told 'c-1_1.x86_64 wait needs b-1_1.x86_64'
rm spool/wait/c-1_1.x86_64
check 'one that was removed' soon told 'c-1_1.x86_64 gone '
move b-1_1 ready run
check 'the last' soon told 'b-1_1.x86_64 run '
job wait d-1_1 'needs b-1_1.x86_64'
check 'needs it' soon told 'd-1_1.x86_64 wait needs b-1_1.x86_64'
rm spool/ready/first-1_1.x86_64
printf 'class package\nreason exit 1\n' >>spool/run/b-1_1.x86_64
move b-1_1 run fail
ends 1 'it ends when nothing can move any more'
check 'and says why' told 'b-1_1.x86_64 fail package: exit 1'

# without inotify
spool
job ready a-1_1
SPIFF_WATCH=scan
export SPIFF_WATCH
begin
unset SPIFF_WATCH
rm spool/ready/first-1_1.x86_64
move a-1_1 ready run
check 'by looking alone' soon told 'a-1_1.x86_64 run '
move a-1_1 run fail
ends 1 'to the end'

spool
job ready a-1_1
begin
kill $following
ends 1 'a signal ends it'

spool
job ready a-1_1
begin
rm spool/ready/first-1_1.x86_64
move a-1_1 ready 'done'
ends 0 'when all is built that is success'

spool
job ready a-1_1
begin
rm -rf spool
ends 111 'one that is removed cannot be followed'
has 'which is said' err 'spool: was removed or replaced'

if script -qec 'echo it is' /dev/null </dev/null 2>/dev/null | grep -q 'it is'; then
	spool
	job ready a-1_1
	job wait b-1_1 'needs a-1_1.x86_64'
	job 'done' 'a-0_1' 'started 1000' 'ended 1100'
	rm -f screen
	LC_ALL=C.UTF-8 TERM=xterm script -qec 'stty cols 60 rows 10; tty >tty; spiff-status -f' \
		/dev/null </dev/null >screen &
	following=$!
	check 'a bar on a terminal' soon grep -qF '] 33% 1 of 3, ' screen
	check 'and why nothing moves' soon grep -q 'no spiff-run works' screen
	move a-1_1 ready run
	echo 'the log' >spool/log/a-1_1.x86_64.log
	check 'what builds, with its log' soon grep -q '^  a-1_1.*the log' screen
	up=$(printf '\033\133')
	check 'drawn in place' soon grep -qF "${up}3A${up}K" screen
	until [ -s tty ]; do
		sleep 0.05
	done
	stty -F "$(cat tty)" cols 30
	check 'another size' soon grep -q '33% 1 of 3, .*…' screen
	check 'at which the old one took more lines' \
		soon grep -qF "${up}6A${up}K" screen
	printf 'started 1000\nended 1125\n' >>spool/run/a-1_1.x86_64
	# first: left behind it would wait in vain, which is a failure
	rm spool/wait/b-1_1.x86_64
	move a-1_1 run 'done'
	wait $following
	is 'it ends' $? 0
	following=
	check 'what was built stays to be seen' \
		grep -qF 'a-1_1.x86_64: took 2m05s' screen
	NO_COLOR=1
	export NO_COLOR
	job ready c-1_1
	job run d-1_1
	printf 'wörter %099d\n' 1 >spool/log/d-1_1.x86_64.log
	rm -f screen
	TERM=xterm script -qec 'stty cols 60 rows 10; spiff-status -f' \
		/dev/null </dev/null >screen &
	following=$!
	check 'without colour' soon grep -qF '] ' screen
	check 'nor what only UTF-8 has' soon grep -q 'd-1_1.* w?rter 00*>' screen
	rm spool/run/d-1_1.x86_64
	move c-1_1 ready fail
	wait $following
	is 'the status of the end' $? 1
	following=
	has 'a failure is named' screen 'fail c-1_1.x86_64'
	check 'and once more in the end' \
		[ "$(sed -n '/^not built:/,$p' screen | grep -c '^  c-1_1')" -eq 1 ]
	job run with-a-long-name-1_1
	printf 'the whole line is kept\n' >spool/log/with-a-long-name-1_1.x86_64.log
	rm -f screen
	TERM=xterm script -qec 'stty cols 40 rows 12; spiff-status -f' \
		/dev/null </dev/null >screen &
	following=$!
	check 'where the screen is narrow the log has a line of its own' \
		soon grep -q '^    the whole line is kept' screen
	rm spool/run/with-a-long-name-1_1.x86_64
	wait $following
	following=
	is 'the next command on a terminal' "$(script -qec \
		'spiff-status -y c-1_1.x86_64' /dev/null </dev/null |
		sed -n 's/^next: //p' | tr -d '\r')" \
		'spiff-enqueue -f -a x86_64 c  # when its cause is mended'
	check 'no colour' [ "$(grep -c '\[3[0-9]m' screen)" -eq 0 ]
else
	skip 'a bar on a terminal' 'no script(1), or no terminals'
fi
plan

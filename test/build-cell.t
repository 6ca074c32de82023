#!/bin/sh
# spiff-cell: nothing of a command is left, however it ends; how it ended and
# what it used is told.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/lib.sh"

exits 2 'a command is needed' spiff-cell
exits 2 'a limit is a number' spiff-cell -m much true
exits 2 'and not too small a one' spiff-cell -c 0 true
exits 127 'a command that is not there' spiff-cell ./none
has 'is named' err 'spiff-cell: ./none: No such file'
exits 0 'a command' spiff-cell echo -x said
is 'its arguments are its own' "$(cat out)" '-x said'
exits 7 'its exit status is ours' spiff-cell sh -c 'exit 7'
# in a shell of its own, which is the one that says how it ended
killed() { sh -c '"$@"; exit $?' sh "$@"; }
exits 137 'and the signal that ends it' killed spiff-cell sh -c 'kill -9 $$'

# away: sleeps where no group and no parent leads to it; its process is in ./pid
cat >away <<'END'
trap '' TERM HUP
(setsid sh -c 'trap "" TERM; echo $$ >pid; while :; do sleep 600; done' &)
until [ -s pid ]; do sleep 0.05; done
END
left() { kill -0 "$(cat pid)" 2>/dev/null; }
gone() { ! left; }
exits 3 'a command that leaves a process behind' spiff-cell \
	sh -c '. ./away; exit 3'
check 'it is gone when the cell ends' gone

# stopped SIGNAL: the cell is, while the command sleeps
stopped() {
	rm -f pid
	spiff-cell -n used sh -c '. ./away; left=1; while :; do sleep 600; done' &
	cell=$!
	await [ -s pid ]
	kill -s "$1" $cell
	wait $cell 2>/dev/null
	check "killed by $1: nothing is left" gone
}
: >used
stopped QUIT
stopped TERM
is 'what was used is in the file' "$(sed 's/ [1-9][0-9]*$/ N/; s/ 0$/ N/' used |
	tr '\n' ' ')" 'memory N cpu N memory N cpu N '
check 'memory in bytes' [ "$(sed -n 's/^memory //p' used | head -n 1)" -gt 100000 ]
killed spiff-cell -n used sh -c 'ulimit -t 1; while :; do :; done' 2>/dev/null
is 'and seconds' "$(tail -n 1 used | sed 's/[1-9][0-9]*$/N/')" 'cpu N'
printf 'pkgver a-1_1' >used
spiff-cell -n used true
is 'on lines of its own' "$(head -n 2 used | sed 's/ [1-9][0-9]*$/ N/' | tr '\n' ' ')" \
	'pkgver a-1_1 memory N '
ln -s used link
: >used
spiff-cell -n link true 2>err
has 'a file that cannot be written to is said' err 'spiff-cell: link: '
spiff-cell -n none true
is 'but not through a link, or where there is none' "$(cat used)$(ls none 2>&-)" ''

rm -f pid
spiff-cell sh -c 'echo $$ >pid; exec sleep 600' &
await [ -s pid ]
kill -9 $!
await gone
ok $? 'the command ends with a cell that is killed'

# who starts a cell may have to write down which process it is before it begins
exits 0 'a command that waits for a word' sh -c \
	'echo go | spiff-cell -w sh -c "cat; echo begun"'
is 'begins with it, and has nothing on its standard input' "$(cat out)" begun
exits 111 'without one' sh -c 'spiff-cell -w echo begun </dev/null'
is 'it does not begin' "$(cat out)" ''
mkfifo words
spiff-cell -w sh -c 'echo begun >begun' <words &
cell=$!
exec 3>words
kill $cell
wait $cell
is 'told to end while it waits, it ends' "$?" 143
exec 3>&-
check 'without having begun' [ ! -e begun ]

if spiff-cell -m 60M true 2>&1 | grep -q 'no limits'; then
	spiff-cell -m 60M echo so >out 2>err
	is 'without control groups a limit is not kept' "$(cat out)" so
	has 'which is said' err 'spiff-cell: no limits: '
	skip 'a limit of memory' 'no control groups'
	skip 'what all processes used' 'no control groups'
else
	exits 111 'more memory than the limit' spiff-cell -m 60M -n used \
		sh -c 'head -c 200M /dev/zero | tail'
	has 'is said in the log' err 'spiff-cell: out of memory: the limit is '
	: >used
	spiff-cell -m 2G -n used sh -c 'head -c 60M /dev/zero | tail | tail' \
		>/dev/null
	check 'all processes count' \
		[ "$(sed -n 's/^memory //p' used)" -gt 120000000 ]
	rm -f pid
	spiff-cell sh -c 'echo $$ >pid; cat /proc/self/cgroup; exec sleep 600' \
		>out &
	await [ -s pid ]
	kill -9 $!
	await gone
	spiff-cell true
	await spiff-cell true
	group=$(sed -n 's/^0::.*\///p' out)
	is 'a group that was left is removed' \
		"$(find /sys/fs/cgroup -name "$group" 2>/dev/null)" ''
fi

plan

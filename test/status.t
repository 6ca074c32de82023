#!/bin/sh
# spiff-status on spools made by hand: lines and table.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/spool.sh"

unset NO_COLOR COLUMNS LINES

# states: job and state of each line
states() {
	spiff-status -l "$@" | cut -f 1,2
}

# detail JOB: of its line
detail() {
	spiff-status -l "$1" | cut -f 4
}

exits 111 'an absent spool is an error' spiff-status
has 'which names it' err 'spool: No such file or directory: no spool is here'
exits 2 'a wrong option is wrong usage' spiff-status -Z
exits 2 'lines and a question are too much at once' spiff-status -l -y hello

spool
repo
exits 0 'an empty spool' spiff-status -l
is 'has no lines' "$(cat out)" ''
exits 0 'an empty table' spiff-status
has 'has counts' out 'new 0  wait 0  ready 0  run 0  built 0  done 0  fail 0  cancel 0'
has 'and says that nobody works' out 'no spiff-run works on this spool'

# one job in each state
repo met-1_1
job new asked-1_1
job wait next-1_1 'needs met-1_1.x86_64' 'needs busy-1_1.x86_64'
job wait stuck-1_1 'needs far-1_1.x86_64'
job wait far-1_1 'needs bad-1_1.x86_64' 'needs busy-1_1.x86_64'
job ready able-1_1
job run busy-1_1 'started 2000' 'node other'
printf 'first\nthe last line\n' >spool/log/busy-1_1.x86_64.log
job built made-1_1 'started 2000' 'ended 2100'
job 'done' met-1_1 'started 2000' 'ended 2125'
job fail bad-1_1 'started 3000' 'ended 3001' 'class package' \
	'reason do_build: no rule' 'exit exit 1'
job cancel old-1_1 'reason superseded by old-2_1.x86_64' 'by old-2_1.x86_64'
is 'a line for each job, by state and name' "$(states)" \
'asked-1_1.x86_64	new
far-1_1.x86_64	wait
next-1_1.x86_64	wait
stuck-1_1.x86_64	wait
able-1_1.x86_64	ready
busy-1_1.x86_64	run
made-1_1.x86_64	built
met-1_1.x86_64	done
bad-1_1.x86_64	fail
old-1_1.x86_64	cancel'
is 'since when' "$(spiff-status -l busy made met bad | cut -f 3 | tr '\n' ' ')" \
	'2000 2100 2125 3001 '
now=$(date +%s)
since=$(spiff-status -l able | cut -f 3)
within 'which for a job that says no time is when it came' \
	$((now - 600)) "$since" "$now"
is 'what a job needs that is not there' "$(detail next)" 'needs busy-1_1.x86_64'
is 'what blocks it' "$(detail far)" \
	'blocked by bad-1_1.x86_64: package: do_build: no rule'
is 'from far too' "$(detail stuck)" \
	'blocked by bad-1_1.x86_64: package: do_build: no rule'
is 'the last line of the log' "$(detail busy)" 'the last line'
is 'how long it took' "$(detail met)" 'took 2m05s'
is 'why it failed' "$(detail bad)" 'package: do_build: no rule'
is 'why it was cancelled' "$(detail old)" 'superseded by old-2_1.x86_64'
is 'by full name' "$(states far-1_1.x86_64)" 'far-1_1.x86_64	wait'
is 'by pkgver' "$(states far-1_1)" 'far-1_1.x86_64	wait'
exits 1 'a job in no state' spiff-status -l far none bad-1
is 'the others are there' "$(cut -f 1 out)" 'far-1_1.x86_64'
has 'it is named' err 'spiff-status: none: not in the spool'
has 'a version is not the beginning of another' err 'bad-1: not in the spool'

exits 0 'the table' spiff-status
has 'counts' out 'new 1  wait 3  ready 1  run 1  built 1  done 1  fail 1  cancel 1'
has 'where it builds, and the last line' out ' other: the last line'
has 'what failed comes with what it holds up' out \
	' holds up 2: package: do_build: no rule'
is 'in this order' "$(sed -n 's/^\([a-z].*\)/\1/p' out | tail -n +3 | tr '\n' '|')" \
	'building|built, not in the index yet|ready, for a slot|waiting|new|failed|'
is 'what is not blocked waits first' \
	"$(sed -n '/^waiting/,/^$/s/^  \([a-z]*\).*/\1/p' out | tr '\n' ' ')" \
	'next far stuck '
has 'and how much was built' out '1 built, '
cp -R spool copy
touch -d @500 copy/done/met-1_1.x86_64
is 'in a copy by when that was' "$(spiff-status -s copy | grep -o '[0-9]* built,')" '0 built,'
rm -r copy
exits 0 'the table for some' spiff-status far
is 'has no others' "$(grep -c '^  ' out)" 1
exits 0 'the table for jobs that have ended' spiff-status met old
is 'has them with how they ended' "$(sed -n '/^done$/,$s/^  *[^ ]*  *[^ ]* *//p' out)" \
	'took 2m05s
superseded by old-2_1.x86_64'
is 'below their titles' "$(grep -B 1 '^  ' out | grep -v '^  ' | tr '\n' '|')" \
	'done|--|cancelled|'
is 'which others do not have' "$(spiff-status | grep -c '^done$\|^cancelled$')" 0
printf '\033' >esc
check 'no colour but on a terminal' [ "$(spiff-status | grep -cf esc)" -eq 0 ]

# on a terminal
if script -qec 'echo it is' /dev/null </dev/null 2>/dev/null | grep -q 'it is'; then
	# the first line of the table may be a message's on other systems
	tty() {
		LC_ALL=C.UTF-8 TERM=xterm script -qec "stty cols 40 rows 28; $*" /dev/null \
			</dev/null | tr -d '\r' >out
	}
	tty spiff-status
	check 'colour on a terminal' grep -qf esc out
	NO_COLOR=1
	export NO_COLOR
	tty spiff-status
	unset NO_COLOR
	check 'none with NO_COLOR' [ "$(grep -cf esc out)" -eq 0 ]
	job ready "$(printf '%040d' 1)-1_1"
	tty spiff-status
	is 'no line is wider than it, with a long name too' \
		"$(sed 's/…/+/g' out | awk 'length > 40')" ''
	has 'what is cut has a mark' out '…'
	is 'what is said of all goes on in another line' "$(sed -n 1,2p out)" \
		'new 1  wait 3  ready 2  run 1  built 1
done 1  fail 1  cancel 1'
	rm spool/ready/0*
	i=0
	while [ $i -lt 60 ]; do
		i=$((i + 1))
		job ready many$i-1_1
	done
	tty spiff-status
	check 'as many as fit' [ "$(wc -l <out)" -le 27 ]
	is 'and how many more' "$(sed -n '/ready, for/,/^$/p' out | awk '
		/^  and/ { n += $2 - 1 } /^  / { n++ } END { print n }')" 61
	rm spool/wait/* spool/built/*
	tty spiff-status
	is 'and no fewer' "$(wc -l <out)" 27
	is 'all of those that are few' "$(grep -c '^  busy\|^  bad' out)" 2
	rm spool/ready/many*
else
	skip 'on a terminal' 'no script(1), or no terminals'
fi

# what cannot be read is shown
mkdir spool/new/directory
ln -s /etc/passwd spool/wait/link-1_1.x86_64
printf 'pkgver wrong-1_1\nneeds ../x\n' >spool/ready/wrong-1_1.x86_64
printf 'hello world\n' >spool/new/wish
printf 'x\n' >spool/fail/odd
printf 'no name of a job\n' >spool/fail/odd.reason
printf 'x\n' >spool/fail/lonely.reason
printf 'x\n' >"spool/new/$(printf 'a\tb\033[31mc\302\233')"
exits 0 'lines with unreadable entries' spiff-status -l
tab=$(printf '\t')
is 'a directory' "$(detail directory)" 'unreadable: not a regular file'
is 'a link' "$(detail link-1_1.x86_64)" 'unreadable: not a regular file'
is 'a bad line' "$(detail wrong-1_1.x86_64)" \
	'unreadable: line 2: no value for needs'
is 'a request' "$(detail wish)" 'request: hello world'
is 'a reason that lies beside' "$(detail odd)" 'unreadable: no name of a job'
check 'which is no job of its own' [ "$(states | grep -c odd)" -eq 1 ]
check 'one without what it explains is' [ "$(states | grep -c lonely)" -eq 1 ]
is 'names without control characters' "$(states | grep '^a')" \
	"a bc?${tab}new
asked-1_1.x86_64${tab}new
able-1_1.x86_64${tab}ready"
exits 0 'the table with them' spiff-status
has 'shows them' out 'unreadable: line 2: no value for needs'
check 'without control characters' [ "$(grep -c "$(printf '\033\|\302\233')" out)" -eq 0 ]
printf '10%%\r20%%\r\033[1mall\033]0;title\007 done\033[0m\t\342\200\256x\377\n' \
	>spool/log/busy-1_1.x86_64.log
is 'the last line, as it was seen' "$(detail busy)" 'all done ?x?'
rm -f spool/log/busy-1_1.x86_64.log
is 'no log, no line' "$(detail busy)" ''

# what waits in vain
spool
repo gone-2_1
job wait a-1_1 'needs nowhere-1_1.x86_64'
job wait b-1_1 'needs lost-1_1.x86_64'
job 'done' lost-1_1 'started 5' 'ended 6'
job wait c-1_1 'needs dropped-1_1.x86_64'
job cancel dropped-1_1 'reason by hand'
job wait d-1_1 'needs e-1_1.x86_64'
job wait e-1_1 'needs f-1_1.x86_64'
job wait f-1_1 'needs d-1_1.x86_64'
job wait g-1_1 'needs d-1_1.x86_64'
job wait h-1_1 'needs h-1_1.x86_64'
job wait i-1_1 'needs gone-1_1.x86_64'
job 'done' gone-1_1 'started 5' 'ended 6'
job wait j-1_1 'needs k-1_1.x86_64'
job cancel k-1_1 'by k-2_1.x86_64' 'reason superseded by k-2_1.x86_64'
job ready k-2_1
is 'for a job that is nowhere' "$(detail a)" \
	'blocked by nowhere-1_1.x86_64: not in the spool'
is 'for one whose package is gone' "$(detail b)" \
	'blocked by lost-1_1.x86_64: built, but in no repository now'
is 'for one that was cancelled' "$(detail c)" \
	'blocked by dropped-1_1.x86_64: by hand'
is 'for a cycle' "$(detail d)" \
	'cycle: d-1_1.x86_64 -> e-1_1.x86_64 -> f-1_1.x86_64 -> d-1_1.x86_64'
is 'from outside too' "$(detail g)" "blocked by d-1_1.x86_64: $(detail d)"
is 'for itself' "$(detail h)" \
	'cycle: h-1_1.x86_64 -> h-1_1.x86_64'
is 'not for what a later version replaced in the repository' "$(detail i)" ''
is 'for what replaced it in the queue' "$(detail j)" 'needs k-2_1.x86_64'
job wait a-2_1 'needs nowhere-1_1.x86_64'
exits 0 'the table' spiff-status
has 'has each cause once, with its weight' out ' holds up 2: not in the spool'
# a library's update that waits in the stage, here and in a sub-repository
spool
rm -rf repo
mkdir -p repo/nonfree
(
	# shellcheck source=test/lib/pkg.sh
	. "$test/lib/pkg.sh"
	cd repo || exit
	pkg libx-1_1 x86_64 "$(strings shlib-provides libx.so.1 libxx.so.1)"
	pkg prog-1_1 x86_64 "$(strings shlib-requires libx.so.1 libxx.so.1)"
	pkg tool-1_1 x86_64 "$(strings shlib-requires libx.so.1)"
	spiff-index -a ./*.xbps
	pkg libx-2_1 x86_64 "$(strings shlib-provides libx.so.2)"
	spiff-index -a libx-2_1.x86_64.xbps
	cd nonfree || exit
	pkg liby-1_1 x86_64 "$(strings shlib-provides liby.so.1)"
	pkg paid-1_1 x86_64 "$(strings shlib-requires liby.so.1)"
	spiff-index -a ./*.xbps
	pkg liby-2_1 x86_64
	spiff-index -a liby-2_1.x86_64.xbps
) >said
job run prog-1_2
is 'lines say what is to be rebuilt for the stage' \
	"$(spiff-status -l | cut -f 1-3 | grep -v '^prog-1_2')" 'rebuild	prog	libx.so.1
rebuild	tool	libx.so.1
rebuild	prog	libxx.so.1
rebuild	paid	liby.so.1'
is 'as spiff-index does' "$(spiff-status -l | grep ^rebuild | cut -f 1-3)" \
	"$(spiff-index -l repo | grep ^rebuild; spiff-index -l repo/nonfree | grep ^rebuild)"
is 'behind the jobs, unless some are named' "$(states prog)" 'prog-1_2.x86_64	run'
is 'the table names them in a line' "$(spiff-status | tail -n 1)" \
	'rebuild for the stage: prog, tool, paid'
is 'for the architectures of the jobs too' "$(SPIFF_ARCH=aarch64 spiff-status -l |
	grep ^rebuild | cut -f 4 | sort -u)" x86_64
echo garbage >repo/nonfree/x86_64-repodata
for flag in '' -l; do
	# shellcheck disable=SC2086 # no flag is no operand
	exits 111 "an index that cannot be read: spiff-status $flag" spiff-status $flag
	has 'is no reason to hide the jobs' out prog-1_2
done
is 'leaves nothing to be said of the stage' "$(grep -c ^rebuild out)" 0
has 'is named' err 'repo/nonfree/x86_64-repodata'
rm -rf repo
plan

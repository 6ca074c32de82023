#!/bin/sh
# The file that SPIFF_HISTORY names: each build has a line, and what it knows outlives
# the spool.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

SPIFF_HISTORY=$work/history
export SPIFF_HISTORY
tab='	'

# line ENDED PACKAGE VERSION OUTCOME SECONDS MEMORY: appends one
line() {
	printf '%s\t%s.x86_64\t%s\t%s\t%s\t%s\t-\t-\t-\t-\n' "$@" >>history
}
# field N: of the last line
field() { tail -n 1 history | cut -f "$1"; }

emptytree
template a 1
fresh
spiff-enqueue a >out 2>err
spiff-run -1 2>err
is 'a build has a line' "$(wc -l <history)" 1
is 'with the package, its version and the outcome' "$(field 2-4)" \
	"a.x86_64${tab}1_1${tab}built"
is 'when it ended, how long that took, and what it had, as its job says' \
	"$(field 1) $(field 5) $(field 6)" "$(attr a-1_1 'done' ended) $((
	$(attr a-1_1 'done' ended) - $(attr a-1_1 'done' started))) $(
	attr a-1_1 'done' memory)"
is 'the processes, the machine' "$(field 8-9)" \
	"$(attr a-1_1 'done' jobs)$tab$(attr a-1_1 'done' node)"
is 'and from what it was made' "$(field 10)" "$(attr a-1_1 'done' inputs)"

rm -rf spool
spool
echo '# another one' >>tree/srcpkgs/a/template
is 'without the spool it is known what has changed since' \
	"$(spiff-deps -i 2>err)" "a-1_1${tab}x86_64${tab}changed template"
rm -rf repo/*
spiff-status -y a >out 2>err
has 'and when it was built' out \
	'a-1_1.x86_64	not asked for; the last build, of version 1_1, ended'

fresh
echo 'exit 1' >how/b-1_1.x86_64
echo "[ \${SPIFF_TRY##*.} -gt 1 ] || exit 111" >how/c-1_1.x86_64
job b-1_1
job c-1_1
spiff-run -1 2>err
is 'what failed, or was begun again, has a line of its own' \
	"$(tail -n 3 history | cut -f 2-4 | sort)" "b.x86_64${tab}1_1${tab}package
c.x86_64${tab}1_1${tab}again
c.x86_64${tab}1_1${tab}built"
rm -rf spool
spool
spiff-status -w site 2>err
has 'the site still counts them' site/history.html 'class="bar fail"'

# what has failed, and would fail again
template d 1
fresh
echo 'exit 1' >how/d-1_1.x86_64
spiff-enqueue d >out 2>err
spiff-run -1 2>err
rm -rf spool
spool
exits 1 'a failure outlives the spool' spiff-enqueue d
is 'nothing is queued' "$(cat out; ls spool/new)" "failed${tab}d-1_1.x86_64"
has 'the history is named' err "nothing has changed since: package, says $work/history"
exits 0 'it can be tried again' spiff-enqueue -f d
rm -rf spool
spool
echo '# mended' >>tree/srcpkgs/d/template
exits 0 'or when something has changed' spiff-enqueue d
is 'is queued' "$(cat out)" "queued${tab}d-1_1.x86_64"
template d 2
rm -rf spool
spool
exits 0 'and a new version' spiff-enqueue d
rm -rf spool
spool
template d 1
line 9000000000 d 1_1 built 1 -
exits 0 'what was built since has not failed' spiff-enqueue d
rm -rf spool
spool

# the time that is left, what does not fit, and lines that are none
rm -rf repo how/*
rm history
line 1000 a 1_1 built 3000 3000000000
line 2000 a 1_1 built 600 1000000000
line 3000 a 1_1 package 1 -
line 1000 b 1_1 built 60 3000000000
{
	echo
	echo garbage
	printf '\t\t\t\t\t\t\t\t\t\n'
	printf '9\ta.x86_64\t1_1\tbuilt\t7\t-\n'
	printf 'x\ta.x86_64\t1_1\tbuilt\t7\t-\t-\t-\t-\t-\n'
	printf '9\ta.x86_64\t1_1\tbuilt\t-7\t-7\t-\t-\t-\t-\t-\n'
	printf '9\ta.x86_64\0\t1_1\tbuilt\t7\t-\t-\t-\t-\t-\n'
	printf '9\ta.x86_64\t1_1\tbuilt\t7\t-\t-\t-\t-\t%0100000d\n' 1
	awk 'BEGIN { while (n++ < 3000000) printf "y"; print "" }'
	printf '9\ta.x86_64\t1_1\tbuilt\t7'
} >>history
job a-2_1
spiff-status >out
has 'the time that is left is that of the last build that succeeded' out \
	'1 to go in 10m00s'
cat >how/a-2_1.x86_64 <<'END'
until [ -e go ]; do sleep 0.05; done
END
: >spool/pause
job b-2_1
job c-2_1
SPIFF_SLOTS=3 SPIFF_RAM=4G
export SPIFF_RAM
background
ready() { [ "$(find spool/ready -type f | wc -l)" -eq 3 ]; }
await ready
rm spool/pause
await lies 'done' c-2_1
is 'of the last three, the one with most memory counts' "$(where a-2_1)$(where b-2_1)" \
	'run ready '
: >go
await lies 'done' b-2_1
end
is 'a line that was begun is ended' "$(tail -n 3 history | cut -f 2 | sort | tr '\n' ' ')" \
	'a.x86_64 b.x86_64 c.x86_64 '

# two at a time
rm -f history
: >all
for i in 1 2 3 4; do
	(
		mkdir "d$i" && cd "d$i" || exit
		SPIFF_SPOOL=$work/d$i/spool SPIFF_REPO=$work/d$i/repo
		SPIFF_BUILD=true
		export SPIFF_SPOOL SPIFF_REPO SPIFF_BUILD
		spool
		for p in a b c d e f; do
			job "$p$i-1_1" >/dev/null
		done
		spiff-run -1 2>/dev/null
	) &
done
wait
is 'spools that share a history lose nothing' \
	"$(awk -F '\t' 'NF == 10' history | wc -l) $(wc -l <history)" '24 24'

# spiff-clean
rm -f history
now=$(date +%s)
for i in 1 2 3 4 5; do
	line $((now - 500 * 86400 + i)) a $i built $i -
done
line $((now - 499 * 86400)) a 6 package 6 -
line $((now - 300 * 86400)) b 1 built 1 -
echo garbage >>history
cp history old
mkdir hostdir
spiff-clean -n >out 2>err
has 'what is superfluous is shown' out "history$tab$work/history$tab"
check 'and left' cmp -s old history
spiff-clean >out 2>err
is 'of what is older than a year the last three of a package stay' \
	"$(cut -f 2-3 history | tr '\t\n' '  ')" \
	'a.x86_64 3 a.x86_64 4 a.x86_64 5 b.x86_64 1 '
spiff-clean >out 2>err
is 'once' "$(cat out)" ''

# a build that ends while a slow disk syncs what stays
line $((now - 500 * 86400)) b 0 package 6 -
fresh
job late-1_1
cp "$top/build/test/faults.so" .
printf '%s\n' FAULT_PROGRAM=spiff-clean FAULT_KIND=sync "FAULT_HOLD=$work/hold" \
	"FAULT_HIT=$work/hit" >faults.so.conf
: >hold
LD_PRELOAD=$work/faults.so ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 \
	spiff-clean >out 2>err &
await [ -s hit ]
spiff-run -1 2>log
is 'a line that is appended meanwhile' "$(grep history log; field 2)" late.x86_64
rm hold
wait $!
is 'stays, behind the others' "$(cut -f 2-3 history | tr '\t\n' '  ')" \
	'a.x86_64 3 a.x86_64 4 a.x86_64 5 b.x86_64 1 late.x86_64 1_1 '

# a build that a machine with another clock has begun
rm history
fresh
job a-1_1
{
	echo "started $(($(date +%s) - 664))"
	printf 'node elsewhere\nhandle 7 7 boot elsewhere\ntries 1\ntry 5.1\n'
} >>spool/new/a-1_1.x86_64
mv spool/new/a-1_1.x86_64 spool/run
SPIFF_JOB=a-1_1.x86_64 SPIFF_TRY=5.1 ./builder
exits 0 'what another machine has begun and delivered is taken' spiff-run -1
is 'and nobody says how long it took' "$(cut -f 2,4,5 history | tr '\t' ' ')" \
	'a.x86_64 built -'

rm history
mkdir history
fresh
exits 111 'a history that is none' spiff-run -1
has 'is named' err "spiff-run: $work/history: "
plan

#!/bin/sh
# spiff-run -b nomad: what it makes of what Nomad says, of that which a real one
# does not say when asked to. Its lines have the form of a real one's.
. "$(dirname "$0")/lib.sh"
. "$test/run.sh"

SPIFF_BUILDER=nomad SPIFF_SLOTS=30
export SPIFF_BUILDER SPIFF_SLOTS
mkdir bin fake fake/as fake/jobs fake/allocs fake/logs
PATH=$work/bin:$PATH
cat >bin/nomad <<END
#!/bin/sh
cd $work/fake || exit 111
END
cat >>bin/nomad <<'END'
echo "$1 $2" >>calls
# dispatch ID: it is what as/NAME says
dispatched() {
	sed -n "s|@|$1|g; /^job/p" "as/$name" >"jobs/$key"
	sed "s|@|$1|g; /^job/d" "as/$name" >"allocs/$key"
}
case "$1 $2" in
'job dispatch')
	token=$5 prefix=$7 parent=$8
	cat >payload
	name=${token#*:} name=${name%%-*}
	echo "$name $token" >>tokens
	key=$prefix
	id=$parent/dispatch-$prefix-1795366413-94c093e7
	case $name in
	hung)
		echo $$ >hung
		exec sleep 600
		;;
	refused)
		echo 'Failed to dispatch job: Unexpected response code: 500 (No cluster leader)' >&2
		exit 1
		;;
	other) id=$parent-large/dispatch-$prefix-1795366413-94c093e7 ;;
	phantom)
		if [ ! -e phantom ]; then
			>phantom
			echo "Dispatched Job ID = ${id%-*}-00000000"
			echo 'Evaluation ID     = 8807f3ee'
			exit
		fi
		;;
	esac
	dispatched "$id"
	echo "Dispatched Job ID = $id"
	[ "$name" = phantom ] || echo 'Evaluation ID     = 8807f3ee'
	;;
'job inspect')
	[ ! -e garbled ] || exec cat garbled
	cat jobs/* 2>/dev/null
	echo whole
	;;
'alloc status')
	cat allocs/* 2>/dev/null
	echo whole
	# seen once, and then no more
	rm -f jobs/*-gone-* allocs/*-gone-*
	;;
'eval list')
	echo whole
	;;
'job stop')
	echo "$4" >>stops
	echo 1544ed1e-fc65-afa7-9253-ac92a0c985b9
	key=$(echo "$4" | sed 's|.*/dispatch-||; s|-1795366413-94c093e7||')
	sed 's|pending	false|dead	true|; s|running	false|dead	true|' \
		"jobs/$key" >"new.$$" && mv "new.$$" "jobs/$key"
	;;
'operator api')
	case $4 in
	*stderr*) text='' ;;
	*offset=0) text='sh: spiff-build: not found' ;;
	*) text='' ;;
	esac
	[ -z "$text" ] || echo "$text"
	printf '> GET %s HTTP/1.1\n>\n* Sending request and receiving response...\n< HTTP/1.1 200 OK\n< Content-Type: text/plain\n' "$4" >&2
	;;
*)
	exit 127
	;;
esac
END
chmod +x bin/nomad

alloc=5487986f-4b95-265e-4e5c-7a3bf0066a40
# as NAME STATUS DESIRED CLIENT WHY [LINE...]: what becomes of the builds of NAME
as() {
	as_name=$1
	{
		printf 'job\t@\t%s\tfalse\n' "$2"
		printf 'alloc\t@\t%s\t23\t%s\t%s\t"vm"\t"%s"\t""\n' "$alloc" \
			"$3" "$4" "$5"
		shift 5
		printf '%b' "$*"
	} >"fake/as/$as_name"
	job "$as_name-1_1"
}
begin='task\t1795366414\n'
fresh
echo 0123abcd >spool/nomad
as good dead run complete '' "${begin}end\t0\t0\tfalse\n"
as bad dead run failed '' "${begin}end\t1\t0\tfalse\n"
as stale dead run failed '' "${begin}end\t4\t0\tfalse\n"
as killed dead run failed '' "${begin}end\t137\t9\tfalse\n"
as shelled dead run failed '' "${begin}end\t137\t0\tfalse\n"
as oom dead run failed '' "${begin}end\t137\t9\ttrue\n"
as drained dead stop complete 'alloc is being migrated' "${begin}killed\nend\t0\t0\tfalse\n"
as preempted running evict complete 'Preempted by alloc ID 1111' \
	"${begin}killed\nend\t0\t0\tfalse\n"
as lost running run lost 'alloc lost since its node is down' "$begin"
as replaced running run running '' "$begin"
printf 'alloc\t@\t%s\t12\tstop\tlost\t"vm2"\t""\t""\n' "$alloc" >>fake/as/replaced
as driver dead run failed '' 'task\t-62135596800\ntrouble\t"failed to launch \\"x\\""\n'
as gone running run running '' "$begin"
as phantom dead run complete '' "${begin}end\t0\t0\tfalse\n"
as purged dead stop complete 'alloc not needed due to job update' "${begin}killed\nend\t0\t0\tfalse\n"
sed -i /^job/d fake/as/purged
printf 'job\t@\tdead\ttrue\n' >fake/as/unbegun
job unbegun-1_1
: >fake/as/hung
job hung-1_1
as refused pending run pending ''
as other pending run pending ''
printf 'job\tspiff-build/dispatch-0123abcd-stray-1\tpending\tfalse\n' >fake/jobs/0123abcd-stray-1
printf 'something else\n' >fake/garbled
background
await grep -q 'not the answer that was expected' log
ok $? 'an answer that is none is refused as a whole'
is 'which is said once' "$(grep -c 'not the answer that was expected$' log)" 1
printf 'job\tspiff-build/dispatch-0123abcd-x\tdead\tfalse\n' >fake/garbled
n=$(grep -c inspect fake/calls)
asked() {
	[ "$(grep -c inspect fake/calls)" -gt "$1" ]
}
await asked "$n"
rm fake/garbled
is 'one that is cut short too' "$(ls spool/fail spool/built)" "spool/built:

spool/fail:"
ends() {
	for f in good bad stale killed shelled oom drained preempted lost \
		replaced driver gone phantom purged unbegun; do
		lies fail "$f-1_1" || return 1
	done
}
await ends
has 'then it goes on' log 'nomad answers again'
# ended NAME CLASS REASON TRIES
ended() {
	is "$1: $2" "$(attr "$1-1_1" fail class): $(attr "$1-1_1" fail reason), $(
		attr "$1-1_1" fail tries)" "$2: $3, $4"
}
ended good package 'exit 0, but nothing was delivered' 1
ended bad package 'exit 1' 1
ended stale stale 'exit 4' 1
ended killed machine 'signal 9 (Killed)' 3
ended shelled machine 'signal 9 (Killed)' 3
ended oom machine 'out of memory' 3
ended drained machine 'stopped in Nomad: alloc is being migrated' 3
ended preempted machine 'stopped in Nomad: Preempted by alloc ID 1111' 3
ended lost machine 'its node was lost' 3
ended replaced machine 'its node was lost' 3
is 'of which the one that replaces it is stopped' "$(grep -c -e '-replaced-' \
	fake/stops)" 3
ended driver machine 'not run by Nomad: failed to launch "x"' 3
ended gone machine 'not known to Nomad any more' 3
ended purged machine \
	'stopped in Nomad: alloc not needed due to job update' 3
ended unbegun machine 'stopped in Nomad before it began' 3
ended phantom package 'exit 0, but nothing was delivered' 1
is 'a child that never was is asked for again, by the same token' \
	"$(grep -c ^phantom fake/tokens) $(grep ^phantom fake/tokens | sort -u |
	wc -l)" '2 1'
is 'every try has a token of its own' "$(grep ^lost fake/tokens | sort -u | wc -l)" 3
has 'what is ours and nobody waits for is stopped' fake/stops \
	spiff-build/dispatch-0123abcd-stray-1
is 'once' "$(grep -c stray fake/stops)" 1
await zgrep -q not.found spool/log/bad-1_1.x86_64.log.gz
ok $? 'what kept spiff-build from beginning is in the log'
# what is refused, hangs, or is another job's
is 'who gets no answer waits' "$(where hung-1_1)$(where refused-1_1)$(
	where other-1_1)" 'run run run '
is 'and has not failed' "$(attr refused-1_1 run troubles)" ''
has 'with the reason' spool/run/refused-1_1.x86_64 'waits Failed to dispatch'
has "another job's child is none" spool/run/other-1_1.x86_64 \
	'waits nomad: not the answer that was expected'
spiff-status -y refused-1_1.x86_64 >out
has 'which people are told' out 'No cluster leader'
mv spool/run/refused-1_1.x86_64 spool/run/other-1_1.x86_64 \
	spool/run/hung-1_1.x86_64 spool/cancel
end
is 'it ends all the same' $? 0
hunggone() {
	! kill -0 "$(cat fake/hung)" 2>/dev/null
}
await hunggone
ok $? 'and leaves no call behind'
is 'as few calls as it takes: no list of a single job' \
	"$(sort -u fake/calls | paste -s -d ' ' -)" \
	'alloc status eval list job dispatch job inspect job stop operator api'

# the file that travels
fresh
echo 0123abcd >spool/nomad
as good dead run complete '' "${begin}end\t0\t0\tfalse\n"
mv spool/new/good-1_1.x86_64 .
i=0
while [ $i -lt 2000 ]; do
	i=$((i + 1))
	echo "makes good-part$i"
done >>good-1_1.x86_64
echo 'sysroot no' >>good-1_1.x86_64
mv good-1_1.x86_64 spool/new
exits 1 'a job with thousands of packages' spiff-run -1
is 'is sent without them' "$(tr '\n' ' ' <fake/payload)" \
	'pkgver good-1_1 arch x86_64 host x86_64 sysroot no tries 1 '

fresh
SPIFF_NOMAD=aarch64=arm
export SPIFF_NOMAD
as good dead run complete '' "${begin}end\t0\t0\tfalse\n"
exits 1 'a machine that no job builds for' spiff-run -1
ended good unavailable 'SPIFF_NOMAD names no job for x86_64' 1
unset SPIFF_NOMAD

# without the program
fresh
as good dead run complete '' "${begin}end\t0\t0\tfalse\n"
rm bin/nomad
if ! command -v nomad >/dev/null; then
	exits 111 'no nomad at all' spiff-run -1
	is 'and no harm done' "$(where good-1_1)" 'ready '
else
	skip 'no nomad at all' 'there is one'
fi

plan

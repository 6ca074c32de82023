#!/bin/sh
# spiff-run -b nomad: what it makes of what Nomad says, of that which a real one
# does not say when asked to. Each file of data/nomad is what the lists of a real
# one, version 2.0.6, had of a child in that situation, with @ for its ID; the
# other messages are that one's too.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

SPIFF_BUILDER=nomad SPIFF_SLOTS=30
export SPIFF_BUILDER SPIFF_SLOTS
mkdir bin fake fake/as fake/children
PATH=$work/bin:$PATH
cat >bin/nomad <<END
#!/bin/sh
cd $work/fake || exit 111
END
cat >>bin/nomad <<'END'
# list KIND: what it has of these lines, as JSON
list() {
	cat children/* 2>/dev/null | awk -v kind="$1" 'BEGIN { printf "[" }
		$1 == kind {
			printf "%s%s", comma, substr($0, length(kind) + 2)
			comma = ","
		} END { printf "]" }'
}
path=
for path; do :; done
case "$1 $2" in
'operator api') echo "$1 $2 ${path%%\?*}" ;;
*) echo "$1 $2" ;;
esac | sed 's|/logs/.*|/logs|' >>calls
case "$1 $2" in
'job dispatch')
	token=$5 prefix=$7
	[ "$8" != -priority ] || { echo "$9" >>priorities && shift 2; }
	parent=$8
	cat >payload
	name=${token#*:} name=${name%%-*}
	echo "$name $token" >>tokens
	echo "$name $parent" >>parents
	key=$prefix
	id=$parent/dispatch-$prefix-1795366413-94c093e7
	case $name in
	hung)
		echo $$ >>hung
		trap '' TERM INT HUP
		sleep 600
		exit
		;;
	refused)
		echo 'Error querying job prefix "spiff-build": Unexpected response code: 500 (No cluster leader)' >&2
		exit 1
		;;
	other) id=$parent-large/dispatch-$prefix-1795366413-94c093e7 ;;
	phantom)
		sed "s|@|$id|g" as/phantom >"children/$key"
		echo "Dispatched Job ID = ${id%-*}-00000000"
		echo 'Evaluation ID     = 8807f3ee'
		exit
		;;
	esac
	sed "s|@|$id|g" "as/$name" >"children/$key"
	echo "Dispatched Job ID = $id"
	echo 'Evaluation ID     = 8807f3ee'
	;;
'job stop')
	echo "$4" >>stops
	echo 1544ed1e-fc65-afa7-9253-ac92a0c985b9
	key=$(echo "$4" | sed 's|.*/dispatch-||; s|-1795366413-94c093e7||')
	sed -i '/^job/s/"Status":.*/"Status":"dead","Stop":true}/; /^blocked/d' "children/$key"
	;;
'node meta') echo "$*" >>metas ;;
operator*)
	said='200 OK'
	case $path in
	*filter=*)
		echo "$path" >>filters
		[ ! -e garbled ] || exec cat garbled
		[ ! -e refused ] || { printf 'Permission denied' && exit; }
		;;
	esac
	case $path in
	/v1/jobs*) list job ;;
	/v1/evaluations*) list blocked ;;
	/v1/allocations*)
		list alloc
		# seen once, and then no more
		rm -f children/*-gone-*
		;;
	*ab9bf898*)
		printf 'No path to node'
		said='404 Not Found'
		;;
	*stderr*) ;;
	*offset=0) echo 'sh: spiff-build: not found' ;;
	esac
	printf '> GET %s HTTP/1.1\n>\n* Sending request and receiving response...\n< HTTP/1.1 %s\n< Content-Type: text/plain\n' "${path%%\?*}" "$said" >&2
	;;
*)
	exit 127
	;;
esac
END
chmod +x bin/nomad

# as NAME [FILE]: what becomes of the builds of NAME
as() {
	if [ $# -eq 2 ]; then
		cp "$test/data/nomad/$2" "fake/as/$1"
	else
		: >"fake/as/$1"
	fi
	job "$1-1_1"
}
fresh
echo 0123abcd >spool/nomad
SPIFF_NOMADTIME=5
export SPIFF_NOMADTIME
for j in good bad stale killed shelled oom drained preempted lost driver stopped \
	unbegun unknown blocked; do
	as $j $j
done
as gone running
as purged
as phantom good
as hung
as refused
as other running
echo 'job {"ID":"spiff-build/dispatch-0123abcd-stray-1","Status":"pending"}' \
	>fake/children/0123abcd-stray-1
echo '{"something":"else"}' >fake/garbled
background
await grep -q 'not the answer that was expected' log
ok $? 'an answer that is none is refused as a whole'
is 'which is said once' "$(grep -c 'not the answer that was expected$' log)" 1
echo '[{"ID":"spiff-build/dispatch-0123abcd-x","Status":"dead"},' >fake/garbled
n=$(wc -l <fake/filters)
asked() {
	[ "$(wc -l <fake/filters)" -gt "$1" ]
}
await asked "$n"
rm fake/garbled
is 'one that is cut short too' "$(ls spool/fail spool/built)" "spool/built:

spool/fail:"
ends() {
	for f in good bad stale killed shelled oom drained preempted lost \
		driver stopped unbegun gone purged phantom; do
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
is 'where it was built, and how long by the clock there' "$(attr good-1_1 fail node) $((
	$(attr good-1_1 fail ended) - $(attr good-1_1 fail started)))" 'client2 5'
ended bad package 'exit 1' 1
ended stale stale 'exit 4' 1
ended killed machine 'signal 9 (Killed)' 3
ended shelled machine 'signal 9 (Killed)' 3
ended oom machine 'out of memory' 3
ended drained machine 'stopped in Nomad: alloc is being migrated' 3
ended preempted machine 'stopped in Nomad: Preempted by alloc ID 3bf8a10b-2f33-7f3b-bd59-29d2d590ff55' 3
ended lost machine 'its node was lost' 3
is 'of which the one that replaces it is stopped' "$(grep -c -e '-lost-' \
	fake/stops)" 3
ended driver machine 'not run by Nomad: failed to launch command with executor: rpc error: code = Unknown desc = binary "/nonexistent/spiff-build" could not be found' 3
ended stopped machine \
	'stopped in Nomad: alloc not needed due to job update' 3
ended unbegun machine 'stopped in Nomad before it began' 3
ended gone machine 'not known to Nomad any more' 3
ended purged machine 'not known to Nomad any more' 3
ended phantom package 'exit 0, but nothing was delivered' 1
is 'a child that was told by another name is found' \
	"$(grep -c ^phantom fake/tokens)" 1
is 'every try has a token of its own' "$(grep -c ^lost fake/tokens) $(
	grep ^lost fake/tokens | sort -u | wc -l)" '3 3'
has 'what is ours and nobody waits for is stopped' fake/stops \
	spiff-build/dispatch-0123abcd-stray-1
is 'once' "$(grep -c stray fake/stops)" 1
await zgrep -q not.found spool/log/bad-1_1.x86_64.log.gz
ok $? 'what kept spiff-build from beginning is in the log'
# a node that is silent, and then given up by Nomad; no node at all
has 'a node that does not answer is waited for' spool/run/unknown-1_1.x86_64 \
	'waits its node does not answer'
is 'and the build is not begun again' "$(attr unknown-1_1 run tries)" 1
has 'a build that no node can take waits' spool/run/blocked-1_1.x86_64 \
	'waits no node can take it now: ${attr.cpu.arch} = arm64'
# now NAME FILE: what the lists have of its child from now on
now() {
	now_child=$(attr "$1-1_1" run handle)
	sed "s|@|${now_child##* }|" "$test/data/nomad/$2" >now &&
		mv now "fake/children/0123abcd-$1-1_1_x86_64-1"
}
now unknown running
now blocked running
calm() {
	[ -z "$(attr unknown-1_1 run waits)$(attr blocked-1_1 run waits)" ] &&
		[ -n "$(attr blocked-1_1 run node)" ]
}
await calm
is 'both go on' "$(attr blocked-1_1 run node)" client2
cp "$test/data/nomad/expired" fake/as/unknown
now unknown expired
await lies fail unknown-1_1
ended unknown machine 'its node was lost' 3
mv spool/run/blocked-1_1.x86_64 spool/cancel
# what is refused, hangs, or is another job's
is 'who gets no answer waits' "$(where hung-1_1)$(where refused-1_1)$(
	where other-1_1)" 'run run run '
is 'and has not failed' "$(attr refused-1_1 run troubles)" ''
has 'with the reason' spool/run/refused-1_1.x86_64 'waits Error querying job'
await grep -q 'waits nomad: no answer for 5 s' spool/run/hung-1_1.x86_64
ok $? 'a call that hangs is ended, though it ignores signals'
again() {
	[ "$(wc -l <fake/hung)" -ge 2 ]
}
await again
is 'and made again, with the same token' \
	"$(grep ^hung fake/tokens | sort -u | wc -l)" 1
has "another job's child is none" spool/run/other-1_1.x86_64 \
	'waits nomad: not the answer that was expected'
spiff-status -y refused-1_1.x86_64 >out
has 'which people are told' out 'No cluster leader'
mv spool/run/refused-1_1.x86_64 spool/run/other-1_1.x86_64 \
	spool/run/hung-1_1.x86_64 spool/cancel
end
is 'it ends all the same' $? 0
hunggone() {
	! kill -0 "$(tail -n 1 fake/hung)" 2>/dev/null
}
await hunggone
ok $? 'and leaves no call behind'
is 'as few calls as it takes: no list of a single job' \
	"$(sort -u fake/calls | paste -s -d ' ' -)" \
	"job dispatch job stop operator api /v1/allocations operator api $(
	)/v1/client/fs/logs operator api /v1/evaluations operator api /v1/jobs"

# the file that travels
fresh
rm -f fake/children/*
echo 0123abcd >spool/nomad
as good good
mv spool/new/good-1_1.x86_64 .
i=0
while [ $i -lt 2000 ]; do
	i=$((i + 1))
	echo "makes good-part$i"
done >>good-1_1.x86_64
echo 'sysroot no' >>good-1_1.x86_64
mv good-1_1.x86_64 spool/new
exits 1 'a job with thousands of packages' spiff-run -1
is 'is sent without them' "$(sed 's/^try .*/try/' fake/payload |
	tr '\n' ' ')" \
	'pkgver good-1_1 arch x86_64 host x86_64 sysroot no tries 1 try jobs 0 '

fresh
rm -f fake/children/*
SPIFF_NOMAD=aarch64=arm
export SPIFF_NOMAD
as good good
exits 1 'a machine that no job builds for' spiff-run -1
ended good unavailable 'SPIFF_NOMAD names no job for x86_64' 1
unset SPIFF_NOMAD

fresh
rm -f fake/children/*
as long good
as good good
mv spool/new/long-1_1.x86_64 .
awk 'BEGIN { while (i++ < 1000) print "note " i " of what nobody knows" }' \
	>>long-1_1.x86_64
echo 'priority 9' >>long-1_1.x86_64
mv long-1_1.x86_64 spool/new
exits 1 'a job that is too long to be sent' spiff-run -1
ended long unavailable 'its file is too long for Nomad' 1
is 'keeps no other from being built' "$(attr good-1_1 fail exit)" 'exit 0'

# which job builds what
fresh
rm -f fake/children/* fake/parents
SPIFF_NOMAD=good=own,x86_64=small:larger:largest
export SPIFF_NOMAD
as good good
as oom oom
as bad bad
mv spool/new/bad-1_1.x86_64 .
echo 'priority 9' >>bad-1_1.x86_64
mv bad-1_1.x86_64 spool/new
exits 1 'jobs of several sizes' spiff-run -1
is 'a package has the one that is named for it' "$(grep ^good fake/parents)" 'good own'
is 'a build that ran out of memory goes to the next larger one' \
	"$(grep ^oom fake/parents | paste -s -d ' ' -)" 'oom small oom larger oom largest'
is 'the priority reaches Nomad' "$(cat fake/priorities)" 59
rm -f fake/children/* fake/parents
printf '%s\n' 'oom nomad=tiny:huge' '* nomad=mine' >limits
fresh
as good good
as oom oom
SPIFF_LIMITS=limits
export SPIFF_LIMITS
exits 1 'the limits name others' spiff-run -1
is 'which build it' "$(sort fake/parents | tr '\n' ,)" 'good mine,oom huge,oom huge,oom tiny,'
echo 'oom nomad=' >limits
exits 2 'none is a fault' spiff-run -1
has 'which is said' err 'limits:1: nomad=: expected '
unset SPIFF_NOMAD SPIFF_LIMITS

# reasons
fresh
rm -f fake/children/* fake/stops
for j in nonode many hook again; do
	as $j $j
done
background
waits() {
	[ "$(attr "$1-1_1" run waits)" = "$2" ]
}
await waits nonode "no node is up in the job's datacenters and the node pool default"
ok $? 'no node at all, or the wrong datacenter'
await waits many 'no node can take it now: memory, ${attr.kernel.name} = darwin'
ok $? 'several reasons'
await lies fail hook-1_1
ended hook machine 'not run by Nomad: template: missing key' 3
await grep -q again fake/stops
ok $? 'what Nomad begins again is stopped'
await lies fail again-1_1
ended again machine 'stopped in Nomad: Preempted by alloc ID 3bf8a10b-2f33-7f3b-bd59-29d2d590ff55' 3

# a delivery counts at once, whatever Nomad says; and the cluster goes away
as deliv unknown
as seen running
await grep -qs '^waits its node' spool/run/deliv-1_1.x86_64
await grep -qs '^node ' spool/run/seen-1_1.x86_64
: >fake/refused
await [ -e spool/cluster ]
is 'a token that is refused is told' "$(cat spool/cluster)" \
	'trouble nomad: Permission denied'
spiff-status >out
has 'to everybody' out 'the cluster tells nothing of its builds: nomad: Permission denied'
spiff-status -y seen-1_1.x86_64 >out
has 'and for a build' out 'as far as is known: the cluster tells nothing'
spiff-status -w www
has 'and on the site' www/index.html 'tells nothing of its builds: nomad: Permission denied'
SPIFF_JOB=deliv-1_1.x86_64 SPIFF_TRY=$(attr deliv-1_1 run try) ./builder
await lies 'done' deliv-1_1
ok $? 'a delivery counts though its node is dead and Nomad away'
is 'and no note stays' "$(attr deliv-1_1 'done' waits)" ''
rm fake/refused
await [ ! -e spool/cluster ]
ok $? 'until the cluster answers again'
end

# a node that spoils builds
fresh
rm -f fake/children/*
SPIFF_PAUSE=60
as sick1 sick
as sick2 sick
sed -i 's/"exit_code":"111"/"exit_code":"100"/' fake/as/sick2
background
await grep -qs 'spiff=out' fake/metas
is 'a node that spoils builds of two packages is left out' "$(head -n 1 fake/metas)" \
	'node meta apply -node-id 00000003-2c1c-4b3e-9d3a-3f6a0e6d4c01 spiff=out'
await grep -q client3 spool/cluster
spiff-status >out
has 'which is shown' out 'the node client3 is left out for a while, as it spoils builds: '
end
SPIFF_PAUSE=0

# without the program
fresh
rm -f fake/children/*
as good good
rm bin/nomad
exits 111 'no nomad at all' env PATH="$top/bin" spiff-run -1
is 'and no harm done' "$(where good-1_1)" 'ready '

plan

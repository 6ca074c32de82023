#!/bin/sh
# The queue over a real Nomad, an agent of our own on this machine: newer versions,
# limits, slots, pause, and kills at the moments that matter. KILLS and JOBS in the
# environment for more than 3 kills with 12 jobs in flight, SEED for the same again.
. "$(dirname "$0")/lib/lib.sh"

if ! command -v nomad >/dev/null; then
	skip 'a queue over a Nomad cluster' 'no nomad'
	plan
	exit
fi
. "$test/lib/run.sh"
. "$test/lib/agent.sh"
SPIFF_BUILDER=nomad SPIFF_SLOTS=8
export SPIFF_BUILDER SPIFF_SLOTS
kills=${KILLS-3} jobs=${JOBS-12} seed=${SEED-$$}

agentup
ok $? 'an agent'
remote
register spiff-build "$work/remote" '' >/dev/null

# a newer version
fresh
emptytree
template lib 1.0
template app 1 lib
holds lib-1.0_1.x86_64 lib-1.1_1.x86_64
spiff-enqueue app >/dev/null
background
await [ -s pid.lib-1.0_1.x86_64 ]
await grep -q ' spiff-build/' spool/run/lib-1.0_1.x86_64
old=$(child lib-1.0_1)
template lib 1.1
exits 0 'a newer version of what is building' spiff-enqueue app
has 'takes its place' out 'superseded	lib-1.0_1.x86_64'
await gone lib-1.0_1
ok $? 'the build on the cluster is stopped'
await [ -s pid.lib-1.1_1.x86_64 ]
ok $? 'the newer one begins'
is 'the old job says why' "$(where lib-1.0_1)$(attr lib-1.0_1 cancel reason)" \
	'cancel superseded by lib-1.1_1.x86_64'
is 'what needs it waits for the newer one' "$(where app-1_1)$(
	attr app-1_1 wait needs)" 'wait lib-1.1_1.x86_64'
release lib-1.1_1
await lies 'done' app-1_1
is 'and is built with it, each once' "$(tr '\n' ' ' <begun)" \
	'lib-1.0_1.x86_64 lib-1.1_1.x86_64 app-1_1.x86_64 '
is 'Nomad has stopped the old one' "$(nomad job inspect -t '{{.Stop}}' "$old" |
	head -n 1)" true
end

# pause, and slots
fresh
SPIFF_SLOTS=x86_64=2,aarch64=1
background
held a-1_1 b-1_1 c-1_1
await begun a-1_1
await begun b-1_1
for pkg in d-1_1 e-1_1; do
	holds $pkg.aarch64
	printf 'pkgver %s\narch aarch64\nhost x86_64\nmakes %s\nasked 1\n' $pkg \
		${pkg%-*} >spool/tmp/$pkg.aarch64
	mv spool/tmp/$pkg.aarch64 spool/new
done
await [ -s pid.d-1_1.aarch64 ]
await [ -f spool/ready/e-1_1.aarch64 ]
# outstanding: what Nomad has of ours that is not over
outstanding() {
	nomad job inspect -t '{{range .}}{{if ne .Status "dead"}}{{.ID}}{{"\n"}}{{end}}{{end}}' |
		sed -n "s/.*dispatch-$(cat spool/nomad)-\([a-z]\)-1.*/\1/p" |
		sort | paste -s -d ' ' -
}
is 'slots of each architecture bound what is outstanding' "$(outstanding)" 'a b d'
: >spool/pause
release a-1_1
: >go/d-1_1.aarch64
await lies 'done' a-1_1
await [ -f spool/done/d-1_1.aarch64 ]
ok $? 'while there is a pause, builds end'
is 'but none begins' "$(outstanding)$(where c-1_1)$(ls spool/ready)" \
	'bready c-1_1.x86_64
e-1_1.aarch64'
rm spool/pause
await begun c-1_1
await [ -s pid.e-1_1.aarch64 ]
is 'until it is over' "$(outstanding)" 'b c e'
for pkg in b-1_1 c-1_1; do
	release $pkg
done
: >go/e-1_1.aarch64
await lies 'done' b-1_1
await lies 'done' c-1_1
await [ -f spool/done/e-1_1.aarch64 ]
is 'each was begun once' "$(sort begun | uniq -d)" ''
end
SPIFF_SLOTS=8

# limits
fresh
held silent-1_1
exits 1 'a limit' spiff-run -1 -t 2 -T 600
is 'of time without output' "$(attr silent-1_1 fail class): $(
	attr silent-1_1 fail reason)" 'stopped: wrote nothing for 2 s'
job loud-1_1
cat >how/loud-1_1.x86_64 <<END
echo \$\$ >pid.loud-1_1.x86_64
until [ -e go/loud ]; do echo more; sleep 0.1; done
END
exits 1 'another' spiff-run -1 -t 600 -T 2
is 'of time' "$(attr loud-1_1 fail class): $(attr loud-1_1 fail reason)" \
	'stopped: not done after 2 s'
check 'nothing of them is left' gone silent-1_1
check 'whatever they did' gone loud-1_1

# spiff-run is killed when Nomad has heard of a build and when it has not, before
# it can note anything
mkdir bin
real=$(command -v nomad)
cat >bin/nomad <<-END
#!/bin/sh
work=$work real=$real
END
cat >>bin/nomad <<'END'
case "$1 $2 $(cat "$work/moment" 2>/dev/null)" in
'job dispatch before')
	rm "$work/moment"
	kill -9 $PPID
	;;
'job dispatch after')
	rm "$work/moment"
	"$real" "$@" >"$work/dispatched"
	kill -9 $PPID
	;;
*) exec "$real" "$@" ;;
esac
END
chmod +x bin/nomad
PATH=$work/bin:$PATH
for moment in before after; do
	fresh
	echo $moment >moment
	job once-1_1
	spiff-run -1 2>err
	is "killed $moment the dispatch" "$? $(where once-1_1)" '137 run '
	check 'the ID is not noted' [ -z "$(child once-1_1)" ]
	[ $moment = before ] || check 'though there is a child' [ -s dispatched ]
	exits 0 'the next run' spiff-run -1
	is 'has it built, once' "$(where once-1_1)$(howoften once-1_1) $(
		attr once-1_1 'done' tries)" 'done 1 1'
done

# killed again and again with builds in flight
fresh
SPIFF_SLOTS=$jobs
i=0
while [ $i -lt "$jobs" ]; do
	i=$((i + 1))
	# some of them with all that a name can have
	name=n$i-1.${i}a_1
	[ $((i % 4)) -ne 0 ] || name=N.+_$i-x++-2~b^1_1
	echo "sleep $((i % 3 + 1))" >"how/$name.x86_64"
	job "$name"
done
awk -v seed="$seed" -v n="$kills" 'BEGIN {
	srand(seed)
	while (n-- > 0)
		printf "%.3f\n", 0.1 + 1.2 * rand()
}' >moments
while read -r moment; do
	background
	sleep "$moment"
	kill -9 "$run"
	wait "$run" 2>/dev/null
done <moments
exits 0 "$kills kills with $jobs jobs in flight, from seed $seed" spiff-run -1
is 'all is built' "$(find spool/done -type f | wc -l)" "$jobs"
is 'and was begun once' "$(wc -l <begun) $(sort -u begun | wc -l)" "$jobs $jobs"
is 'in one try' "$(grep -hx 'tries .*' spool/done/* | sort -u)" 'tries 1'
is 'nothing is left' "$(find spool/tmp spool/incoming spool/run spool/built \
	-mindepth 1 ! -name .lock) $(outstanding)" ' '

plan

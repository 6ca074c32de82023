#!/bin/sh
# spiff-run -b nomad on a real Nomad, an agent of our own on this machine: the
# demo's tree, builds that end in all ways, and kills.
. "$(dirname "$0")/lib/lib.sh"

if ! command -v nomad >/dev/null; then
	skip 'builds on a Nomad cluster' 'no nomad'
	plan
	exit
fi
. "$test/lib/run.sh"
. "$test/lib/agent.sh"
SPIFF_BUILDER=nomad SPIFF_SLOTS=8
export SPIFF_BUILDER SPIFF_SLOTS

agentup
ok $? 'an agent'
for driver in raw_exec exec docker podman; do
	exits 0 "the job for the driver $driver is a good one" nomad job validate \
		-var "driver=$driver" "$top/doc/spiff-build.nomad.hcl"
	nomad job plan -no-color -var "driver=$driver" \
		"$top/doc/spiff-build.nomad.hcl" >out 2>err
	has 'which can be planned' out '+ Job: "spiff-build"'
done

exits 0 'the variables of the example' nomad job validate \
	-var-file="$top/doc/nomad/cluster.vars" "$top/doc/spiff-build.nomad.hcl"
mkdir conf
cp "$top/doc/nomad/client.hcl" conf
echo "data_dir = \"$work/data\"" >conf/data.hcl
exits 0 "what the machines' agents need" nomad config validate conf

# the demo's tree
mkdir demo
cp -R "$test/void-packages" demo
cp "$top/README" demo
ln -s "$top/doc" demo/doc
cat >demo/spiff.conf <<END
SPIFF_DISTDIR=$work/demo/void-packages
SPIFF_HOSTDIR=$work/demo/hostdir
SPIFF_MASTERDIR=$work/demo/masterdir
SPIFF_REPO=$work/demo/hostdir/binpkgs
SPIFF_SPOOL=$work/demo/spool
END
cat >demo/cluster.vars <<END
build = "$top/bin/spiff-build"
arch = ""
jobs = 3
cpu = 20
memory = 32
settings = {
  SPIFF_CONF = "$work/demo/spiff.conf"
}
END
# demo COMMAND...: with the settings of the demo alone
demo() {
	env -u SPIFF_DISTDIR -u SPIFF_REPO -u SPIFF_SPOOL -u SPIFF_BUILDER \
		-u SPIFF_BUILD SPIFF_CONF="$work/demo/spiff.conf" "$@"
}
cd demo || exit 1
awk '/^ON A NOMAD CLUSTER/ { on = 1 } /^When spiff-run/ { on = 0 }
	on && /^\t/ { print substr($0, 2) }' README >commands
is 'examples' "$(grep -c . commands)" 4
sed -i '/^cp /d' commands
sed -i 's/hello/welcome ouch/; /spiff-run/s/$/ || [ $? -eq 1 ]/' commands
exits 0 "the README's examples, for the plan of two packages" \
	demo sh -e commands
is 'all of it' "$(cd spool/done && echo *)" "bye-1.0_1.x86_64 $(
	)doorbell-1.0_1.x86_64 greetings-1.0_1.x86_64 hello-1.0_1.x86_64 $(
	)libgreet-1.0_1.x86_64 palette-1.0_1.x86_64 welcome-1.0_1.x86_64"
is 'but for what fails' "$(attr oops-1.0_1 fail class)" package
is 'and what needs that' "$(cd spool/wait && echo *)" ouch-1.0_1.x86_64
zcat spool/log/oops-1.0_1.x86_64.log.gz >log
has 'the log has come' log "oops.c:"
has 'and is of as many processes as the job says' log ' -j 3 pkg oops'
is 'to its end' "$(tail -n 1 log | cut -d : -f 1)" spiff-build
is 'what a build has used is noted' "$(grep -c '^cpu [0-9]' spool/fail/oops*)" 1
is 'and how many processes it ran' "$(attr oops-1.0_1 fail jobs)" 3
is 'also of what was delivered' "$(grep -c '^cpu [0-9]' spool/done/hello*)" 1
is 'in the index' "$(spiff-index -l hostdir/binpkgs | grep -c ^hello)" 1
is 'nothing is left' "$(find spool/tmp spool/incoming spool/run spool/built \
	-mindepth 1 ! -name .lock)" ''
cd .. || exit 1

remote
fresh
exits 0 'another job of that name takes its place' register spiff-build \
	"$work/remote" ''
background
held stop-1_1 purge-1_1 cancel-1_1 kill-1_1 term-1_1 old-1_1
for j in stop-1_1 purge-1_1 cancel-1_1 kill-1_1 term-1_1 old-1_1; do
	await begun "$j"
done
ok $? 'six builds at a time'
await grep -q '^node' spool/run/kill-1_1.x86_64
is 'the machine is noted' "$(attr kill-1_1 run node)" \
	"$(nomad node status -t '{{range .}}{{.Name}}{{end}}')"
await grep -q held spool/log/kill-1_1.x86_64.log
ok $? 'the log comes while it builds'
nomad job stop -detach "$(child stop-1_1)" >/dev/null
nomad job stop -detach -purge "$(child purge-1_1)" >/dev/null
release stop-1_1
release purge-1_1
mv spool/run/cancel-1_1.x86_64 spool/cancel
await gone cancel-1_1
ok $? 'mv to cancel/ stops a build'
await lies 'done' stop-1_1
is 'what was stopped in Nomad is tried again' "$(attr stop-1_1 'done' tries)" 2
await lies 'done' purge-1_1
is 'what was purged too' "$(attr purge-1_1 'done' tries)" 2
kill -9 "$run"
wait "$run" 2>/dev/null
mv spool/run/old-1_1.x86_64 spool/cancel
background
await gone old-1_1
ok $? 'also when nobody saw it'
release kill-1_1
await lies 'done' kill-1_1
is 'a build outlives spiff-run, and is taken over' "$(howoften kill-1_1) $(
	attr kill-1_1 'done' tries)" '1 1'
end
is 'told to end' $? 0
! gone term-1_1
ok $? 'spiff-run leaves the builds'
is 'where they are' "$(where term-1_1)" 'run '
release term-1_1
await [ -d spool/incoming/term-1_1.x86_64 ]
nomad system gc
exits 0 'what was built meanwhile, and is forgotten by Nomad' spiff-run -1
is 'counts' "$(where term-1_1)$(howoften term-1_1)" 'done 1'

# no node for it
register big "$work/remote" '' -var memory=99999999 >/dev/null 2>&1
SPIFF_NOMAD=x86_64=big
export SPIFF_NOMAD
background
job big-1_1
await grep -qs '^waits .*memory' spool/run/big-1_1.x86_64
ok $? 'a build that no node can take waits'
spiff-status -y big-1_1.x86_64 >out
has 'which is said' out 'no node can take it now: memory'
mv spool/run/big-1_1.x86_64 spool/cancel
dead() {
	nomad job inspect -t '{{range .}}{{if eq .ParentID "big"}}{{.Status}}{{end}}{{end}}' |
		grep -qx dead
}
await dead
ok $? 'and can be cancelled'
end
unset SPIFF_NOMAD

# the cluster goes away
held away-1_1
background
await begun away-1_1
agentdown
job late-1_1
await grep -qs '^waits .*connection refused' spool/run/late-1_1.x86_64
ok $? 'a cluster that does not answer is no failure'
is 'of any build' "$(where away-1_1)$(where late-1_1)" 'run run '
end

plan

#!/bin/sh
# Nothing that spiff-run has started can hold up a signal: told to end, it ends
# though each of these programs hangs, hears no signal, and goes on for long. Nothing
# of them is left then.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

# a spiff-run with programs of ours beside it
mkdir bin
cp "$top/bin/spiff-run" "$top/bin/spiff-cell" bin
ln -s "$top/bin/spiff-index" "$top/bin/spiff-enqueue" "$top/bin/spiff-status" bin
PATH=$work/bin:$PATH
# hangs FILE: a program that does, and after twenty seconds says that it was let
hangs() {
	rm -f "$1"
	cat >"$1" <<-END
	#!/bin/sh
	trap '' HUP INT TERM
	(trap '' TERM; setsid sh -c 'echo \$\$ >>$work/away; exec sleep 600' &)
	until [ -s $work/away ]; do sleep 0.05; done
	echo \$\$ >>$work/hung
	i=0
	while [ \$i -lt 200 ]; do
		i=\$((i + 1))
		sleep 0.1
	done
	: >$work/late
	exec sleep 600
	END
	chmod +x "$1"
}
start() {
	rm -f hung away late spool/lock
	background
}
# dead FILE: none of the processes in it lives
dead() {
	for p in $(cat "$1"); do
		! kill -0 "$p" 2>/dev/null || return 1
	done
}
# ends WHAT SIGNAL: while WHAT hangs
ends() {
	await [ -s hung ]
	kill -s "$2" "$run"
	wait "$run"
	is "$1 hangs, and spiff-run ends at $2" "$?" 0
	check 'soon' [ ! -e late ]
	check 'and nothing is left of it' await dead hung
	check 'nor of what it has started' await dead away
}

fresh
SPIFF_WWW=$work/www
export SPIFF_WWW
hangs bin/spiff-status
for sig in TERM INT; do
	start
	ends 'the site' $sig
done
# the last one alone: what is written before is done
mv bin/spiff-status bin/hang
printf '#!/bin/sh\n[ -e %s/begin ] || exit 0\nexec %s/bin/hang\n' "$work" "$work" \
	>bin/spiff-status
chmod +x bin/spiff-status
rm -f begin
start
job a-1_1
await lies 'done' a-1_1
: >begin
kill "$run"
wait "$run"
is 'the last site hangs, and spiff-run ends' "$?" 0
check 'soon' [ ! -e late ]
unset SPIFF_WWW
ln -sf "$top/bin/spiff-status" bin/spiff-status

fresh
hangs bin/spiff-index
start
job a-1_1
ends 'spiff-index' TERM
is 'and what was delivered is kept' "$(where a-1_1)" 'built '
ln -sf "$top/bin/spiff-index" bin/spiff-index
exits 0 'the next run' spiff-run -1
is 'takes it in' "$(where a-1_1)" 'done '

fresh
hangs bin/spiff-enqueue
start
echo hello >spool/new/r
ends 'spiff-enqueue' TERM
ln -sf "$top/bin/spiff-enqueue" bin/spiff-enqueue
exits 0 'the next run' spiff-run -1
is 'meets the request' "$(where hello-1.0_1)" 'done '

fresh
mkdir spool/hooks
hangs spool/hooks/started
start
job a-1_1
ends 'a hook' TERM
rm -r spool/hooks

fresh
hangs bin/nomad
SPIFF_BUILDER=nomad SPIFF_NOMAD=x86_64=spiff
export SPIFF_BUILDER SPIFF_NOMAD
start
job a-1_1
ends 'nomad' TERM
SPIFF_BUILDER=local

# a standby is told to end too
fresh
background
first=$run
spiff-run -w 2>log2 &
standby=$!
await grep -qs 'holds the lock' log2
kill $standby
wait $standby
is 'a standby ends when it is told' "$?" 0
run=$first
end
plan

#!/bin/sh
# kill -9 at random moments: nothing is lost, nothing is done twice at a time,
# nothing is left. ROUNDS and SEED in the environment for more, or for the same
# again.
. "$(dirname "$0")/lib.sh"
. "$test/run.sh"

# all processes of a build have the lock, whoever of them is killed
cat >guard <<'END'
#!/bin/sh
exec 9>"$SPIFF_SPOOL/../busy.$SPIFF_JOB"
flock -n 9 || {
	echo "$SPIFF_JOB" >>"$SPIFF_SPOOL/../twice"
	exit 1
}
sleep "0.0$SPIFF_SLOT"
"$SPIFF_SPOOL/../builder"
END
chmod +x guard
SPIFF_BUILD=$work/guard SPIFF_SLOTS=3
jobs='a b c d e f g h i j k l'

# moments SEED: six times to wait, in seconds, and whom to kill: 0 spiff-run, else
# one of its children
moments() {
	awk -v seed="$1" 'BEGIN {
		srand(seed)
		for (i = 0; i < 6; i++)
			printf "%.3f %d\n", 0.15 * rand() * rand(), 3 * rand()
	}'
}

# ended: nothing of what was started for this spool is left
ended() {
	! grep -qsa "SPIFF_SPOOL=$SPIFF_SPOOL" /proc/[0-9]*/environ
}

# harm SEED: kills spiff-run or a child of it now and then, until all is done
harm() {
	moments "$1" >moments.txt
	while read -r wait whom; do
		spiff-run -1 >>log 2>&1 &
		run=$!
		runs=$run
		sleep "$wait"
		victim=$run
		[ "$whom" -eq 0 ] || victim=$(cut -d ' ' -f "$whom" \
			"/proc/$run/task/$run/children" 2>/dev/null)
		[ -z "$victim" ] || kill -9 "$victim" 2>/dev/null
		kill -9 "$run" 2>/dev/null
		wait "$run" 2>/dev/null
	done <moments.txt
}

all=
seed=${SEED-$(date +%s)}
round=0
while [ $round -lt "${ROUNDS-15}" ]; do
	round=$((round + 1))
	fresh
	rm -f twice log
	# each needs the one three before it, and some the first
	last3='' last2='' last=''
	for j in $jobs; do
		case $j in
		a) job a-1_1 ;;
		e | i) job "$j-1_1" "$last3-1_1" a-1_1 ;;
		*) job "$j-1_1" ${last3:+"$last3-1_1"} ;;
		esac
		last3=$last2 last2=$last last=$j
	done
	harm $((seed + round))
	for _ in 1 2 3; do
		spiff-run -1 >>log 2>&1 && break
		mv spool/fail/*.x86_64 spool/new 2>/dev/null
	done
	bad=
	for j in $jobs; do
		[ "$(where "$j-1_1")" = 'done ' ] || bad="$bad $j: $(where "$j-1_1")"
	done
	[ "$(spiff-index -l repo | wc -l)" -eq 12 ] || bad="$bad the index"
	spiff-index -v repo >/dev/null 2>&1 || bad="$bad a hash"
	[ -z "$(find spool/tmp spool/incoming -mindepth 1 ! -name .lock)" ] ||
		bad="$bad something in tmp/ or incoming/"
	[ ! -e twice ] || bad="$bad a job built twice at a time"
	await ended || bad="$bad a process"
	[ -z "$bad" ] || {
		all="$all $round"
		echo "# round $round, SEED=$((seed + round - 1)) ROUNDS=1:$bad"
		sed 's/^/# /' log
	}
done
is "$round rounds of kill -9, seed $seed" "$all" ''

plan

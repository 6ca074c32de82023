#!/bin/sh
# Nothing is left of what spiff-run starts, whatever signal ends it and whenever: of
# builds, hooks, requests, the site and spiff-index, and of what these have started in
# sessions of their own. As another user too, if root runs this. ROUNDS for more of
# each signal than three, SEED for the same moments again.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"
# shellcheck source=test/lib/peace.sh
. "$test/lib/peace.sh"

mkdir bin
cp "$top/bin/spiff-run" "$top/bin/spiff-cell" bin
ln -s "$top/bin/spiff-index" "$top/bin/spiff-enqueue" "$top/bin/spiff-env" bin
# away: leaves a process where no group and no parent leads to it
cat >away <<'END'
trap '' TERM
(setsid sh -c 'trap "" TERM; exec sleep 600' &)
END
cat >bin/spiff-status <<END
#!/bin/sh
. $work/away
exec sleep 0.3
END
chmod +x bin/spiff-status
PATH=$work/bin:$PATH
SPIFF_WWW=$work/www
SPIFF_HOOKS=$work/hooks
export SPIFF_WWW SPIFF_HOOKS
mkdir hooks
for h in started built 'done'; do
	printf '#!/bin/sh\n. %s/away\nexec sleep 0.2\n' "$work" >hooks/$h
	chmod +x hooks/$h
done

# round SIGNAL MOMENT: what is started is under way at most moments
round() {
	fresh
	for p in a b c; do
		{
			cat away
			echo 'sleep 0.3'
		} >how/$p-1_1.x86_64
		job $p-1_1
	done
	echo hello >spool/new/r
	[ -z "$as" ] || chown -R 65534 .
	$as spiff-run >>log 2>&1 &
	run=$!
	sleep "$2"
	kill -s "$1" "$run"
	# until it says otherwise, what a shell begins in the background ignores INT
	n=0
	while [ "$1" = INT ] && readlink "/proc/$run/exe" >/dev/null; do
		sleep 0.05
		n=$((n + 1))
		[ $((n % 40)) -ne 0 ] || kill -s INT "$run"
	done
	wait "$run" 2>/dev/null
	await ended || {
		echo "# left by $1 after $2 s:"
		left >stray
		sed 's/^/# /' stray
		while read -r pid rest; do
			kill -9 "$pid"
		done <stray
		return 1
	}
}

seed=${SEED-$(date +%s)}
rounds=${ROUNDS-3}
rounds_of() {
	for sig in KILL TERM INT; do
		failed=''
		for moment in $(awk -v s="$seed" -v n="$rounds" 'BEGIN {
			srand(s)
			while (n-- > 0)
				printf "%.3f\n", 1.2 * rand()
		}'); do
			round $sig "$moment" || failed="$failed $moment"
		done
		is "$1: $rounds rounds of $sig from seed $seed leave nothing" "$failed" ''
	done
}
as=
rounds_of 'as this user'
if [ "$(id -u)" -eq 0 ] && setpriv --reuid 65534 --clear-groups true 2>/dev/null; then
	as='setpriv --reuid 65534 --clear-groups'
	SPIFF_CACHE=$work/cache2
	rounds_of 'as another user'
else
	skip 'as another user' 'not root'
fi
plan

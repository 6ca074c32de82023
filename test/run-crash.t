#!/bin/sh
# kill -9 at random moments: spiff-enqueue, spiff-run, spiff-index and the builder,
# while a small graph goes from nothing to the index. Afterwards every job is in
# done/ alone, every package in the index, once, with its hash, tmp/ and incoming/
# are empty, and no process is left. ROUNDS and SEED in the environment for more,
# or for the same again; every fiftieth seed has spiff-build build indeed.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/peace.sh
. "$test/lib/peace.sh"

SPIFF_SPOOL=$work/spool SPIFF_REPO=$work/repo SPIFF_ARCH=x86_64
SPIFF_HOST=x86_64 SPIFF_SLOTS=3 SPIFF_PAUSE=0 SPIFF_DISTDIR=$work/void-packages
SPIFF_HOSTDIR=$work/hostdir
SPIFF_MASTERDIR=$work/masterdir
export SPIFF_SPOOL SPIFF_REPO SPIFF_ARCH SPIFF_HOST SPIFF_SLOTS SPIFF_PAUSE \
	SPIFF_DISTDIR SPIFF_HOSTDIR SPIFF_MASTERDIR SPIFF_BUILD
cp -R "$test/void-packages" .
asked='welcome soup'

# fresh: an empty spool and an empty repository
fresh() {
	rm -rf repo log ready.twice
	spool
	mkdir repo
}

# microseconds COMMAND...: sets took
microseconds() {
	took_from=$(date +%s%N)
	"$@" >>log 2>&1
	took=$((($(date +%s%N) - took_from) / 1000))
}

# wrong: says what is not as it should be once all that was started has ended
wrong() {
	await ended || echo 'a process'
	for j in $jobs; do
		set -- spool/*/"$j"
		[ "$*" = "spool/done/$j" ] || echo "job: $j: $*"
	done
	spiff-index -l repo | cut -f 1 >have
	for j in $jobs; do
		grep -qx "${j%.*}" have || echo "not in the index: $j"
	done
	untidy
	grep '^added' log | sort | uniq -d
	[ ! -e ready.twice ] || echo 'a job built twice at a time'
}

# round SEED: harm, and then the end in peace
round() {
	fresh
	SPIFF_BUILD=$top/build/test/deliver most=$run
	[ $(($1 % 50)) -ne 0 ] || SPIFF_BUILD=$top/bin/spiff-build most=$built
	# half of the requests are files, that spiff-run has spiff-enqueue read
	if [ $(($1 % 2)) -eq 0 ]; then
		# shellcheck disable=SC2086
		harm "$1" "$enqueue" spiff-enqueue $asked >>log 2>&1
	fi
	echo "$asked" | tr ' ' '\n' >spool/tmp/request
	mv spool/tmp/request spool/new
	harm "$1" "$most" spiff-run -1 >>log 2>&1
	harm "$(($1 + 1))" "$most" spiff-run -1 >>log 2>&1
	# what was killed too often fails, until somebody moves it
	for _ in 1 2 3; do
		mv spool/fail/*.x86_64 spool/fail/request spool/new 2>/dev/null
		spiff-run -1 >>log 2>&1 && break
	done
	wrong >bad
}

# how long it takes unharmed, with what is evaluated and copied once
fresh
# shellcheck disable=SC2086
spiff-enqueue $asked >/dev/null
jobs=$(ls spool/new)
mkdir ready
for j in $jobs; do
	echo "$j $(sed -n "s/^makes //p" "spool/new/$j" | grep -vxF -e "${j%-*}" | tr '\n' ' ')"
done | mkready ready
fresh
# shellcheck disable=SC2086
microseconds spiff-enqueue $asked
enqueue=$took
SPIFF_BUILD=$top/build/test/deliver
microseconds spiff-run -1
run=$took
fresh
# shellcheck disable=SC2086
spiff-enqueue $asked >/dev/null
SPIFF_BUILD=$top/bin/spiff-build
microseconds spiff-run -1
built=$took
is 'unharmed, all is well' "$(wrong)" ''

failed=
seed=${SEED-$(date +%s)}
rounds=0
while [ $rounds -lt "${ROUNDS-15}" ]; do
	round $((seed + rounds))
	[ ! -s bad ] || {
		failed="$failed $((seed + rounds))"
		echo "# SEED=$((seed + rounds)) ROUNDS=1"
		sed 's/^/# /' bad log
	}
	rounds=$((rounds + 1))
done
is "$rounds rounds of kill -9 from seed $seed" "$failed" ''

plan

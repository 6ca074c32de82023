#!/bin/sh
# Two schedulers on one spool: when the one that works is killed, the one that
# waits goes on, and nothing is lost, nor built or indexed twice. TAKEOVERS in the
# environment for more in a row than 5, SEED for the same again.
. "$(dirname "$0")/lib/lib.sh"

SPIFF_SPOOL=$work/spool SPIFF_REPO=$work/repo SPIFF_ARCH=x86_64
SPIFF_HOST=x86_64 SPIFF_SLOTS=3 SPIFF_PAUSE=0
SPIFF_BUILD=$top/build/test/deliver
export SPIFF_SPOOL SPIFF_REPO SPIFF_ARCH SPIFF_HOST SPIFF_SLOTS SPIFF_PAUSE \
	SPIFF_BUILD
takeovers=${TAKEOVERS-5}
seed=${SEED-$(date +%s)}
holder='' standby=''
cleanup() {
	for p in $holder $standby; do
		kill -9 "$p"
	done 2>/dev/null
	wait
}

# standby: one more that waits for the lock
standby() {
	spiff-run -w >>log 2>&1 &
	standby=$!
}

holds() {
	grep -q "^process $1 " spool/lock 2>/dev/null
}

# names: of four jobs for each takeover, each line with what it needs
awk -v n="$takeovers" 'BEGIN {
	for (i = 0; i <= n; i++) {
		for (k = 1; k <= 4; k++)
			printf "t%d-1_1.x86_64 t%d-1_1.x86_64\n", 4 * i + k,
				4 * i + k - 3
	}
}' >names
mkdir ready repo
spool
cut -d ' ' -f 1 names | mkready ready

# put I: the jobs of that takeover into new/
put() {
	sed -n "$((4 * $1 + 1)),$((4 * $1 + 4))p" names |
		while read -r job need; do
			{
				echo "pkgver ${job%.*}"
				echo 'arch x86_64'
				[ ! -e "ready/$need" ] || echo "needs $need"
			} >"spool/tmp/$job"
			mv "spool/tmp/$job" spool/new
		done
}

: >log
standby
holder=$standby
await holds "$holder"
i=0
longest=0
awk -v seed="$seed" -v n="$takeovers" 'BEGIN {
	srand(seed)
	while (n-- > 0)
		printf "%.3f\n", 0.06 * rand()
}' >moments
while read -r moment; do
	standby
	put "$i"
	sleep "$moment"
	from=$(date +%s%N)
	kill -9 "$holder"
	until holds "$standby"; do
		sleep 0.005
	done
	took=$((($(date +%s%N) - from) / 1000000))
	[ $took -le $longest ] || longest=$took
	wait "$holder" 2>/dev/null
	holder=$standby standby=
	i=$((i + 1))
done <moments
put "$i"
all() {
	[ "$(find spool/done -type f | wc -l)" -eq "$(wc -l <names)" ]
}
await all
ok $? "$takeovers takeovers from seed $seed: all is built"
echo "# the longest took $longest ms"
idle() {
	[ -z "$(find spool/incoming spool/tmp -mindepth 1 ! -name .lock)" ]
}
await idle
ok $? 'and no more than that is left'
kill "$holder"
wait "$holder"
is 'the last one ends with 0' $? 0
holder=
is 'each job is in done/ alone' "$(find spool/new spool/wait spool/ready \
	spool/run spool/built spool/fail spool/cancel -type f)" ''
is 'each package was added to the index once' \
	"$(grep '^added' log | sort | uniq -d)" ''
is 'and is there' "$(spiff-index -l repo | wc -l)" "$(wc -l <names)"
check 'with its hash' spiff-index -v repo
check 'no job was built twice at a time' [ ! -e ready.twice ]

plan

#!/bin/sh
# System calls that fail: in a small run of spiff-run one call of one program fails,
# another one in each round. No program crashes or hangs, nothing is lost, and the next
# run builds what is left. FAULTS=all has each call fail once, one after the other;
# FAULTS=N so many of each program, chosen by SEED; FROM the first of all. PROGRAMS for
# some of them.
. "$(dirname "$0")/lib/lib.sh"

SPIFF_SPOOL=$work/spool SPIFF_REPO=$work/repo SPIFF_ARCH=x86_64 SPIFF_HOST=x86_64
SPIFF_SLOTS=2 SPIFF_PAUSE=0 SPIFF_DISTDIR=$work/void-packages
SPIFF_READY=$work/ready SPIFF_BUILD=$top/build/test/deliver SPIFF_HOOKS=$work/hooks
export SPIFF_SPOOL SPIFF_REPO SPIFF_ARCH SPIFF_HOST SPIFF_SLOTS SPIFF_PAUSE \
	SPIFF_DISTDIR SPIFF_READY SPIFF_BUILD SPIFF_HOOKS
cp -R "$test/void-packages" .
cp "$top/build/test/faults.so" .
# these begin what lies beside them; no library is preloaded into what is static
mkdir bin
for program in run index enqueue receive status clean; do
	cp "$top/bin/spiff-$program" bin
done
cp "$top/build/test/spiff-cell" bin
PATH=$work/bin:$PATH
mkdir hooks ready
printf '#!/bin/sh\n' >hooks/built
chmod +x hooks/built
# receive: the same through spiff-receive, as from another machine
cat >receive <<'END'
#!/bin/sh
cd "$SPIFF_SPOOL/../ready/$SPIFF_JOB" || exit 111
{
	sed "s/^try .*/try $SPIFF_TRY/" manifest
	cat -- *.xbps
} | spiff-receive "$SPIFF_JOB" "$SPIFF_TRY" || exit 111
END
chmod +x receive
asked=bye
jobs='a-1_1.x86_64 b-1_1.x86_64'
made=$(spiff-deps $asked | awk -F '\t' '{ print $1 "." $2 }')
# shellcheck disable=SC2086
printf '%s\n' $jobs $made | mkready ready

# fresh: a request, and two jobs, one of which needs the other
fresh() {
	rm -rf repo
	spool
	mkdir repo
	echo $asked >spool/new/r
	printf 'pkgver a-1_1\narch x86_64\n' >spool/new/a-1_1.x86_64
	printf 'pkgver b-1_1\narch x86_64\nneeds a-1_1.x86_64\n' >spool/new/b-1_1.x86_64
	# what spiff-clean removes
	printf 'pkgver a-0_1\narch x86_64\n' >spool/done/a-0_1.x86_64
	: >spool/log/a-0_1.x86_64.log.gz
	touch -d '2 years ago' spool/done/a-0_1.x86_64 spool/log/a-0_1.x86_64.log.gz
}

# faulty VARIABLE=VALUE...: a run in which calls fail as these say; it is killed if it
# does not end
faulty() {
	printf '%s\n' "$@" FAULT_HIT="$work/hit" >faults.so.conf
	LD_PRELOAD="$work/faults.so" \
		ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 \
		timeout -k 5 300 $victim >>log 2>&1
}

# harm PROGRAM: chooses a run in which it is begun
harm() {
	SPIFF_BUILD=$top/build/test/deliver SPIFF_WWW='' victim='spiff-run -1'
	case $1 in
	spiff-receive) SPIFF_BUILD=$work/receive ;;
	spiff-status) SPIFF_WWW=$work/www ;;
	spiff-clean) victim='spiff-clean' ;;
	esac
	export SPIFF_BUILD SPIFF_WWW
}

# wrong STATUS: says what is not as it should be after a run that ended so, and after
# the next
wrong() {
	case $1 in
	0 | 1 | 111) ;;
	*) echo "exit status $1" ;;
	esac
	! grep -aE 'signal (4|6|7|8|11) |AddressSanitizer|runtime error' log
	timeout -k 5 300 spiff-run -1 >>log 2>&1 || echo "the next run: exit status $?"
	rm -f spool/done/a-0_1.x86_64
	for j in $jobs $made; do
		set -- spool/*/"$j"
		[ "$*" = "spool/done/$j" ] || echo "job: $j: $*"
	done
	spiff-index -l repo | cut -f 1 >have
	for j in $jobs $made; do
		grep -qx "${j%.*}" have || echo "not in the index: $j"
	done
	spiff-index -v repo 2>&1 || echo 'a package without its hash'
	find spool/tmp spool/incoming spool/new spool/fail -mindepth 1 ! -name .lock
	[ ! -e ready.twice ] || echo 'a job built twice at a time'
}

# round PROGRAM N: 1 when there are not so many calls
round() {
	fresh
	rm -f hit log
	faulty FAULT_PROGRAM="$1" FAULT_AT="$2" FAULT_ONCE=1
	wrong $? >bad
	[ ! -s bad ] || {
		failed="$failed $1:$2"
		echo "# PROGRAMS=$1 FROM=$2 FAULTS=1: $(cat hit 2>/dev/null)"
		sed 's/^/# /' bad
		sed 's/^/#	/' log
	}
	[ -e hit ]
}

harm none
fresh
: >log
faulty FAULT_PROGRAM=none
wrong $? >bad
is 'without a fault, all is well' "$(cat bad)" ''

seed=${SEED-$(date +%s)}
for program in ${PROGRAMS-spiff-run spiff-index spiff-cell spiff-enqueue \
	spiff-receive spiff-status spiff-clean}; do
	failed='' n=0
	harm "$program"
	if [ "${FAULTS-}" = all ]; then
		n=$((${FROM-1} - 1))
		while round "$program" $((n + 1)); do
			n=$((n + 1))
		done
	elif [ -n "${FROM-}" ]; then
		while [ $n -lt "${FAULTS-1}" ]; do
			round "$program" $((FROM + n))
			n=$((n + 1))
		done
	else
		# as many as there are: more calls than those of one run fail none
		fresh
		rm -f hit
		faulty FAULT_PROGRAM="$program" FAULT_TIMES=0 FAULT_COUNT="$work/count"
		calls=$(cat count 2>/dev/null || echo 0)
		rm -f count
		for i in $(awk -v s="$seed" -v n="${FAULTS-10}" -v max="$calls" 'BEGIN {
			srand(s)
			while (n-- > 0)
				print int(rand() * max) + 1
		}'); do
			# what is not always called may not have been reached
			round "$program" "$i" && n=$((n + 1))
		done
	fi
	is "$program: $n calls that fail, from seed $seed" "$failed" ''
	check "$program: there were such calls" [ "$n" -gt 0 ]
done
harm none

# answers of a file server that are lost: the call is made, and then made again
n=0
for state in wait ready run built; do
	n=$((n + 1))
	fresh
	rm -f hit log
	faulty FAULT_PROGRAM=spiff-run FAULT_KIND=rename FAULT_PATH=a-1_1 \
		FAULT_AT=$n FAULT_ERROR=2 FAULT_LATE=1
	wrong $? >bad
	[ ! -s bad ] || sed 's/^/# /' bad log
	is "a job comes to $state/, and the answer is lost" "$(cat bad)" ''
	is 'it is built once' "$(sed -n 's/^tries //p' spool/done/a-1_1.x86_64)" 1
done
failed=
for n in 1 2 3 4 5 6; do
	fresh
	rm -f hit log
	faulty FAULT_PROGRAM=spiff-index FAULT_KIND=rename FAULT_AT=$n FAULT_ERROR=2 \
		FAULT_LATE=1 FAULT_ONCE=1
	wrong $? >bad
	[ ! -s bad ] || {
		failed="$failed $n"
		sed 's/^/# /' bad hit log
	}
done
is 'the same of renames by spiff-index' "$failed" ''

# a manifest that cannot be read for a while
fresh
rm -f hit log
faulty FAULT_PROGRAM=spiff-run FAULT_KIND=open FAULT_PATH=a-1_1.x86_64/manifest \
	FAULT_TIMES=2
is 'a manifest that cannot be read for a while: the run ends well' "$?" 0
check 'it was not' [ "$(wc -l <hit)" -eq 2 ]
is 'it is read again, and the build counts' "$(sed -n 's/^tries //p' \
	spool/done/a-1_1.x86_64)" 1

# a lock that a file server has given to another
fresh
rm -f hit log
faulty FAULT_PROGRAM=spiff-run FAULT_KIND=lock FAULT_AT=3
is 'a scheduler whose lock is lost ends' "$?" 111
has 'and says so' log 'spool/lock: lost'
timeout -k 5 300 spiff-run -1 >>log 2>&1
is 'and the next one goes on' "$?" 0
# moments PROGRAM: calls by which that program looks at its locks
moments() {
	fresh
	rm -f count
	faulty FAULT_PROGRAM="$1" FAULT_KIND=lock FAULT_TIMES=0 FAULT_COUNT="$work/count"
	awk -v s="$seed" -v n="${LOCKS-8}" -v max="$(cat count)" 'BEGIN {
		srand(s)
		while (n-- > 0)
			print int(rand() * max) + 1
	}'
}
failed=
for i in $(moments spiff-run); do
	fresh
	rm -f hit log
	faulty FAULT_PROGRAM=spiff-run FAULT_KIND=lock FAULT_AT="$i"
	status=$?
	# others move jobs to these states only on behalf of spiff-run
	[ ! -e hit ] || {
		[ $status -eq 111 ] || echo "exit status $status"
		find spool/wait spool/ready spool/run spool/fail spool/cancel -type d \
			-newer hit
	} >bad
	wrong 0 >>bad
	[ ! -s bad ] || {
		failed="$failed $i"
		sed 's/^/# /' bad log
	}
done
is 'it touches nothing more, whenever that is' "$failed" ''
failed=
for i in $(moments spiff-index); do
	fresh
	rm -f hit log
	faulty FAULT_PROGRAM=spiff-index FAULT_KIND=lock FAULT_AT="$i" FAULT_ONCE=1
	wrong $? >bad
	[ ! -s bad ] || {
		failed="$failed $i"
		sed 's/^/# /' bad log
	}
done
is 'the same of spiff-index' "$failed" ''
plan

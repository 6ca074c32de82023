#!/bin/sh
# A spool in which a job cannot be moved for a while: its file does not grow, and spiff-run
# ends when it is told to; the next one goes on.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"
cp "$top/build/test/faults.so" .
export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0

# unmovable ERROR: starts spiff-run, which fails with this error to move the job a-1_1 out
# of run/
unmovable() {
	# the moves to wait/, ready/ and run/ are the first three
	printf '%s\n' FAULT_PROGRAM=spiff-run FAULT_KIND=rename FAULT_PATH=a-1_1.x86_64 \
		FAULT_AT=4 FAULT_TIMES=1000000 "FAULT_ERROR=$1" \
		"FAULT_HIT=$work/hit" >faults.so.conf
	rm -f hit
	LD_PRELOAD=$work/faults.so spiff-run >>log 2>&1 &
	run=$!
	runs="$runs $run"
}
failures() { [ "$(cat hit 2>/dev/null | wc -l)" -ge "$1" ]; }

# no space left
fresh
: >log
job a-1_1
unmovable 28
await failures 1
size=$(wc -c <spool/run/a-1_1.x86_64)
await failures 4
is 'the file of a job that cannot be moved does not grow' \
	"$(wc -c <spool/run/a-1_1.x86_64)" "$size"
kill "$run"
wait "$run"
is 'spiff-run ends when it is told to' $? 0
is 'the job stays where it is' "$(where a-1_1)" 'run '
exits 0 'the next one' spiff-run -1
is 'files it' "$(where a-1_1)" 'done '
is 'and has not built it again' "$(grep -c a-1_1 begun)" 1

# a file system that can only be read, while the build goes on
fresh
echo 'exec sleep 600' >how/a-1_1.x86_64
job a-1_1
unmovable 30
await begun a-1_1
kill "$run"
wait "$run"
is 'also while the build goes on' $? 0
rm how/a-1_1.x86_64
exits 0 'the next one' spiff-run -1
is 'builds it anew' "$(where a-1_1)" 'done '

plan

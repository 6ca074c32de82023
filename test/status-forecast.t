#!/bin/sh
# How long what is left will take: in replays of random runs, and from spools.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/spool.sh"

# each build takes more or less than the last time, all of a run do, and one in
# ten was never built
for SPIFF_SLOTS in 1 4 16; do
	export SPIFF_SLOTS
	for seed in 1 2 3 4; do
		sim -g 150 -s $seed >graph
		SPIFF_REPO=none eta -n 10 -b 15 -u 10 -s $seed 5 <graph
		rm -rf spool.*
	done >out
	good=$(awk '$1 <= 20' out | wc -l)
	echo "# $SPIFF_SLOTS slots: $good of $(wc -l <out) ends foretold within 20%"
	is "each run has an end, $SPIFF_SLOTS slots" "$(wc -l <out)" 20
	within "after a tenth of it, it is known, $SPIFF_SLOTS slots" 16 "$good" 20
done

SPIFF_SLOTS=1
# took NAME SECONDS: the build of an earlier version
took() {
	job 'done' "$1-0_1" 'started 1000' "ended $((1000 + $2))"
}

# foretold [FLAG]...: the table's line, without the time of day
foretold() {
	$scheduled spiff-status "$@" | sed -n 's/, until [0-9: -]*//; /to go/p' |
		sed 's/; [0-9]* in the last hour//; s/^[0-9]* built, //'
}

now=$(date +%s) asked=$now
scheduled=
spool
check 'nothing to say of an empty spool' [ -z "$(foretold)" ]
job fail bad-1_1
check 'nor of one where nothing moves' [ -z "$(foretold)" ]
took a 100
took b 20
took c 3
took d 50
job wait a-1_1 'needs b-1_1.x86_64'
job ready b-1_1
job ready c-1_1
job new d-1_1 'needs c-1_1.x86_64'
is 'one after the other' "$(foretold)" '4 to go in 2m53s'
is 'side by side, the longest chain first' "$(foretold -j 2)" '4 to go in 2m00s'
is 'slots of another architecture' "$(foretold -j aarch64=9)" '4 to go'
job wait e-1_1 'needs bad-1_1.x86_64'
job wait f-1_1 'needs e-1_1.x86_64' 'needs d-1_1.x86_64'
is 'what waits in vain does not count' "$(foretold)" \
	'4 to go in 2m53s, 2 blocked'
rm spool/wait/[ef]*
rm spool/done/d-*
is 'an unknown time is the mean of the others' "$(foretold)" \
	'4 to go in 2m44s'
rm spool/done/* spool/fail/*
is 'and none is told if all are unknown' "$(foretold)" '4 to go, time unknown'
took a 100
is 'at least what is known if most are not' "$(foretold)" \
	'4 to go in at least 1m40s'

# Packages that were never built, with the guesses that their jobs have; of others that
# were built, guess and seconds; what is foretold then.
while IFS='	' read -r what guesses built wanted; do
	spool
	for g in $guesses; do
		job ready "g$g-1_1" "guess $g"
	done
	for b in ${built#-}; do
		job 'done' "b${b%/*}-1_1" "guess ${b%/*}" 'started 1000' \
			"ended $((1000 + ${b#*/}))"
	done
	is "$what" "$(foretold)" "$wanted"
done <<'END'
guesses are taken for times	100 20 3	-	3 to go in about 2m03s
builds that take twice their guess make others do	100 20	400/860	2 to go in about 4m00s
or half	100 20	400/170	2 to go in about 1m00s
a few short ones say little	100 20	2/10	2 to go in about 2m14s
however far off they were	100	1/1000000	1 to go in about 33m20s
END
job ready k-1_1
took k 500
is 'with times that are known they are added up' "$(foretold)" \
	'2 to go in 41m40s'

now=$(date +%s) asked=$now
spool
took a 1000
took b 1000
job run a-1_1 "started $((now - 581))"
is 'what a build has taken so far counts' "$(foretold | sed 's/m.*/m/')" \
	'1 to go in 6m'
job run a-1_1 "started $((now + 7200))"
is 'one that begins later than now, by the clock of another machine, has all left' \
	"$(foretold | sed 's/m.*/m/')" '1 to go in 16m'
job run a-1_1 "started $((now - 3000))"
is 'one that should be over and has no scheduler is begun anew' \
	"$(foretold | sed 's/m.*/m/')" '1 to go in 16m'
scheduled='holding spool/lock'
is 'with one it goes on for a while' \
	"$(foretold | sed 's/m.*/m/')" '1 to go in 5m'
job built b-1_1 "started $((now - 10))" "ended $now"
is 'one that is built does not' "$(foretold | sed 's/m.*/m/')" '2 to go in 5m'
spiff-status >out
has 'what was built since is told' out '2 built, 2 to go'
has 'and the last hour' out '; 2 in the last hour'

# builds of this run, and what they took the time before
now=$(date +%s) asked=$now
spool
seq 20 | while read -r i; do
	job 'done' "b$i-1_1" 'started 1000' 'ended 1100'
	job 'done' "b$i-2_1" "started $((now - 250))" "ended $((now - 100))"
	job 'done' "other$i-2_1" "started $((now - 950))" "ended $((now - 100))"
done
took a 100
took c 200
job ready a-1_1 "asked $((now - 500))"
is 'builds that take half as long again make others do' "$(foretold)" \
	'1 to go in 2m30s'
job ready c-1_1 "asked $((now - 50))"
rm spool/ready/a*
is 'those of an earlier run do not' "$(foretold)" '1 to go in 3m20s'
plan

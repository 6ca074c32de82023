#!/bin/sh
# Logs that cannot be packed: spiff-run says so, the log stays as it was written,
# and the queue goes on.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

# several STEP: how builds of these jobs begin, which all write a log
several() {
	for p in a b c; do
		echo "echo built $p; $1" >how/$p-1_1.x86_64
		job $p-1_1
	done
}

fresh
mkdir spool/log/a-1_1.x86_64.log.gz spool/log/b-1_1.x86_64.log.gz
several :
exits 0 'directories where packed logs would be' spiff-run -1
is 'all is built' "$(where a-1_1)$(where b-1_1)$(where c-1_1)" 'done done done '
has 'what is in the way is named' err 'spool/log/a-1_1.x86_64.log.gz: Is a directory'
is 'such logs stay plain' "$(cat spool/log/a-1_1.x86_64.log \
	spool/log/b-1_1.x86_64.log)" 'built a
built b'
is 'the others are packed' "$(gzip -dc spool/log/c-1_1.x86_64.log.gz)" 'built c'
is 'nothing is left of the attempt' "$(find spool/log -name '*.tmp')" ''
rmdir spool/log/a-1_1.x86_64.log.gz
exits 0 'the next run' spiff-run -1
is 'packs what it can' "$(gzip -dc spool/log/a-1_1.x86_64.log.gz)" 'built a'

# many logs at a time are synced together, and then found to be gone
fresh
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	# shellcheck disable=SC2016
	echo '[ "$SPIFF_SLOT" -gt 1 ] || find spool/log -type f -delete' \
		>"how/p$i-1_1.x86_64"
	job "p$i-1_1"
done
exits 0 'logs that are removed while builds end' spiff-run -1
is 'all is built' "$(find spool/done -type f | wc -l)" 40

# one job's log is that job's trouble
fresh
mkdir spool/log/a-1_1.x86_64.log
job a-1_1
job b-1_1
ln -s /dev/full spool/log/c-1_1.x86_64.log
job c-1_1
exits 1 'logs that cannot be begun' spiff-run -1
is 'hold up no other job' "$(where a-1_1)$(where b-1_1)$(where c-1_1)" 'fail done fail '
is 'are tried three times' "$(attr a-1_1 fail tries)$(attr c-1_1 fail tries)" 33
is 'and named' "$(attr a-1_1 fail class): $(attr a-1_1 fail reason)" \
	'machine: log/a-1_1.x86_64.log cannot be written'
rmdir spool/log/a-1_1.x86_64.log
mv spool/fail/a-1_1.x86_64 spool/new
spiff-run -1 2>err
is 'the job is built once that is mended' "$(where a-1_1)" 'done '

if [ "$(id -u)" -eq 0 ] && setpriv --reuid 65534 --clear-groups true 2>/dev/null
then
	as='setpriv --reuid 65534 --clear-groups'
else
	as=
fi
if [ "$(id -u)" -eq 0 ] && [ -z "$as" ]; then
	skip 'a directory of logs that cannot be written' 'root may write to all'
else
	fresh
	several 'until [ -e go ]; do sleep 0.05; done'
	rm -f go
	[ -z "$as" ] || chown -R 65534 .
	# shellcheck disable=SC2086
	$as spiff-run -1 -j 3 >out 2>err &
	run=$!
	runs="$runs $run"
	for p in a b c; do
		await begun $p-1_1
	done
	chmod 555 spool/log
	: >go
	wait "$run"
	is 'a directory of logs that cannot be written' $? 0
	is 'stops no job' "$(where a-1_1)$(where b-1_1)$(where c-1_1)" \
		'done done done '
	has 'is named' err 'spool/log/a-1_1.x86_64.log.gz: Permission denied'
	chmod 755 spool/log
fi
plan

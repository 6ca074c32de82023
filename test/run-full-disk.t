#!/bin/sh
# A full disk, and a repository that cannot be written to: spiff-run says so, goes
# on, and loses nothing; the site has no parts of pages.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

fresh
: >notadir
SPIFF_REPO=$work/notadir/repo
job a-1_1
exits 111 'a repository that cannot be made' spiff-run -1
is 'the job is built' "$(where a-1_1)" 'built '
check 'and delivered' [ -s spool/incoming/a-1_1.x86_64/manifest ]
rm notadir && mkdir notadir
exits 0 'later it is taken in' spiff-run -1
is 'without another build' "$(where a-1_1)$(wc -l <begun)" 'done 1'
SPIFF_REPO=$work/repo

fresh
SPIFF_BUILD=$work/none
job a-1_1
exits 111 'a builder that cannot be started' timeout 60 spiff-run -1
is 'the job is ready' "$(where a-1_1)" 'ready '
SPIFF_BUILD=$work/builder

# too few open files to look at the spool
fresh
SPIFF_BUILD=$work/none
job a-1_1
wrong=
files=10
while lies new a-1_1 && [ $files -lt 100 ]; do
	(
		# shellcheck disable=SC3045
		ulimit -n $files
		exec timeout 60 spiff-run -1
	) >out 2>&1
	status=$?
	case $status in
	111 | 127) ;;
	*) wrong="$wrong $files:$status" ;;
	esac
	files=$((files + 1))
done
is 'with few open files spiff-run says that it failed' "$wrong" ''
is 'and nothing fails by that' "$(where a-1_1)" 'ready '
SPIFF_BUILD=$work/builder

# the spool alone on a small file system
if ! { mkdir small && mount -t tmpfs -o size=400k none small 2>/dev/null; }; then
	skip 'a full disk' 'no right to mount'
	plan
	exit
fi
unmount() {
	umount small
}
cleanup() {
	for p in $runs; do
		kill "$p" 2>/dev/null
	done
	wait
	unmount
}
fresh
rm -r spool
SPIFF_SPOOL=$work/small/spool
(cd small && spool)
ln -s small/spool spool
# a try goes on when it has taken a file away
go() { touch go.a-1_1.x86_64 go.b-1_1.x86_64; }
cat >how/a-1_1.x86_64 <<'END'
echo one
until rm "go.$SPIFF_JOB" 2>/dev/null; do sleep 0.05; done
echo two
END
cp how/a-1_1.x86_64 how/b-1_1.x86_64
spoilt() { [ "$(grep -c ': again in 1 s$' log)" -eq 2 ]; }
again() { [ "$(wc -l <begun)" -eq 4 ]; }
SPIFF_PAUSE=1
background
job a-1_1
job b-1_1
job c-1_1 b-1_1
await begun a-1_1
await begun b-1_1
mkdir spool/new/bad
dd if=/dev/zero of=small/filler bs=4k 2>/dev/null
go
await spoilt
has 'a full disk is said' log 'No space left'
await again
ok $? 'spiff-run goes on'
is 'no job is lost' "$(find spool/ -name '[abc]-1_1.x86_64' -type f | wc -l)" 3
rm small/filler
go
kill -HUP "$run"
await lies 'done' b-1_1 && await lies 'done' c-1_1
ok $? 'when there is space, all go on'
await [ -d spool/fail/bad ]
ok $? 'and what could not be explained is'
end

# and the site, the first time
SPIFF_SPOOL=$work/other
rm spool
spool
mv spool other
i=0
while [ $i -lt 200 ]; do
	i=$((i + 1))
	printf 'pkgver p%d-1_1\narch x86_64\nmakes p%d\n' $i $i \
		>other/wait/p$i-1_1.x86_64
done
rm -rf small/*
dd if=/dev/zero of=small/filler bs=4k count=40 2>/dev/null
exits 111 'a site that has no room' spiff-status -w small/www
has 'is an error' err 'No space left'
is 'that leaves no part of a page' "$(find small/www -name '*.html' \
	-exec grep -L '</html>' {} +)" ''
plan

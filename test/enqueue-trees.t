#!/bin/sh
# A job is built from the trees and for the repository that it was planned for, or
# not queued at all.
. "$(dirname "$0")/lib/lib.sh"

cp -R "$test/void-packages" tree
mkdir -p mine/srcpkgs
cp -R tree/srcpkgs/hello mine/srcpkgs/mine
sed -i 's/^pkgname=.*/pkgname=mine/' mine/srcpkgs/mine/template
SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 SPIFF_REPO=repo SPIFF_SPOOL=spool SPIFF_SLOTS=1
SPIFF_DISTDIR=$work/tree SPIFF_HOSTDIR=$work/hostdir SPIFF_MASTERDIR=$work/masterdir
export SPIFF_HOST SPIFF_ARCH SPIFF_REPO SPIFF_SPOOL SPIFF_SLOTS SPIFF_DISTDIR \
	SPIFF_HOSTDIR SPIFF_MASTERDIR

cleanup() {
	[ -z "${run-}" ] || { kill "$run" && wait "$run"; } 2>/dev/null
}

# queue: what is in new/
queue() {
	find spool/new -type f 2>/dev/null | sed 's,.*/,,' | sort | tr '\n' ' '
}

exits 0 'queued for an overlay' spiff-enqueue -D mine -D tree mine
before=$(queue)
exits 2 'spiff-run without it' spiff-run -1
has 'names both' err "spool: in use with SPIFF_DISTDIR=$work/mine:$work/tree, not with $work/tree as here"
is 'and builds nothing' "$(queue)" "$before"
exits 1 'what is queued without it' spiff-enqueue hello
has 'is refused' err "spool: in use with SPIFF_DISTDIR=$work/mine:$work/tree, not with $work/tree as here"
exits 1 'and shown as refused' spiff-enqueue -n hello
exits 1 'for another repository' spiff-enqueue -D mine -D tree -r other mine
has 'both are named' err "SPIFF_REPO=$work/repo, not with $work/other as here"
exits 1 'with another main repository' spiff-enqueue -D mine -D tree -R other mine
has 'both are named' err "SPIFF_REPOS=, not with $work/other as here"
is 'nothing was queued' "$(queue)" "$before"
exits 0 'the same trees by other names' \
	spiff-enqueue -D "$work/mine" -D "$work/tree" mine
exits 0 'spiff-run with them' env SPIFF_DISTDIR="$work/mine:tree" spiff-run -1
check 'builds it' [ -f repo/mine-1.0_1.x86_64.xbps ]
has 'it says on what it works' err \
	"spool spool, repository repo, trees $work/mine:tree, slots 1, builder local"

exits 0 'when the queue is empty others may come' spiff-enqueue bye
is 'they are queued' "$(queue | tr ' ' '\n' | grep bye)" bye-1.0_1.x86_64
exits 0 'and built' spiff-run -1

spiff-run 2>log &
run=$!
await grep -q 'builder local' log
await grep -q 'spiff-run: nothing to do: waits for files in spool/new' log
check 'with nothing to do, it says what it waits for' \
	grep -q 'nothing to do: waits for files in spool/new' log
exits 1 'nor are they while a spiff-run is there' spiff-enqueue -D mine -D tree -f mine
has 'it says so' err "not with $work/mine:$work/tree as here"
is 'nothing was queued' "$(queue)" ''
kill "$run" && wait "$run" 2>/dev/null
run=

# a job that is moved by hand is no way around
spiff-enqueue -D mine -D tree -f mine >out 2>&1
mv spool/new/mine-1.0_1.x86_64 spool/cancel/
spiff-enqueue bye >out 2>&1
has 'others may come, as nothing is queued' spool/settings "SPIFF_DISTDIR=$work/tree"
for to in new wait; do
	mv spool/cancel/mine-1.0_1.x86_64 spool/$to/
	exits 1 "a job of other trees that is moved to $to/" spiff-run -1
	is 'is not built' "$(ls spool/fail)" mine-1.0_1.x86_64
	exits 0 'it is asked why' spiff-status
	has 'both are named' out "stale: planned with SPIFF_DISTDIR=$work/mine:$work/tree, not with $work/tree as here: ask for it again"
	mv spool/fail/mine-1.0_1.x86_64 spool/cancel/
done
SPIFF_REPO=other spiff-enqueue seed >out 2>&1
mv spool/new/seed-1.0_1.x86_64 spool/cancel/
spiff-enqueue sprout >out 2>&1
mv spool/cancel/seed-1.0_1.x86_64 spool/new/
exits 1 'one for another repository' spiff-run -1
has 'fails too' spool/fail/seed-1.0_1.x86_64 \
	"reason planned with SPIFF_REPO=$work/other, not with $work/repo as here"
exits 0 'it is asked for again' spiff-enqueue sprout
exits 0 'and built' spiff-run -1
check 'with what had waited for it' [ -f repo/sprout-1.0_1.x86_64.xbps ]

# spiff-status -y asks the spool first
spool
printf 'pkgver mine-1.0_1\narch x86_64\nmakes mine\nclass package\nreason no compiler\n' \
	>spool/fail/mine-1.0_1.x86_64
exits 1 'why a package without a template is not built' spiff-status -y mine
has 'its job says' out 'no compiler'
has 'and that the template is not there' out "no template in $work/tree makes it"
exits 1 'without any tree' env SPIFF_DISTDIR=nowhere spiff-status -y mine
has 'its job says all the same' out 'no compiler'
exits 1 'a name that is mistyped' spiff-status -y Hello
has 'the right one is told' out 'did you mean hello?'
exits 1 'it is told of operands too' spiff-enqueue Hello
has 'by name' err 'Hello: no template makes it: did you mean hello?'

plan

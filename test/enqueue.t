#!/bin/sh
# spiff-enqueue: plans go into the spool whole or not at all.
. "$(dirname "$0")/lib/lib.sh"

cp -R "$test/void-packages" tree
export SPIFF_DISTDIR=tree SPIFF_HOST=x86_64 SPIFF_REPO=repo SPIFF_SPOOL=spool

# jobs DIR...: the names in these states, one line
jobs() {
	for jobs_state; do
		ls "spool/$jobs_state"
	done | tr '\n' ' '
}

# bump NAME VERSION: gives a template another version
bump() {
	sed "s/^version=.*/version=$2/" "tree/srcpkgs/$1/template" >template
	mv template "tree/srcpkgs/$1/template"
}

exits 0 'showing' spiff-enqueue -n hello
is 'says what would be queued' "$(tr '\t\n' ' ,' <out)" \
	'queued libgreet-1.0_1.x86_64,queued hello-1.0_1.x86_64,'
check 'and makes no spool' test ! -e spool

exits 0 'a plan' spiff-enqueue hello
is 'is queued, dependencies first' "$(tr '\t\n' ' ,' <out)" \
	'queued libgreet-1.0_1.x86_64,queued hello-1.0_1.x86_64,'
is 'the jobs are in new/' "$(jobs new)" \
	'hello-1.0_1.x86_64 libgreet-1.0_1.x86_64 '
is 'a job has what it takes' "$(grep -v '^asked\|^inputs\|^settings' spool/new/hello-1.0_1.x86_64)" \
	'pkgver hello-1.0_1
arch x86_64
host x86_64
makes hello
needs libgreet-1.0_1.x86_64
priority 0
tries 0
style gnu-makefile
guess 4
with libgreet-devel-1.0_1'
check 'and when it was asked for' grep -q '^asked [1-9][0-9]*$' \
	spool/new/hello-1.0_1.x86_64
is 'subpackages are made too' \
	"$(grep ^makes spool/new/libgreet-1.0_1.x86_64 | tr '\n' ' ')" \
	'makes libgreet makes libgreet-devel '
is 'nothing is left in tmp/' "$(jobs tmp)" ''

exits 0 'asked again' spiff-enqueue bye
is 'what is queued is kept' "$(grep libgreet out | tr '\t' ' ')" \
	'kept libgreet-1.0_1.x86_64'
exits 0 'with more priority' spiff-enqueue -p 5 hello
is 'it is told to the job' \
	"$(grep ^priority spool/new/libgreet-1.0_1.x86_64 | tail -n 1)" \
	'priority 5'

mv spool/new/libgreet-1.0_1.x86_64 spool/run/
mv spool/new/hello-1.0_1.x86_64 spool/wait/
bump libgreet 1.1
exits 0 'a newer version' spiff-enqueue hello
is 'takes the place of the one that builds' "$(tr '\t\n' ' ,' <out)" \
	'superseded libgreet-1.0_1.x86_64,queued libgreet-1.1_1.x86_64,kept hello-1.0_1.x86_64,'
is 'which is cancelled' "$(jobs cancel run)" 'libgreet-1.0_1.x86_64 '
has 'with the reason' spool/cancel/libgreet-1.0_1.x86_64 \
	'reason superseded by libgreet-1.1_1.x86_64'
has 'and its successor' spool/cancel/libgreet-1.0_1.x86_64 \
	'by libgreet-1.1_1.x86_64'
is 'the rest of the queue is untouched' "$(jobs wait)" 'hello-1.0_1.x86_64 '
bump libgreet 1.0
exits 0 'a template changed back' spiff-enqueue libgreet
check 'takes the place too' test -e spool/cancel/libgreet-1.1_1.x86_64
check 'and is queued again' test -e spool/new/libgreet-1.0_1.x86_64

mv spool/wait/hello-1.0_1.x86_64 spool/fail/
exits 0 'a failed one of which nothing is known' spiff-enqueue hello
check 'is queued once more' test -e spool/new/hello-1.0_1.x86_64

# failed CLASS: hello's only job failed so
failed() {
	rm -f spool/*/hello-*
	spiff-enqueue hello >out
	mv spool/new/hello-1.0_1.x86_64 spool/fail/
	printf 'class %s\nreason it broke\n' "$1" \
		>>spool/fail/hello-1.0_1.x86_64
}
# again NAME: asked for again, it is queued
again() {
	exits 0 "$1" spiff-enqueue hello
	has "$1: queued" out 'queued	hello-1.0_1.x86_64'
}
for class in package unavailable stopped; do
	failed $class
	exits 1 "failed before: $class" spiff-enqueue hello
	is "$class: it would fail again" "$(grep hello out)" \
		'failed	hello-1.0_1.x86_64'
	has "$class: which is said" err 'spiff-enqueue: hello-1.0_1.x86_64: '\
'failed, and nothing has changed since: it broke'
	is "$class: it stays" "$(ls spool/*/hello-*)" \
		spool/fail/hello-1.0_1.x86_64
done
for class in machine stale; do
	failed $class
	again "failed before: $class"
done
failed package
exits 1 'what needs a failed one' spiff-enqueue welcome
is 'is queued for the time when that is built' "$(grep 'hello\|welcome' out |
	tr '\t\n' ' ,')" 'failed hello-1.0_1.x86_64,queued welcome-1.0_1.x86_64,'
exits 1 'shown' spiff-enqueue -n hello
exits 0 'forced' spiff-enqueue -f hello
check 'it is queued' test -e spool/new/hello-1.0_1.x86_64
failed package
touch tree/srcpkgs/hello/template
exits 1 'a template that is only newer' spiff-enqueue hello
echo '# x' >>tree/srcpkgs/hello/template
again 'another template'
failed package
mkdir tree/srcpkgs/hello/patches
echo x >tree/srcpkgs/hello/patches/a.patch
again 'a patch'
failed package
chmod +x tree/srcpkgs/hello/patches/a.patch
again 'a mode'
failed package
rm -r tree/srcpkgs/hello/patches
again 'a patch less'
echo 'build_helper=" self-host"' >>tree/srcpkgs/hello/template
failed package
echo '# x' >>tree/common/build-style/gnu-makefile.sh
again 'another build style'
failed package
echo '# x' >>tree/common/build-helper/self-host.sh
again 'another build helper'
failed package
echo '# x' >>tree/common/build-style/recipe.sh
exits 1 'a build style of others' spiff-enqueue hello
failed package
mkdir -p over/srcpkgs
cp -R tree/srcpkgs/hello over/srcpkgs
rm -f spool/new/*
SPIFF_DISTDIR=over:tree
exits 1 'the same in an overlay' spiff-enqueue hello
echo '# y' >>over/srcpkgs/hello/template
again 'another template in an overlay'
rm -f spool/new/*
SPIFF_DISTDIR=tree
failed package
bump libgreet 1.2
again 'another version of a dependency'
bump libgreet 1.0
rm -f spool/*/*.x86_64
spiff-enqueue libgreet >out

find spool | sort >before
exits 3 'a cycle' spiff-enqueue seed chicken
exits 1 'a broken package' spiff-enqueue seed rusty
exits 1 'a restricted package' spiff-enqueue seed vault
exits 1 'no such package' spiff-enqueue seed nonesuch
exits 1 'no name' spiff-enqueue seed ../../etc/passwd
find spool | sort >after
check 'none of them changes the spool' cmp -s before after
exits 1 'what is sound goes in with -k' spiff-enqueue -k chicken rusty seed \
	nonesuch '../x'
is 'all of it and nothing else' "$(tr '\t' ' ' <out)" 'queued seed-1.0_1.x86_64'
has 'the others are named' err chicken
has 'the others are named' err rusty
has 'the others are named' err nonesuch
spool
exits 1 'all packages with -e, as far as they are sound' spiff-enqueue -ek
has 'packages' out 'queued	seed-1.0_1.x86_64'
has 'and others' out 'queued	hello-1.0_1.x86_64'
has 'what is not sound is named' err chicken
exits 2 'all and one' spiff-enqueue -e seed
has 'is refused' err '-e stands for all packages: no others'
exits 2 'no operand' spiff-enqueue
exits 2 'a priority that is none' spiff-enqueue -p high seed

# while its template is read, for the first time, a package comes into the
# repository: one that was building until then must not be built once more
cp -R tree slow
sed -i "1i [ -e $work/slow/srcpkgs/seed/go ] || { read -r _ <$work/slow/srcpkgs/seed/begun; read -r _ <$work/slow/srcpkgs/seed/going; }" \
	slow/srcpkgs/seed/template
mkfifo slow/srcpkgs/seed/begun slow/srcpkgs/seed/going
(
	SPIFF_DISTDIR=slow spiff-enqueue -s late/spool seed >late.out 2>late.err
) &
echo >slow/srcpkgs/seed/begun
mkdir -p made late
(
	cd made || exit
	# shellcheck source=test/lib/pkg.sh
	. "$test/lib/pkg.sh"
	pkg seed-1.0_1 x86_64
)
mkdir -p repo
mv made/*.xbps repo
spiff-index -a repo/seed-1.0_1.x86_64.xbps >/dev/null
: >slow/srcpkgs/seed/go
echo >slow/srcpkgs/seed/going
wait
is 'what was built while the plan was made' "$(tr '\t' ' ' <late.out)" \
	'present seed-1.0_1.x86_64'
is 'is not queued' "$(ls -A late/spool/new late/spool/tmp 2>&1)" 'late/spool/new:

late/spool/tmp:'
rm -r repo

i=0
while [ $i -lt 8 ]; do
	spiff-enqueue -s many flower welcome salad soup cake >many.$i &
	i=$((i + 1))
done
wait
is 'eight at once: each job is queued once' \
	"$(cat many.? | grep -c ^queued)" "$(find many/new -type f | wc -l)"
is 'and nothing is left in tmp/' "$(ls many/tmp)" ''

if [ "$(id -u)" -eq 0 ] && mkdir full && mount -t tmpfs -o size=64k none full \
    2>/dev/null; then
	# shellcheck disable=SC2317 # finish calls it
	cleanup() { umount "$work/full"; }
	spiff-enqueue -s full/spool seed >/dev/null
	dd if=/dev/zero of=full/ballast bs=1k 2>/dev/null
	exits 111 'a full disk' spiff-enqueue -s full/spool welcome flower
	has 'says so' err 'No space left'
	is 'and leaves the spool as it was' \
		"$(find full/spool/*/* -type f)" full/spool/new/seed-1.0_1.x86_64
	umount full
	cleanup() { :; }
else
	skip 'a full disk' 'needs to mount a file system'
fi

mkdir locked
spiff-enqueue -s locked/spool seed >/dev/null
if [ "$(id -u)" -ne 0 ]; then
	chmod a-w locked/spool/tmp
	exits 111 'a spool that cannot be written' spiff-enqueue \
		-s locked/spool soup
else
	echo >locked/file
	exits 111 'a spool that cannot be made' spiff-enqueue \
		-s locked/file/spool soup
fi
has 'is named' err locked

# architectures that the trees do not know
exits 111 'a host that builds nothing' spiff-enqueue -s unknown -A x86_64musl seed
has 'is named' err 'x86_64musl: not an architecture that builds: '
exits 111 'a target that is none' spiff-enqueue -s unknown -a x86_64musl seed
has 'is named as well' err 'x86_64musl: not a target for a cross build: '
is 'nothing is queued' "$(ls unknown 2>/dev/null)" ''

plan

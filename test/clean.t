#!/bin/sh
# spiff-clean: what it removes, and what it leaves; spiff-status -d: how large all is.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/pkg.sh"

SPIFF_SPOOL=$work/spool SPIFF_HOSTDIR=$work/hostdir
SPIFF_MASTERDIR=$work/masterdir SPIFF_DISTDIR=$work/over:$work/vp SPIFF_SLOTS=2
export SPIFF_SPOOL SPIFF_HOSTDIR SPIFF_MASTERDIR SPIFF_DISTDIR SPIFF_SLOTS

# old FILE...: makes them 60 days old; sooner FILE: 40 days
old() {
	touch -d '60 days ago' "$@"
}
sooner() {
	touch -d '40 days ago' "$@"
}
# removed: the paths of the last output, without the kind and the size
removed() {
	sed 's/\t[0-9]*$//; s,\t.*/spiff-test\.[^/]*/,\t,' out | sort
}

spool
mkdir -p over/srcpkgs/foo vp/srcpkgs/foo vp/srcpkgs/bar
# sum N: a checksum
sum() {
	echo "$1" | sha256sum | cut -c 1-64
}
cat >vp/srcpkgs/foo/template <<END
pkgname=foo
version=1.0
checksum=$(sum 1)
END
cat >over/srcpkgs/foo/template <<END
pkgname=foo
version="2.0"
checksum="$(sum 2)
 $(sum 3)"
END
cat >vp/srcpkgs/bar/template <<'END'
pkgname=bar
_v=3
version=${_v}.1
END

exits 0 'nothing to remove' spiff-clean
is 'says nothing' "$(cat out err)" ''

# jobs
for f in done/a-1_1 done/a-1_2 fail/b-1_1 done/b-1_2 fail/c-1_1 cancel/c-1_0 \
	wait/d-1_1 fail/e-1_1; do
	echo x >"spool/$f.x86_64"
	old "spool/$f.x86_64"
done
sooner spool/done/a-1_2.x86_64 spool/done/b-1_2.x86_64
echo x >spool/cancel/new-1_1.x86_64
echo x >spool/fail/nojob.reason
old spool/fail/nojob.reason
for f in a-1_1 a-1_2 c-1_1 d-1_1 gone-1_1; do
	echo x >"spool/log/$f.x86_64.log.gz"
	old "spool/log/$f.x86_64.log.gz"
done
echo x >spool/log/young-1_1.x86_64.log
cp -Rp spool before

exits 0 'what would be removed' spiff-clean -n
is 'is old jobs with a newer one, and logs without a job' "$(removed)" \
'job	spool/cancel/c-1_0.x86_64
job	spool/done/a-1_1.x86_64
job	spool/fail/b-1_1.x86_64
job	spool/fail/nojob.reason
log	spool/log/a-1_1.x86_64.log.gz
log	spool/log/gone-1_1.x86_64.log.gz'
has 'with the sum of the sizes' err 'would remove 6 files and directories, '
check 'and nothing was removed' diff -r spool before

exits 0 'nothing is 90 days old' spiff-clean -d 90
is 'so nothing goes' "$(cat out)" ''

exits 0 'they are removed' spiff-clean
has 'and it says so' err 'removed 6 files and directories, '
is 'these are left' "$(cd spool && find . -type f | sort)" \
'./cancel/new-1_1.x86_64
./done/a-1_2.x86_64
./done/b-1_2.x86_64
./fail/c-1_1.x86_64
./fail/e-1_1.x86_64
./log/a-1_2.x86_64.log.gz
./log/c-1_1.x86_64.log.gz
./log/d-1_1.x86_64.log.gz
./log/young-1_1.x86_64.log
./wait/d-1_1.x86_64'
exits 0 'a second time' spiff-clean
is 'there is nothing to do' "$(cat out err)" ''

# what a job needs: app waits for lib-1, which gave way to lib-2, and that to lib-3
# needs STATE JOB NEED...: a job, 60 days old
needs() {
	{
		printf 'pkgver %s\narch x86_64\n' "$2"
		[ "$1" != cancel ] || printf 'by %s.x86_64\n' "$3"
		[ "$1" = cancel ] || printf "needs %s.x86_64\\n" "$3"
	} >"spool/$1/$2.x86_64"
	old "spool/$1/$2.x86_64"
}
needs wait app-1_1 lib-1_1
needs cancel lib-1_1 lib-2_1
needs cancel lib-2_1 lib-3_1
needs fail bad-1_1 dep-1_1
needs 'done' dep-1_1 none-1_1
needs 'done' dep-1_2 none-1_1
needs 'done' app-0_1 other-1_1
needs cancel other-1_1 other-2_1
sooner spool/done/dep-1_2.x86_64
exits 0 'a job that is needed' spiff-clean
is 'stays, as do those that took its place' "$(removed)" \
'job	spool/cancel/other-1_1.x86_64'
needs 'done' kept-1_1 none-1_1
needs 'done' kept-1_2 none-1_1
needs fail kept-1_3 none-1_1
needs fail kept-1_4 none-1_1
touch -d '50 days ago' spool/done/kept-1_2.x86_64
sooner spool/fail/kept-1_4.x86_64
exits 0 'a package whose newer version has failed' spiff-clean
is 'keeps the record of its last package, and of the last failure' "$(removed)" \
'job	spool/done/kept-1_1.x86_64
job	spool/fail/kept-1_3.x86_64'
cp "$top/build/test/faults.so" .
rm spool/wait/app-1_1.x86_64
printf 'FAULT_PROGRAM=spiff-clean\nFAULT_KIND=read\n' >faults.so.conf
exits 111 'one that cannot be read' env LD_PRELOAD="$work/faults.so" \
	ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 spiff-clean
is 'may need any' "$(cat out)" ''
rm spool/fail/bad-1_1.x86_64
exits 0 'when nothing needs them' spiff-clean
is 'they go' "$(removed)" \
'job	spool/cancel/lib-1_1.x86_64
job	spool/cancel/lib-2_1.x86_64
job	spool/done/dep-1_1.x86_64'

# sources
mkdir -p hostdir/sources/by_sha256 hostdir/sources/foo-1.0 hostdir/sources/foo-2.0 \
	hostdir/sources/bar-2.1 hostdir/sources/baz-1.0 hostdir/sources/foo-1.9
for n in 1 2 3 4; do
	echo x >"hostdir/sources/by_sha256/$(sum $n)_f.tar.gz"
done
echo x >hostdir/sources/by_sha256/README
ln "hostdir/sources/by_sha256/$(sum 4)_f.tar.gz" hostdir/sources/baz-1.0/f.tar.gz
old hostdir/sources/* hostdir/sources/by_sha256/*
exits 0 'sources that came today' spiff-clean
is 'stay' "$(cat out)" ''
exits 0 'sources that came before' spiff-clean -d 0
is 'that no template names go' \
	"$(removed | sed -n "s/$(sum 4)/HASH/; /^source/p")" \
'source	hostdir/sources/baz-1.0
source	hostdir/sources/by_sha256/HASH_f.tar.gz
source	hostdir/sources/foo-1.0
source	hostdir/sources/foo-1.9'
is 'the others stay' "$(ls hostdir/sources)" \
'bar-2.1
by_sha256
foo-2.0'

# each read fails once: what was not read is not looked at, and nothing goes
cp "$top/build/test/faults.so" .
find hostdir/sources | sort >there
n=0
: >wrong
while n=$((n + 1)); do
	rm -f hit
	printf '%s\n' FAULT_PROGRAM=spiff-clean FAULT_KIND=read "FAULT_AT=$n" \
		"FAULT_HIT=$work/hit" >faults.so.conf
	LD_PRELOAD=$work/faults.so ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 \
		spiff-clean -d 0 >out 2>err
	[ -e hit ] || break
	grep Sanitizer err >>wrong
	find hostdir/sources | sort | diff there - >>wrong
done
within 'there were reads to fail' 4 "$n" 1000
is 'when a read fails, no source that is needed goes' "$(cat wrong)" ''

# slots
for n in 1 2 3 4 x86_64-3; do
	mkdir -p "masterdir-$n/usr/lib"
	echo x86_64 >"masterdir-$n/.xbps_chroot_init"
done
mkdir masterdir-9
echo mine >masterdir-9/file
chmod 555 masterdir-3/usr masterdir-3/usr/lib
mkdir -p hostdir/spiff/tree-0 hostdir/spiff/tree-1 hostdir/spiff/tree-2/srcpkgs \
	hostdir/spiff/tree-3 hostdir/spiff/main-1 hostdir/spiff/main-2 \
	hostdir/spiff/main-x hostdir/spiff/boot-1 \
	hostdir/spiff/repos-of-7
for n in 0 1 2 3; do
	echo x >"hostdir/spiff/tree-$n.lock"
done
echo x >hostdir/spiff/tree-2.state
: >hostdir/spiff/tree-2.files
echo x >hostdir/spiff/repos-3
(flock -s 7 && touch shared && exec sleep 60) 7>hostdir/spiff/tree-3.lock &
sharer=$!
await [ -e shared ]
(flock 8 && touch held && exec sleep 60) 8>hostdir/spiff/slot-4 &
holder=$!
await [ -e held ]
exits 0 'slots' env SPIFF_REPOS="https://example.org/current $work" spiff-clean
kill "$holder" "$sharer"
is 'above SPIFF_SLOTS go, unless they are in use' "$(removed)" \
'masterdir	masterdir-3
masterdir	masterdir-x86_64-3
mirror	hostdir/spiff/main-2
tree	hostdir/spiff/boot-1
tree	hostdir/spiff/repos-3
tree	hostdir/spiff/tree-2
tree	hostdir/spiff/tree-2.files
tree	hostdir/spiff/tree-2.lock
tree	hostdir/spiff/tree-2.state'
is 'the others stay, and what is no masterdir' "$(echo masterdir*)" \
	'masterdir-1 masterdir-2 masterdir-4 masterdir-9'
is 'the copy of a main repository, and what is none' \
	"$(cd hostdir/spiff && echo main-*)" 'main-1 main-x'
exits 0 'fewer slots' spiff-clean -j 1
is 'fewer masterdirs' "$(echo masterdir*)" 'masterdir-1 masterdir-9'

# what is refused
exits 2 'no days' spiff-clean -d many
has 'is said' err 'spiff-clean: -d: many: number of days is invalid'
exits 2 'operands' spiff-clean x
SPIFF_DISTDIR=$work/none
exits 111 'no tree' spiff-clean
old spool/fail/c-1_1.x86_64
mkdir "spool/cancel/$(printf 'a\033[31m')"
old spool/cancel/*a*
SPIFF_DISTDIR=$work/over:$work/vp
exits 0 'a directory of a foul name' spiff-clean
is 'is removed and shown clean' "$(removed)" 'job	spool/cancel/a'

# the cache
mkdir -p cache/repos
echo x >cache/interfaces
echo x >cache/templates-0123456789abcdef
echo x >cache/.interfaces.1.2.3.4.tmp
echo x >cache/repos/index
spiff-clean >out 2>err
is 'a cache that was used stays' "$(grep -c '^cache' out)" 0
spiff-clean -d 0 >out 2>err
is 'one that was not goes' "$(removed | grep '^cache')" \
	'cache	cache/.interfaces.1.2.3.4.tmp
cache	cache/interfaces
cache	cache/templates-0123456789abcdef'
is 'and nothing beside it' "$(find cache -type f)" 'cache/repos/index'


# how large everything is
rm -rf hostdir masterdir-* cache spool
spool
SPIFF_REPO=$work/binpkgs SPIFF_ARCH=x86_64
export SPIFF_REPO SPIFF_ARCH
mkdir -p binpkgs/nonfree hostdir/sources/a-1 hostdir/spiff/tree-1 hostdir/repocache-x86_64 \
	hostdir/spiff/main-1 masterdir-1/usr masterdir-2
: >masterdir-1/.xbps_chroot_init
: >masterdir-2/.xbps_chroot_init
for dir in binpkgs binpkgs/nonfree; do
	cd $dir || exit
	pkg a-1_2 x86_64
	spiff-index -a a-1_2.x86_64.xbps >/dev/null
	pkg a-1_1 x86_64
	cd "$work" || exit
done
head -c 8192 /dev/zero >hostdir/sources/a-1/file
ln hostdir/sources/a-1/file hostdir/sources/again
head -c 4096 /dev/zero >masterdir-1/usr/file
echo x >hostdir/spiff/tree-1/file
: >hostdir/spiff/tree-1.lock
for f in done/a-1_1 done/a-1_2 log/a-1_1 wait/b-1_1; do
	echo x >"spool/$f.x86_64"
done
exits 0 'how large everything is' spiff-status -d
cp out sizes
is 'what there is, and how many' "$(cut -f 1,2 sizes | tr '\t\n' ' ,')" \
	'repository 6,older 2,wait 1,done 2,log 1,sources 0,slots 2,trees 0,mirrors 0,caches 0,'
# bytes WHAT: what the line says
bytes() {
	awk -F '\t' -v what="$1" '$1 == what { print $3 }' sizes
}
# du FILE...: what du(1) says
disk() {
	du -cs --block-size=1 "$@" | tail -n 1 | cut -f 1
}
is 'a file with two names is there once' "$(bytes sources)" "$(disk hostdir/sources)"
is 'slots' "$(bytes slots)" "$(disk masterdir-1 masterdir-2)"
is 'copies of the trees' "$(bytes trees)" "$(disk hostdir/spiff/tree-1)"
is 'copies of main repositories' "$(bytes mirrors)" "$(disk hostdir/spiff/main-1)"
is 'older versions' "$(bytes older)" "$(disk binpkgs/a-1_1.* binpkgs/nonfree/a-1_1.*)"
exits 2 'of everything' spiff-status -d a-1_1
plan

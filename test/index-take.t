#!/bin/sh
# Deliveries: what builds left in incoming/ goes into the repository, and their
# jobs move on.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"

take() {
	spiff-index -i -s spool repo
}

spool
exits 0 'nothing delivered' take
check 'no repository is made for that' test ! -e repo

# several jobs, sub-repositories, architectures
pkg liba-1.0_1 x86_64 "$(strings shlib-provides liba.so.1)"
pkg liba-devel-1.0_1 x86_64
pkg liba-dbg-1.0_1 x86_64
job liba-1.0_1.x86_64 'liba liba-devel'
deliver liba-1.0_1.x86_64 liba-1.0_1.x86_64.xbps liba-devel-1.0_1.x86_64.xbps \
	debug/liba-dbg-1.0_1.x86_64.xbps
pkg app-1.0_1 x86_64 "$(strings shlib-requires liba.so.1)"
pkg app-data-1.0_1 noarch
job app-1.0_1.x86_64 'app app-data'
deliver app-1.0_1.x86_64 app-1.0_1.x86_64.xbps app-data-1.0_1.noarch.xbps
pkg app-1.0_1 aarch64
job app-1.0_1.aarch64 app
deliver app-1.0_1.aarch64 app-1.0_1.aarch64.xbps
pkg wine-32bit-1_1 x86_64
pkg wine-1_1 i686
job wine-1_1.i686 wine
deliver wine-1_1.i686 wine-1_1.i686.xbps multilib/wine-32bit-1_1.x86_64.xbps
ln spool/incoming/app-1.0_1.x86_64/app-1.0_1.x86_64.xbps same
exits 0 'deliveries are taken in' take
sort out >said
printf '%s\t%s\t%s\n' added app-1.0_1 aarch64 added app-1.0_1 x86_64 \
	added app-data-1.0_1 noarch added liba-1.0_1 x86_64 \
	added liba-dbg-1.0_1 x86_64 added liba-devel-1.0_1 x86_64 \
	added wine-1_1 i686 added wine-32bit-1_1 x86_64 >want
printf 'done\t%s\n' app-1.0_1.aarch64 app-1.0_1.x86_64 liba-1.0_1.x86_64 \
	wine-1_1.i686 >>want
check 'and said' cmp said want
is 'the index' "$(indexed repo/x86_64-repodata)" 'index app-1.0_1 x86_64
index app-data-1.0_1 noarch
index liba-1.0_1 x86_64
index liba-devel-1.0_1 x86_64'
is 'that of a sub-repository' "$(indexed repo/debug/x86_64-repodata)" \
	'index liba-dbg-1.0_1 x86_64'
is 'that of another architecture' "$(indexed repo/aarch64-repodata)" \
	'index app-1.0_1 aarch64'
is 'one for 32 bits' "$(indexed repo/multilib/x86_64-repodata)" \
	'index wine-32bit-1_1 x86_64'
is 'the jobs are done' "$(where app-1.0_1.x86_64)$(where app-1.0_1.aarch64)$(
	where liba-1.0_1.x86_64)$(where wine-1_1.i686)" 'done done done done '
is 'nothing is left in incoming' "$(ls -A -I .lock spool/incoming)" ''
exits 0 'every hash is right' env SPIFF_ARCH=x86_64 spiff-index -v repo
check 'the file was moved, not copied' test same -ef repo/app-1.0_1.x86_64.xbps
exits 0 'again: nothing to do' take
is 'and nothing said' "$(cat out)" ''

# what a crash may have left: done in the index, and the job still in built/
mv spool/done/app-1.0_1.x86_64 spool/built
exits 0 'indexed already, delivery gone' take
is 'the job is done' "$(where app-1.0_1.x86_64)" 'done '
mv spool/done/app-1.0_1.x86_64 spool/built
mkdir spool/incoming/.app-1.0_1.x86_64.done
cp repo/app-1.0_1.x86_64.xbps repo/app-data-1.0_1.noarch.xbps .
deliver app-1.0_1.x86_64 app-1.0_1.x86_64.xbps app-data-1.0_1.noarch.xbps
exits 0 'indexed already, delivery there' take
is 'the job is done too' "$(where app-1.0_1.x86_64)" 'done '
is 'the rest of a delivery is swept' "$(ls -A -I .lock spool/incoming)" ''

# an update of a soname waits in the stage until its users are rebuilt
pkg liba-2.0_1 x86_64 "$(strings shlib-provides liba.so.2)"
job liba-2.0_1.x86_64 'liba liba-devel'
deliver liba-2.0_1.x86_64 liba-2.0_1.x86_64.xbps
exits 0 'a new soname' take
is 'waits, and says for what' "$(cat out)" "rebuild	app	liba.so.1
staged	liba-2.0_1	x86_64
done	liba-2.0_1.x86_64"
check 'the old package stays' test -e repo/liba-1.0_1.x86_64.xbps
is 'both are listed' "$(SPIFF_ARCH=x86_64 spiff-index -l repo |
	grep -E 'liba-.\.|rebuild' | sed 's/	[0-9][0-9]*/	N/')" \
	"liba-1.0_1	x86_64	N
liba-2.0_1	x86_64	N	staged
rebuild	app	liba.so.1"
pkg app-1.0_2 x86_64 "$(strings shlib-requires liba.so.2)"
pkg app-data-1.0_2 noarch
job app-1.0_2.x86_64 'app app-data'
deliver app-1.0_2.x86_64 app-1.0_2.x86_64.xbps app-data-1.0_2.noarch.xbps
exits 0 'its user rebuilt' take
is 'the stage moves' "$(indexed repo/x86_64-repodata | grep -c stage)" 0
is 'the index has both' "$(indexed repo/x86_64-repodata | grep -c '2\.0_1\|_2 ')" 3

# bad NAME REASON: what was done to the delivery of bad-1_1.x86_64 is found,
# and others go on
bads=0
bad() {
	bads=$((bads + 1))
	pkg good$bads-1_1 x86_64
	job good$bads-1_1.x86_64 good$bads
	deliver good$bads-1_1.x86_64 good$bads-1_1.x86_64.xbps
	exits 1 "bad: $1" take
	is "moves to fail: $1" "$(where bad-1_1.x86_64)" 'fail '
	has "the reason: $1" spool/fail/bad-1_1.x86_64 "$2"
	is "others go on: $1" "$(where good$bads-1_1.x86_64)" 'done '
	rm -f spool/fail/bad-1_1.x86_64
}

# badly: a sound delivery of it, to be spoilt
badly() {
	pkg bad-1_1 x86_64
	job bad-1_1.x86_64 'bad bad-devel'
	deliver bad-1_1.x86_64 bad-1_1.x86_64.xbps
}
d=spool/incoming/bad-1_1.x86_64

job bad-1_1.x86_64 bad
bad 'nothing delivered' 'reason nothing was delivered'
badly
rm $d/manifest
bad 'no manifest' 'reason manifest: No such file'
badly
sed -i '$d' $d/manifest
bad 'manifest without end' 'reason the manifest has no end'
badly
printf end | cat $d/manifest - >m && mv m $d/manifest
bad 'more behind the end' 'reason the manifest is incomplete'
badly
sed -i 's/^job .*/job other-1_1.x86_64/' $d/manifest
bad 'of another job' 'reason the delivery is of job other-1_1.x86_64'
badly
manifest bad-1_1.x86_64 2
bad 'of another try' 'reason the delivery is of try 2, not 1'
badly
sed -i "s/^package [0-9a-f]*/package $(printf %064d 0)/" $d/manifest
bad 'another hash' 'reason bad-1_1.x86_64.xbps: '
badly
sed -i 's/\(^package [^ ]* \)/\11/' $d/manifest
bad 'another size' ' bytes with hash '
badly
sed -i 's|bad-1_1.x86_64.xbps|../../../bad-1_1.x86_64.xbps|' $d/manifest
bad 'a path that climbs' 'reason manifest:3: bad line'
badly
sed -i 's|bad-1_1.x86_64.xbps|/bad-1_1.x86_64.xbps|' $d/manifest
bad 'an absolute path' 'reason manifest:3: bad line'
badly
sed -i 's|\(^package.*\)|\1\n\1|' $d/manifest
bad 'a file twice' 'reason manifest:4: bad line'
badly
sed -i 's/\(^package [^ ]* \)[0-9]*/\1-1/' $d/manifest
bad 'a negative size' 'reason manifest:3: bad line'
badly
mkdir $d/elsewhere
mv $d/*.xbps $d/elsewhere
manifest bad-1_1.x86_64 1
bad 'an unknown sub-repository' 'reason elsewhere is not a repository'
badly
mkdir nonfree
mv $d/*.xbps nonfree
mv nonfree $d/nonfree
manifest bad-1_1.x86_64 1
mv $d/nonfree outside
ln -s ../../../outside $d/nonfree
bad 'a sub-repository that is a link' 'reason nonfree is not a directory'
badly
mv $d/*.xbps linked
ln -s ../../../linked $d/bad-1_1.x86_64.xbps
bad 'a package that is a link' 'reason bad-1_1.x86_64.xbps: '
check 'what links led to is untouched' test -s linked -a -s outside/bad-1_1.x86_64.xbps
badly
rm $d/*.xbps
mkfifo $d/bad-1_1.x86_64.xbps
bad 'a package that is a pipe' 'reason bad-1_1.x86_64.xbps: is not a regular file'
badly
rm $d/*.xbps
bad 'a package that is not there' 'reason bad-1_1.x86_64.xbps: No such file'
badly
rm -r $d
ln -s /etc $d
bad 'a delivery that is a link' 'reason the delivery is not a directory'
badly
mv $d d.tmp
pkg other-1_1 x86_64
mv other-1_1.x86_64.xbps d.tmp
mv d.tmp $d
manifest bad-1_1.x86_64 1
bad 'a package that the job does not make' 'reason other-1_1.x86_64.xbps: the job does not make it'
badly
mv $d/bad-1_1.x86_64.xbps $d/bad-1_2.x86_64.xbps
manifest bad-1_1.x86_64 1
bad 'a package of another name' 'reason bad-1_2.x86_64.xbps: is bad-1_1.x86_64 by its contents'
badly
pkg bad-1_1 aarch64
mv bad-1_1.aarch64.xbps $d
manifest bad-1_1.x86_64 1
bad 'a package of another architecture' 'reason bad-1_1.aarch64.xbps: is for aarch64'
badly
rm $d/*.xbps
pkg bad-devel-1_1 x86_64
mv bad-devel-1_1.x86_64.xbps $d
manifest bad-1_1.x86_64 1
bad 'without the package itself' 'reason bad-1_1 was not delivered'
badly
head -c 100 $d/bad-1_1.x86_64.xbps >x && mv x $d/bad-1_1.x86_64.xbps
manifest bad-1_1.x86_64 1
bad 'a package cut short' 'reason bad-1_1.x86_64.xbps: '
badly
echo hello >$d/bad-1_1.x86_64.xbps
manifest bad-1_1.x86_64 1
bad 'a file that is no package' 'reason bad-1_1.x86_64.xbps: Unrecognized'
check 'nothing of them is in the repository' test ! -e repo/bad-1_1.x86_64.xbps
is 'or in incoming' "$(ls -A -I .lock spool/incoming)" ''

# the same version with other bytes, and with force
badly
exits 0 'sound at last' take
rm spool/done/bad-1_1.x86_64
before=$(sha256sum <repo/bad-1_1.x86_64.xbps)
badly
bad 'other bytes of the same version' 'the index has other bytes of this version: '
is 'the old ones stay' "$(sha256sum <repo/bad-1_1.x86_64.xbps)" "$before"
badly
echo 'force 1' >>spool/built/bad-1_1.x86_64
after=$(sha256sum <$d/bad-1_1.x86_64.xbps)
exits 0 'other bytes, forced' take
is 'are there' "$(sha256sum <repo/bad-1_1.x86_64.xbps)" "$after"
exits 0 'and in the index' env SPIFF_ARCH=x86_64 spiff-index -v repo
pkg bad-0_1 x86_64
job bad-0_1.x86_64 bad
deliver bad-0_1.x86_64 bad-0_1.x86_64.xbps
exits 1 'an older version' take
has 'is refused' spool/fail/bad-0_1.x86_64 'reason the index has bad-1_1, which is newer'
check 'and not there' test ! -e repo/bad-0_1.x86_64.xbps
rm spool/fail/*

# a noarch package that two architectures build has the bytes of the first
for a in x86_64 aarch64; do
	pkg doc-1_1 noarch
	job doc-1_1.$a doc
	deliver doc-1_1.$a doc-1_1.noarch.xbps
done
exits 0 'a noarch package, built twice' take
pkg doc-1_1 noarch
job doc-1_1.armv7l doc
deliver doc-1_1.armv7l doc-1_1.noarch.xbps
exits 0 'and once more' take
n=0
for a in x86_64 aarch64 armv7l; do
	SPIFF_ARCH=$a spiff-index -v repo || n=$((n + 1))
	repodata repo/$a-repodata | grep -q '^index doc doc-1_1 noarch' ||
		n=$((n + 1))
done
is 'is in all indexes with the right hash' $n 0
pkg doc-1_1 noarch
job doc-1_1.x86_64 doc 'force 1'
deliver doc-1_1.x86_64 doc-1_1.noarch.xbps
exits 0 'forced' take
for a in x86_64 aarch64 armv7l; do
	SPIFF_ARCH=$a spiff-index -v repo || n=$((n + 1))
done
is 'it changes in all' $n 0
exits 0 'obsolete files are removed' env SPIFF_ARCH=x86_64 spiff-index -r repo
check 'what another index has stays' test -e repo/doc-1_1.noarch.xbps

# a machine that builds for one architecture changes nothing of another
pkg built-1_1 x86_64
mv built-1_1.x86_64.xbps repo
SPIFF_ARCH=x86_64 spiff-index -a repo/built-1_1.x86_64.xbps >/dev/null
pkg built-2_1 noarch
job built-2_1.armv7l built
deliver built-2_1.armv7l built-2_1.noarch.xbps
exits 0 'a noarch version of what was built for another architecture' take
is 'does not replace it there' "$(indexed repo/x86_64-repodata | grep built)" \
	'index built-1_1 x86_64'
is 'but enters its own index' "$(indexed repo/armv7l-repodata | grep built)" \
	'index built-2_1 noarch'
pkg wine-2_1 armv7l
pkg wine-32bit-2_1 x86_64
job wine-2_1.armv7l wine
deliver wine-2_1.armv7l wine-2_1.armv7l.xbps multilib/wine-32bit-2_1.x86_64.xbps
exits 1 'multilib packages that no build for i686 made' take
has 'are refused' out 'fail	wine-2_1.armv7l	multilib/wine-32bit-2_1.x86_64.xbps: is for x86_64'
rm spool/fail/wine-2_1.armv7l

# a noarch job without a delivery gets what another architecture has
pkg t-1_1 noarch
pkg t-doc-1_1 noarch
pkg u-1_1 noarch
mkdir -p repo/nonfree
mv t-doc-1_1.noarch.xbps repo/nonfree
mv ?-1_1.noarch.xbps repo
SPIFF_ARCH=armv7l spiff-index -a repo/t-1_1.noarch.xbps repo/u-1_1.noarch.xbps >/dev/null
SPIFF_ARCH=armv7l spiff-index -a repo/nonfree/t-doc-1_1.noarch.xbps >/dev/null
job t-1_1.x86_64 't t-doc' 'noarch 1'
job u-1_1.x86_64 'u u-doc' 'noarch 1'
exits 0 'noarch packages of another architecture' take
is 'are added' "$(where t-1_1.x86_64)$(indexed repo/x86_64-repodata | grep -c ' t-1_1 ')\
$(indexed repo/nonfree/x86_64-repodata | grep -c ' t-doc-1_1 ')" 'done 11'
is 'not if one is missing' "$(where u-1_1.x86_64)$(tail -n 2 spool/ready/u-1_1.x86_64)" \
	'ready noarch 0
shared '
has 'which is told' out 'ready	u-1_1.x86_64'
rm spool/ready/u-1_1.x86_64
echo rotten >repo/u-1_1.noarch.xbps
job u-1_1.x86_64 u 'noarch 1'
exits 0 'one whose file is damaged' take
is 'is not added' "$(where u-1_1.x86_64)$(indexed repo/x86_64-repodata | grep -c ' u-1_1 ')" \
	'ready 0'
job u-1_1.x86_64 u 'noarch 1' 'force 1'
exits 0 'by force' take
is 'neither' "$(where u-1_1.x86_64)" 'ready '
rm spool/ready/u-1_1.x86_64

# what is no job
echo 'hello world' >spool/built/what-1_1.x86_64
mkdir spool/built/dir-1_1.x86_64
echo 'pkgver x' >'spool/built/no job'
exits 1 'no jobs' take
is 'go to fail' "$(cd spool/fail && printf '%s ' *)" \
	'dir-1_1.x86_64 dir-1_1.x86_64.reason no job no job.reason what-1_1.x86_64 what-1_1.x86_64.reason '
is 'and leave built' "$(ls spool/built)" ''

# many deliveries are one write
i=0
while [ $i -lt 100 ]; do
	i=$((i + 1))
	pkg many$i-1_1 x86_64
	job many$i-1_1.x86_64 many$i
	deliver many$i-1_1.x86_64 many$i-1_1.x86_64.xbps
done
if command -v strace >/dev/null; then
	strace -f -e trace=rename,renameat,renameat2 -o trace \
		spiff-index -i -s spool repo >out
	is 'a hundred deliveries, one write' "$(grep -c 'x86_64-repodata"' trace)" 1
else
	take >out
	skip 'a hundred deliveries, one write' 'no strace'
fi
is 'all are done' "$(grep -c ^done out)" 100

# several at once take each delivery once
i=0
while [ $i -lt 20 ]; do
	i=$((i + 1))
	pkg more$i-1_1 x86_64
	job more$i-1_1.x86_64 more$i
	deliver more$i-1_1.x86_64 more$i-1_1.x86_64.xbps
done
for i in 1 2 3 4; do
	take >out.$i 2>err.$i &
done
wait
is 'four at once: each job once' "$(cat out.[1-4] | grep -c ^done)" 20
is 'none fails' "$(find spool/fail -name 'more*')" ''
is 'nobody complains' "$(grep -hv waiting err.[1-4])" ''

# an index that cannot be written for a while
cp "$top/build/test/faults.so" .
printf '%s\n' FAULT_PROGRAM=spiff-index FAULT_KIND=rename FAULT_PATH=repodata \
	FAULT_TIMES=1000 >faults.so.conf
pkg slow-1_1 x86_64
job slow-1_1.x86_64 slow 'with app-1.0_2 liba-2.0_1'
deliver slow-1_1.x86_64 slow-1_1.x86_64.xbps
failing() {
	LD_PRELOAD=$work/faults.so ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 \
		spiff-index -i -s spool repo >out 2>err
}
failing
size=$(wc -c <spool/built/slow-1_1.x86_64)
failing
failing
is 'the file of a job that waits for it does not grow' \
	"$(wc -c <spool/built/slow-1_1.x86_64)" "$size"
has 'and tells what it was built against' spool/built/slow-1_1.x86_64 'against '
exits 0 'when it can be written' take
has 'the job is done' out 'done	slow-1_1.x86_64'

# a package whose script is larger than any: its list of files is not looked for
pkg large-1_1 x86_64
mkdir large
zcat large-1_1.x86_64.xbps | tar xf - -C large
head -c 67108865 /dev/zero >large/INSTALL
tar cf - -C large ./props.plist ./INSTALL ./files.plist | gzip -1 >large-1_1.x86_64.xbps
job large-1_1.x86_64 large
deliver large-1_1.x86_64 large-1_1.x86_64.xbps
exits 0 'a package with a very large script' take
pkg user-1_1 x86_64
job user-1_1.x86_64 user 'with large-1_1'
deliver user-1_1.x86_64 user-1_1.x86_64.xbps
take >out
has 'has no interface that is known' spool/done/user-1_1.x86_64 'against large-1_1=-'
plan

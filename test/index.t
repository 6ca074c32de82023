#!/bin/sh
# spiff-index on one repository: what it says, what it refuses, and what stays
# when a write fails.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"
SPIFF_ARCH=x86_64
export SPIFF_ARCH

mkdir repo
cd repo || exit

# usage
for args in '' -x -a '-a -c x' '-C repo' '-f -c repo' '-c a b' '-l -v' '-r a b'; do
	# shellcheck disable=SC2086
	exits 2 "usage: spiff-index $args" spiff-index $args
done
exits 111 'a repository that is not there' spiff-index -c none
has 'is named' err 'spiff-index: none: No such file'

# add, again, older, newer, forced
pkg a-1.0_1 x86_64
pkg b-1.0_1 noarch
pkg c-1.0_1 aarch64
exits 0 'add' spiff-index -a a-1.0_1.x86_64.xbps b-1.0_1.noarch.xbps c-1.0_1.aarch64.xbps
is 'what was added' "$(cat out)" "added	a-1.0_1	x86_64
added	b-1.0_1	noarch"
has 'another architecture is passed over' err 'c-1.0_1.aarch64.xbps: is for aarch64, not x86_64: ignored'
is 'the index' "$(indexed x86_64-repodata)" 'index a-1.0_1 x86_64
index b-1.0_1 noarch'
exits 0 'for another architecture' env SPIFF_ARCH=aarch64 spiff-index -a ./*.xbps
is 'its own index' "$(indexed aarch64-repodata)" 'index b-1.0_1 noarch
index c-1.0_1 aarch64'
sum=$(cksum <x86_64-repodata)
exits 0 'add again' spiff-index -a a-1.0_1.x86_64.xbps
is 'is present' "$(cat out)" "present	a-1.0_1	x86_64"
is 'and nothing is written' "$(cksum <x86_64-repodata)" "$sum"
pkg a-1.0_2 x86_64
pkg a-0.9_1 x86_64
exits 0 'newer and older' spiff-index -a a-0.9_1.x86_64.xbps a-1.0_2.x86_64.xbps
is 'what was added of them' "$(cat out)" "present	a-1.0_1	x86_64
added	a-1.0_2	x86_64"
exits 0 'older, forced' spiff-index -a -f "$PWD/a-0.9_1.x86_64.xbps"
is 'is there' "$(indexed x86_64-repodata)" 'index a-0.9_1 x86_64
index b-1.0_1 noarch'
pkg a-2_1 x86_64 "$(strings reverts 3_1)"
pkg a-3_1 x86_64
exits 0 'a version taken back' spiff-index -a a-3_1.x86_64.xbps a-2_1.x86_64.xbps a-3_1.x86_64.xbps
is 'goes back' "$(indexed x86_64-repodata | head -1)" 'index a-2_1 x86_64'
had=$(sha256sum <a-2_1.x86_64.xbps)
pkg a-2_1 x86_64
new=$(sha256sum <a-2_1.x86_64.xbps)
exits 1 'other bytes of the same version' spiff-index -a a-2_1.x86_64.xbps
has 'are refused, with both hashes' err "a-2_1.x86_64.xbps: the index has other bytes of this version: ${had%% *}, not ${new%% *}"
exits 1 'their hash differs' spiff-index -v .
is 'which is said' "$(cat out)" "differs	a-2_1	x86_64"
exits 0 'forced' spiff-index -a -f a-2_1.x86_64.xbps
exits 0 'no hash differs' spiff-index -v .
is 'nothing said' "$(cat out)" ''

# files of several directories
mkdir -p ../other/sub
(cd ../other && pkg x-1_1 x86_64)
(cd ../other/sub && pkg y-1_1 x86_64)
pkg z-1_1 x86_64
exits 0 'several directories' spiff-index -a ../other/x-1_1.x86_64.xbps z-1_1.x86_64.xbps \
	../other//sub/y-1_1.x86_64.xbps
is 'each has its own' "$(indexed ../other/x86_64-repodata)$(
	indexed ../other/sub/x86_64-repodata)" 'index x-1_1 x86_64index y-1_1 x86_64'
is 'z is here' "$(indexed x86_64-repodata | tail -1)" 'index z-1_1 x86_64'

# list
exits 0 'the build repository may not exist yet' spiff-index -l
is 'it is empty then' "$(cat out err)" ''
exits 0 'list' env SPIFF_REPO=. spiff-index -l
is 'names, architectures, sizes' "$(cat out)" "a-2_1	x86_64	$(wc -c <a-2_1.x86_64.xbps)
b-1.0_1	noarch	$(wc -c <b-1.0_1.noarch.xbps)
z-1_1	x86_64	$(wc -c <z-1_1.x86_64.xbps)"
mkdir ../empty
exits 1 'list of nothing' spiff-index -l ../empty
is 'is empty' "$(cat out; ls ../empty)" ''

# clean
echo more >>z-1_1.x86_64.xbps
exits 0 'clean' spiff-index -c .
is 'has nothing to do' "$(cat out)" ''
exits 0 'clean, with hashes' spiff-index -c -C .
is 'drops what has another' "$(cat out)" "removed	z-1_1	x86_64"
rm b-1.0_1.noarch.xbps
exits 1 'verify' spiff-index -v .
is 'finds what is missing' "$(cat out)" "missing	b-1.0_1	noarch"
exits 0 'clean' spiff-index -c .
is 'drops it' "$(indexed x86_64-repodata)" 'index a-2_1 x86_64'
exits 0 'clean nothing' spiff-index -c ../empty
check 'makes no index' test ! -e ../empty/x86_64-repodata

spiff-index -v . >out 2>err
is 'elsewhere it does not' "$(cat out err)" ''

# what is staged is there for plans, as it is for builds
mkdir ../plan
(
	cd ../plan || exit
	pkg libgreet-0.1_1 x86_64 "$(strings shlib-provides libgreet.so.0)"
	pkg user-1_1 x86_64 "$(strings shlib-requires libgreet.so.0)"
	spiff-index -a ./*.xbps
	pkg libgreet-1.0_1 x86_64 "$(strings shlib-provides libgreet.so.1)"
	spiff-index -a libgreet-1.0_1.x86_64.xbps
) >../said
is 'a staged library' "$(tail -n 1 ../said)" "staged	libgreet-1.0_1	x86_64"
exits 0 'a plan' spiff-deps -a x86_64 -A x86_64 -D "$test/void-packages" -r ../plan libgreet
is 'has not to build it' "$(cat out)" ''

# obsolete files
pkg old-1_1 i686
for f in a-0.9_1.x86_64.xbps.sig2 a-1.0_1.x86_64.xbps.sig strange.xbps .x-1_1.x86_64.xbps \
	no-version.x86_64.xbps; do
	echo x >$f
done
ls >before
exits 0 'obsolete' spiff-index -r .
is 'what was removed' "$(cat out)" "removed	a-0.9_1.x86_64.xbps
removed	a-1.0_1.x86_64.xbps
removed	a-1.0_2.x86_64.xbps
removed	a-3_1.x86_64.xbps
removed	z-1_1.x86_64.xbps"
is 'what stays' "$(echo .x-* *.xbps*)" '.x-1_1.x86_64.xbps a-2_1.x86_64.xbps c-1.0_1.aarch64.xbps no-version.x86_64.xbps old-1_1.i686.xbps strange.xbps'
pkg alone-1_1 x86_64
exits 0 'obsolete, without an index' env SPIFF_ARCH=mips spiff-index -r .
is 'removes nothing' "$(cat out)" ''
echo garbage >broken-repodata
exits 111 'obsolete, with an unreadable index beside' spiff-index -r .
check 'removes nothing' test -e alone-1_1.x86_64.xbps
rm broken-repodata alone-1_1.x86_64.xbps

# an index that cannot be read is not replaced
for how in 'cut in half' 'empty' 'foreign'; do
	cp x86_64-repodata ../saved
	case $how in
	cut*) head -c $(($(wc -c <../saved) / 2)) ../saved >x86_64-repodata ;;
	empty) : >x86_64-repodata ;;
	*) echo hello hello hello hello >x86_64-repodata ;;
	esac
	sum=$(cksum <x86_64-repodata)
	pkg n-1_1 x86_64
	for mode in "-a n-1_1.x86_64.xbps" "-c ." "-r ." "-l ." "-v ."; do
		# shellcheck disable=SC2086
		exits 111 "an index $how: spiff-index $mode" spiff-index $mode
	done
	has "is named: $how" err 'spiff-index: ./x86_64-repodata: '
	is "and stays: $how" "$(cksum <x86_64-repodata)$(ls n-1_1*)" "${sum}n-1_1.x86_64.xbps"
	mv ../saved x86_64-repodata
done

# what has an index's name and is none
mkdir odd
pkg a-1_1 x86_64
mv a-1_1.x86_64.xbps odd
mkfifo odd/x86_64-repodata
exits 111 'a pipe in place of the index' spiff-index -l odd
has 'is named' err 'odd/x86_64-repodata: is not a regular file'
rm odd/x86_64-repodata
exits 1 'a directory that is no repository' spiff-index -l odd
has 'is named as such' err 'spiff-index: odd: no repository: it has no x86_64-repodata'
exits 1 'which cannot be verified either' spiff-index -v odd
exits 0 'the build repository before its first package' env SPIFF_REPO=odd spiff-index -l
is 'is an empty one' "$(cat out err)" ''
mkdir odd/x86_64-repodata
exits 111 'a directory' spiff-index -a odd/a-1_1.x86_64.xbps
has 'is named too' err 'odd/x86_64-repodata: is not a regular file'

plan

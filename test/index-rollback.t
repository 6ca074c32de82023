#!/bin/sh
# Older versions: SPIFF_KEEP keeps their files, -u puts them back, -d drops packages.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"
SPIFF_ARCH=x86_64 SPIFF_REPO=$work/repo SPIFF_REPOS=
export SPIFF_ARCH SPIFF_REPO SPIFF_REPOS

# names: what the index has
names() {
	indexed "repo/${1:+$1/}x86_64-repodata" | sort | tr '\n' ' '
}

# added PKGVER ARCH [LINES]: a package that is put into the repository
added() {
	(cd repo && pkg "$@" && spiff-index -a "$1.$2.xbps") >/dev/null
}

mkdir -p repo/nonfree
for v in 1.0_1 1.2_1 1.10_1 1.10_2; do
	added lib-$v x86_64 "$(strings shlib-provides libx.so.1)"
	added lib-devel-$v x86_64 "$(strings run_depends "lib>=$v")"
	added doc-$v noarch
done
added lib-extra-1_1 x86_64 "$(strings shlib-requires libx.so.1)"
: >repo/lib-1.2_1.x86_64.xbps.sig2
: >repo/.lib-1_1.x86_64.xbps.abc.tmp
exits 0 'the two last versions are kept' env SPIFF_KEEP=2 spiff-index -r
is 'and what is older goes' "$(sort out | tr '\n\t' '  ')" \
	'removed .lib-1_1.x86_64.xbps.abc.tmp removed doc-1.0_1.noarch.xbps removed lib-1.0_1.x86_64.xbps removed lib-devel-1.0_1.x86_64.xbps '
check 'in the order of versions' test -e repo/lib-1.2_1.x86_64.xbps
check 'with their signatures' test -e repo/lib-1.2_1.x86_64.xbps.sig2
exits 2 'a wrong number' env SPIFF_KEEP=-1 spiff-index -r

# back to an older version
before=$(cksum <repo/x86_64-repodata)
exits 1 'one that is needed as it is' spiff-index -u lib-1.10_1
is 'which other has to go back with it is said' "$(cat err)" \
	'spiff-index: lib-devel-1.10_2: would miss lib>=1.10_2: put back lib-devel-1.10_1 with it'
is 'and nothing is printed' "$(cat out)" ''
is 'nor changed' "$(cksum <repo/x86_64-repodata)" "$before"
exits 0 'both' spiff-index -u lib-1.10_1 lib-devel-1.10_1
is 'are put back' "$(sort out | tr '\n\t' '  ')" \
	'added lib-1.10_1 x86_64 added lib-devel-1.10_1 x86_64 '
is 'into the index' "$(names)" 'index doc-1.10_2 noarch index lib-1.10_1 x86_64 index lib-devel-1.10_1 x86_64 index lib-extra-1_1 x86_64 '
exits 0 'all is whole' spiff-index -v
exits 0 'again' spiff-index -u lib-1.10_1
is 'is there already' "$(tr '\n\t' '  ' <out)" 'present lib-1.10_1 x86_64 '
exits 0 'one of no architecture' spiff-index -u doc-1.2_1
exits 0 'and forward' spiff-index -u lib-1.10_2 lib-devel-1.10_2
is 'the index' "$(names)" 'index doc-1.2_1 noarch index lib-1.10_2 x86_64 index lib-devel-1.10_2 x86_64 index lib-extra-1_1 x86_64 '

# another soname
added lib-2_1 x86_64 "$(strings shlib-provides libx.so.2)"
is 'a new soname waits for its user' "$(names)" 'index doc-1.2_1 noarch index lib-1.10_2 x86_64 index lib-devel-1.10_2 x86_64 index lib-extra-1_1 x86_64 stage lib-2_1 x86_64 '
exits 0 'taken back' spiff-index -u lib-1.10_2
is 'it leaves the stage' "$(tr '\n\t' '  ' <out)" \
	'present lib-1.10_2 x86_64 removed lib-2_1 x86_64 '
(
	cd repo || exit
	pkg lib-extra-1_2 x86_64 "$(strings shlib-requires libx.so.2)"
	spiff-index -a lib-2_1.x86_64.xbps lib-extra-1_2.x86_64.xbps
) >/dev/null
is 'rebuilt' "$(names)" 'index doc-1.2_1 noarch index lib-2_1 x86_64 index lib-devel-1.10_2 x86_64 index lib-extra-1_2 x86_64 '
exits 1 'the old soname alone' spiff-index -u lib-1.10_2
is 'is refused for its user' "$(cat err)" \
	'spiff-index: lib-extra-1_2: would miss libx.so.2: put back lib-extra-1_1 with it'
exits 0 'with the user' spiff-index -u lib-extra-1_1 lib-1.10_2
exits 0 'all is whole' spiff-index -v

# what is no older version
exits 1 'one that was never there' spiff-index -u lib-9_1
has 'is named' err 'lib-9_1: '
exits 1 'no pkgver' spiff-index -u ../lib
exits 2 'nothing' spiff-index -u
cp repo/lib-2_1.x86_64.xbps saved
head -c 100 saved >repo/lib-2_1.x86_64.xbps
exits 1 'one that was cut short' spiff-index -u lib-2_1 lib-extra-1_2
is 'leaves all as it was' "$(names)" 'index doc-1.2_1 noarch index lib-1.10_2 x86_64 index lib-devel-1.10_2 x86_64 index lib-extra-1_1 x86_64 '

# in a sub-repository
(
	cd repo/nonfree || exit
	for v in 1 2; do
		pkg paid-${v}_1 x86_64 "$(strings run_depends 'lib-extra>=1')"
		spiff-index -a paid-${v}_1.x86_64.xbps
	done
) >/dev/null
exits 0 'in a sub-repository' spiff-index -u paid-1_1
is 'there' "$(names nonfree)" 'index paid-1_1 x86_64 '

# dropped
exits 1 'a package that others need' spiff-index -d lib-extra doc
is 'is kept, and they are named' "$(tr '\n\t' '  ' <out)" 'kept lib-extra-1_1 x86_64 paid '
is 'with all else' "$(names)" 'index doc-1.2_1 noarch index lib-1.10_2 x86_64 index lib-devel-1.10_2 x86_64 index lib-extra-1_1 x86_64 '
exits 1 'one that is not there' spiff-index -d nonesuch doc
has 'is named' err 'nonesuch: '
exits 0 'with who needs it' spiff-index -d lib-extra paid
is 'both go' "$(sort out | tr '\n\t' '  ')" 'removed lib-extra-1_1 x86_64 removed paid-1_1 x86_64 '
is 'out of the sub-repository too' "$(names nonfree)" ''
exits 0 'by force' spiff-index -d -f lib
exits 1 'which breaks others' spiff-index -v
has 'as is said' out "$(printf 'broken\tlib-devel-1.10_2\tx86_64\tlib>=1.10_2')"
exits 0 'put back' spiff-index -u lib-1.10_2
exits 0 'all is whole' spiff-index -v
exits 2 'nothing' spiff-index -d
exits 2 'both' spiff-index -d -u lib
plan

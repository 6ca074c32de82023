#!/bin/sh
# A large index, which is compressed piece by piece: what stays as it was is not
# compressed again, and whatever came before, its bytes are those of one written
# at once.
. "$(dirname "$0")/lib/lib.sh"
SPIFF_ARCH=x86_64
SPIFF_COMPRESSION=9
export SPIFF_ARCH SPIFF_COMPRESSION

mkdir repo
(cd repo && mkpkgs 4000)
cd repo || exit
# the last, the first, and one in the middle
last=$(echo go-tool3999-*)
middle=$(echo kde-part1998-*)
first=$(find . -name '*.xbps' | sed 's|./||' | sort | head -n 1)

# adds LEVEL FILE...: adds them, compressed at that level
adds() {
	adds_level=$1
	shift
	SPIFF_COMPRESSION=$adds_level spiff-index -a "$@" >/dev/null
}
size() { wc -c <x86_64-repodata; }
sum() { cksum <x86_64-repodata; }
none() { rm -f x86_64-repodata; }

adds 9 ./*.xbps
small=$(size) all=$(sum)
none
adds 1 ./*.xbps
large=$(size)
check 'levels make a difference' test "$large" -gt $((small + small / 20))

# without the three, then with them: at the other level, which is to be seen
mkdir ../away
mv "$first" "$middle" "$last" ../away
none
adds 1 ./*.xbps
mv ../away/* .
adds 9 "$first" "$middle" "$last"
check 'most is not compressed again' \
	test "$(size)" -gt $((small + (large - small) / 4))
check 'what changed is' test "$(size)" -lt "$large"
is 'all are there' "$(spiff-index -l . | wc -l)" 4000
spiff-index -v . >out
is 'and right' "$(grep -v ^broken out)" ''

mv "$first" "$middle" "$last" ../away
none
adds 9 ./*.xbps
without=$(sum)
mv ../away/* .
adds 9 "$first"
adds 9 "$last"
adds 9 "$middle"
is 'added one by one, it is as if written at once' "$(sum)" "$all"
rm "$first" "$middle" "$last"
exits 0 'and removed' spiff-index -c .
is 'it is as before' "$(sum)" "$without"

# what another tool has written is one piece
if command -v zstd >/dev/null; then
	zstd -dcq x86_64-repodata >plain
	zstd -cq <plain >x86_64-repodata
	rm "$(echo font-2003-*)"
	exits 0 'one of another tool' spiff-index -c .
	cp x86_64-repodata ours
	none
	adds 9 ./*.xbps
	check 'becomes one of ours' cmp ours x86_64-repodata

	# a piece that is packed twice can be read, but not beside others
	zstd -dcq ours >plain
	n=$(grep -abo -m 1 "^$(printf '\t')<key>" plain | sed 's/:.*//; q')
	for part in "head -c $n" "tail -c +$((n + 1))"; do
		$part plain | zstd -cq | zstd -cq
	done >x86_64-repodata
	# an empty frame to be skipped, and the package is another one
	pkg=$(find . -name 'font-*' | sort | tail -n 1)
	printf '\120\052\115\030\0\0\0\0' >>"$pkg"
	exits 0 'one that is packed twice' spiff-index -f -a "$pkg"
	mv x86_64-repodata ours
	adds 9 ./*.xbps
	check 'is packed once' cmp ours x86_64-repodata
else
	skip 'one of another tool' 'no zstd'
fi
plan

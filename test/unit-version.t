#!/bin/sh
# Versions, names and patterns: the answers of the real xbps, all rows.
. "$(dirname "$0")/lib/lib.sh"

# same NAME GOT WANTED: the two files are equal
same() {
	diff "$2" "$3" >diff.out
	same_status=$?
	ok $same_status "$1"
	[ $same_status -eq 0 ] || sed 's/^/# /' diff.out
}

for t in cmpver pkgmatch pkgnames; do
	ver $t <"$test/data/$t.tsv" >got
	same "$t.tsv: $(wc -l <got) rows" got "$test/data/$t.tsv"
done

# the order is antisymmetric, but for a difference of 2^31, which is negative
# both ways
awk -F'\t' -v OFS='\t' '!/2147483648/ { print $2, $1, -$3 }' \
	"$test/data/cmpver.tsv" >want
ver cmpver <want >got
same 'cmpver.tsv, the two sides changed' got want

# what may be part of a file name: as name, as pkgver, as architecture, as file
cat >want <<'END'
hello	1 0 1 0
gtk+3	1 0 0 0
lib_x.y-z	1 0 0 0
-x	0 0 0 0
.x	0 0 0 0
../x	0 0 0 0
a/b	0 0 0 0
a b	0 0 0 0
	0 0 0 0
hello-1.0_1	1 1 0 0
x86_64	1 0 1 0
hello-1.0_1.x86_64	1 0 0 hello-1.0_1 x86_64
hello-1.0_1.noarch.xbps	1 0 0 hello-1.0_1 noarch
hello-1.0_1.xbps	1 0 0 0
hello-1.0.x86_64	1 1 0 0
-1.0_1	0 0 0 0
hello-1.0_1_	1 0 0 0
hello-1:2~3^4+5_1	0 1 0 0
../hello-1.0_1.x86_64.xbps	0 0 0 0
hello-1.0/2_1	0 0 0 0
hello-1.0 2_1	0 0 0 0
a234567890123456789012345678901234567890123456789012345678901234	0 0 0 0
a23456789012345678901234567890123456789012345678901234567890123	1 0 1 0
END
cut -f1 want | ver ok >got
same 'names that are safe' got want

plan

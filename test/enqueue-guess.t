#!/bin/sh
# What spiff-enqueue guesses of the time of builds, from what the repositories say of
# their packages.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

emptytree
SPIFF_REPOS=$work/main
export SPIFF_REPOS
mkdir main

# entry PKGVER BYTES [SONAME]...: one of the main repository's index
entry() {
	cat <<-END
	<key>${1%-*}</key><dict><key>architecture</key><string>x86_64</string>
	<key>installed_size</key><integer>$2</integer>
	<key>pkgver</key><string>$1</string>
	END
	shift 2
	echo '<key>shlib-requires</key><array>'
	[ $# -eq 0 ] || printf '<string>%s</string>\n' "$@"
	echo '</array></dict>'
}
{
	echo '<plist version="1.0"><dict>'
	entry small-0.9_1 20000 libc.so.6
	entry large-0.9_1 200000000 libc.so.6
	entry c-0.9_1 20000000 libc.so.6
	entry cxx-0.9_1 20000000 libc.so.6 libstdc++.so.6
	entry data-0.9_1 20000000
	entry parts-0.9_1 20000 libc.so.6
	entry parts-lib-0.9_1 19980000 libc.so.6 libstdc++.so.6
	entry huge-0.9_1 9223372036854775807 libstdc++.so.6
	entry empty-0.9_1 0
	echo '</dict></plist>'
} >index.plist
: >index-meta.plist
: >stage.plist
tar cf - index.plist index-meta.plist stage.plist | gzip >main/x86_64-repodata

for name in small large c cxx data parts huge empty new cmake; do
	template "$name" 1
done
sed -i 's/^short_desc/build_style=gnu-configure\n&/' tree/srcpkgs/small/template
sed -i 's/^short_desc/build_style=gnu-configure\n&/' tree/srcpkgs/large/template
sed -i 's/^short_desc/build_style=cmake\n&/' tree/srcpkgs/cmake/template
cat >>tree/srcpkgs/parts/template <<'END'
parts-lib_package() {
	short_desc+=" - library"
	pkg_install() { :; }
}
END
ln -s parts tree/srcpkgs/parts-lib
mkdir -p tree/common/environment/build-style tree/common/build-style
for style in gnu-configure cmake; do
	: >>tree/common/environment/build-style/$style.sh
	: >>tree/common/build-style/$style.sh
done
fresh
spiff-enqueue small large c cxx data parts huge empty new cmake >out 2>err
sed "s/^/# /" err out; is 'all are queued' "$(grep -c ^queued out)" 10

# guess NAME: the job's
guessed() { attr "$1-1_1" new guess; }
# longer NAME NAME: the guess of the first is longer
longer() {
	[ "$(guessed "$1")" -gt "$(guessed "$2")" ]
	ok $? "$1 takes longer than $2"
	echo "# $(guessed "$1") and $(guessed "$2") s"
}
longer large small
longer cxx c
longer c data
longer cmake new
is 'the size is that of all packages together, which are linked with what one is' \
	"$(guessed parts)" "$(guessed cxx)"
is 'an empty package says nothing' "$(guessed empty)" "$(guessed new)"
[ "$(guessed huge)" -lt 1000000000 ]
ok $? 'no size is too large'

# how far off the guesses are for real builds from which they were not made
sh "$top/test/bench/guess" >off
sed 's/^/# /' off
is 'half of them by less than 1.5' "$(awk '$1 == "all" { print $4 < 1.5 }' off)" 1
is 'nine of ten by less than 3' "$(awk '$1 == "all" { print $5 < 3 }' off)" 1
plan

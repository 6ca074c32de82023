#!/bin/sh
# Several repositories: which one satisfies a dependency is told by their order
# and by nothing else.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"

cp -R "$test/void-packages" tree
export SPIFF_DISTDIR=tree SPIFF_HOST=x86_64 SPIFF_REPO=ours

# package DIR PKGVER: puts one into a repository's index
package() {
	cat >props.plist <<-END
	<plist version="1.0"><dict>
	<key>architecture</key><string>x86_64</string>
	<key>pkgname</key><string>${2%-*}</string>
	<key>pkgver</key><string>$2</string>
	<key>short_desc</key><string>A test</string>
	<key>version</key><string>${2##*-}</string>
	</dict></plist>
	END
	printf '<plist version="1.0"><dict></dict></plist>\n' >files.plist
	mkdir -p "$1"
	tar -cf "$1/$2.x86_64.xbps" ./props.plist ./files.plist
	spiff-index -a "$1/$2.x86_64.xbps" >/dev/null
}
# from WANTED ARG... NAME: where seed would be taken from
from() {
	from_want=$1
	shift
	is "$1" "$(shift; spiff-deps -u "$@" sprout)" "$from_want"
}
package one seed-1.0_1
package two seed-1.0_1
package two/nonfree seed-1.0_1
package three/nonfree seed-1.0_1
package three/multilib seed-1.0_1
package old seed-0.9_1
package new seed-2.0_1

from one/seed-1.0_1.x86_64.xbps 'the first' -R one -R two
from two/seed-1.0_1.x86_64.xbps 'in their order' -R two -R one
from '' 'one behind another version, which xbps-src sees in its place' -R old -R one
is 'that is to be built, then' "$(spiff-deps -R old -R one seed | cut -f3)" \
	'outdated 0.9_1'
from three/nonfree/seed-1.0_1.x86_64.xbps 'the first sub-repository' -R three
from two/seed-1.0_1.x86_64.xbps 'after the main part' -R two
from '' 'none with another version' -R old -R new
is 'which is outdated then' "$(spiff-deps -R old seed | cut -f3)" \
	'outdated 0.9_1'
exits 0 'one that a repository has newer' spiff-deps -R old -R new seed
is 'the tree is behind' "$(cut -f3 out)" 'behind 2.0_1'
has 'which is said' err 'seed-1.0_1: a repository has 2.0_1 already'
exits 1 'as a dependency it is refused' spiff-deps -R old -R new sprout
has 'with the count and what to do' err \
	'1 package that is needed would be built older than it is there (seed): update the tree'
exits 0 'but built when asked for all the same' spiff-deps -f -R new sprout
is 'both' "$(cut -f1,3 out | tr '\t\n' ' ,')" \
	'seed-1.0_1 behind 2.0_1,sprout-1.0_1 missing,'
package ours/debug seed-1.0_1
from ours/debug/seed-1.0_1.x86_64.xbps 'the build repository before all' \
	-R one -R two

# what no template makes is satisfied by who provides it, the first again
sed 's/seed/wants/g; $a makedepends=elsewhere' tree/srcpkgs/seed/template >t
mkdir tree/srcpkgs/wants
mv t tree/srcpkgs/wants/template
exits 1 'without a template, nowhere' spiff-deps wants
has 'is said' err 'wants: needs elsewhere, which no template makes'
package one elsewhere-3_1
package two elsewhere-4_1
is 'in any version' "$(spiff-deps -R two -R one -u wants)" \
	two/elsewhere-4_1.x86_64.xbps
is 'of the first' "$(spiff-deps -R one -R two -u wants)" \
	one/elsewhere-3_1.x86_64.xbps

# a cycle is one only among what has to be built
SPIFF_REPO=none
from one/seed-1.0_1.x86_64.xbps 'one for this architecture' -R aarch64=two \
	-R i686,x86_64=one -R two
from '' 'none for it' -R aarch64=one -R i686,armv7l=two
exits 111 'where there must be one' spiff-deps -R aarch64=one -R i686,armv7l=two sprout
has 'is said' err 'SPIFF_REPOS: no repository is for x86_64'
# as Void has them, a directory for each architecture
mkdir arm
exits 111 'an architecture that a repository has not' spiff-deps -a aarch64 -R one sprout
has 'is said too' err 'one/aarch64-repodata: no such index'
pkg seed-1.0_1 aarch64
mv seed-1.0_1.aarch64.xbps arm
SPIFF_ARCH=aarch64 spiff-index -a arm/seed-1.0_1.aarch64.xbps >/dev/null
exits 0 'a cross build with a repository for each' spiff-deps -a aarch64 \
	-R x86_64=one -R aarch64=arm sprout
is 'has from the one' "$(spiff-deps -u -a aarch64 -R x86_64=one -R aarch64=arm sprout)" \
	arm/seed-1.0_1.aarch64.xbps

SPIFF_REPO=ours
exits 3 'two that need each other' spiff-deps chicken
package ours egg-1.0_1
exits 0 'one of them is there' spiff-deps chicken
is 'so the other can be built' "$(cut -f1 out)" chicken-1.0_1
package ours chicken-1.0_1
exits 0 'both are there' spiff-deps chicken egg
is 'and nothing is to be done' "$(cat out)" ''
exits 0 'both are there and asked for' spiff-deps -f chicken egg
is 'in some order' "$(cut -f1 out | sort | tr '\n' ' ')" \
	'chicken-1.0_1 egg-1.0_1 '
exits 3 'but the tree has a cycle' spiff-deps -C chicken
plan

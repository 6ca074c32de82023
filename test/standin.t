#!/bin/sh
# The stand-in tree and its xbps-src, on which the other tests rely: they must
# be told the same as by the real one.
# shellcheck source=test/lib/lib.sh
. "$(dirname "$0")/lib/lib.sh"

if ! command -v xbps-rindex >/dev/null && ! command -v spiff-index >/dev/null; then
	skip 'stand-in' 'neither xbps-rindex nor spiff-index'
	plan
	exit
fi

cp -R "$test/void-packages" tree
repo=host/binpkgs

xs() {
	tree/xbps-src -N -H host -m master "$@"
}

# member FILE NAME: one file of a package
member() {
	tar -xOf "$1" "$2"
}

# version NAME VERSION: changes the version of a template
version() {
	sed -i "s/^version=.*/version=$2/" "tree/srcpkgs/$1/template"
}

exits 0 'the masterdir is made' xs binary-bootstrap
arch=$(cat master/.xbps_chroot_init)
case $arch in
aarch64*) other=x86_64 ;;
*) other=aarch64 ;;
esac

# a library, its -devel, and a program that links it

exits 1 'without its dependency a package is not built' xs -1 pkg hello
has 'what is missing is said' out '[target] libgreet-devel-1.0_1: not found'
has 'and that it was not to be built' err \
	'=> ERROR: dep libgreet-devel-1.0_1 not found: -1 passed: instructed not to build'

exits 0 'a library' xs -1 pkg libgreet
has 'its build is named' out "=> libgreet-1.0_1: building with [gnu-makefile] for $arch..."
has 'its steps are' out '=> libgreet-1.0_1: running do_build ...'
lib=$repo/libgreet-1.0_1.$arch.xbps
devel=$repo/libgreet-devel-1.0_1.$arch.xbps
check 'both packages and the index are there' \
	test -s "$lib" -a -s "$devel" -a -s "$repo/$arch-repodata"
is 'what is in a package' "$(tar -tf "$devel")" './props.plist
./files.plist
./usr/lib/libgreet.so
./usr/include/greet.h'
member "$lib" ./props.plist >props
has 'the library provides its soname' props '<string>libgreet.so.1</string>'
hash=$(member "$lib" ./usr/lib/libgreet.so.1 | sha256sum)
member "$lib" ./files.plist >files
has 'the hash of a file is in files.plist' files "<string>${hash%% *}</string>"
member "$devel" ./props.plist >props
has 'the subpackage depends on it' props '<string>libgreet&gt;=1.0_1</string>'
cp "$lib" first.xbps
xs -1 pkg libgreet >out 2>err
check 'the same package is made of the same bytes' cmp "$lib" first.xbps

exits 0 'a program that links it' xs -1 pkg hello
has 'the dependency is found' out "[target] libgreet-devel-1.0_1: found ($PWD/$repo)"
member "$repo/hello-1.0_1.$arch.xbps" ./props.plist >props
has 'the program needs the library' props '<string>libgreet&gt;=1.0_1</string>'
has 'and its soname' props '<string>libgreet.so.1</string>'
is 'nothing of it stays in the masterdir' \
	"$(find master -type f ! -name .xbps_chroot_init)" ''
mkdir root
tar -xf "$lib" -C root ./usr
tar -xf "$repo/hello-1.0_1.$arch.xbps" -C root ./usr
is 'the program runs' "$(LD_LIBRARY_PATH=root/usr/lib root/usr/bin/hello)" 'Hello, world!'

exits 0 'with -E there is nothing to do' xs -1 -E pkg hello
is 'as is said' "$(cat out)" "=> xbps-src: hello-1.0_1: found ($arch) ($PWD/$repo)"

# where packages go

exits 0 'a repository for a job' xs -1 -r job pkg hello
check 'packages go there' test -s "$repo/job/hello-1.0_1.$arch.xbps" -a -s "$repo/job/$arch-repodata"
exits 0 'a package that is not free' xs -1 -r job pkg crown
check 'goes below' test -s "$repo/job/nonfree/crown-1.0_1.$arch.xbps"
exits 0 'a package for all machines' xs -1 pkg greetings
check 'is named so' test -s "$repo/greetings-1.0_1.noarch.xbps"
exits 0 'what a package of its own needs is built, without -1' xs pkg welcome
check 'all of it' test -s "$repo/libcolor-1.0_1.$arch.xbps" -a -s "$repo/welcome-1.0_1.$arch.xbps"
exits 0 'the end of a long chain, and tests' xs -Q pkg flower

# what cannot be built

for p in rusty:broken vault:restricted raspberry:arch mill:cross; do
	case ${p#*:} in
	arch) [ "$other" = aarch64 ] || continue; opt=; why='this package cannot be built for' ;;
	cross) opt="-a $other"; why='cannot be cross compiled...' ;;
	broken) opt=; why="cannot be built, it's currently broken" ;;
	restricted) opt=; why='does not allow redistribution' ;;
	esac
	# shellcheck disable=SC2086
	exits 2 "${p%:*} cannot be built here" xs -1 $opt pkg "${p%:*}"
	has 'and why' err "=> ERROR: ${p%:*}-1.0_1: $why"
done
exits 1 'a cycle' xs pkg chicken
has 'is named' err '=> ERROR: Build-time cyclic dependency chicken(host), egg(host), chicken(host) detected.'
exits 1 'no such package' xs -1 pkg nothing
has 'is said so' err '=> ERROR: xbps-src: nonexistent file:'
exits 1 'no such target' xs frobnicate
exits 1 'no target' xs
cp -R tree/srcpkgs/soup tree/srcpkgs/syntax
echo 'if then' >>tree/srcpkgs/syntax/template
exits 1 'a template with a syntax error' xs -1 pkg syntax
has 'is said so' err '=> ERROR: xbps-src: failed to read'
rm -r tree/srcpkgs/syntax

# what fails

exits 1 'a build that fails' xs -1 pkg oops
has 'the command is named' out '=> ERROR: oops-1.0_1: do_build: '
has 'and its place' out '=> ERROR:   in do_build() at srcpkgs/oops/template:'
check 'its files stay' test -d master/builddir/oops-1.0
# shellcheck disable=SC2016
sed -i 's/^do_build/post_extract() { false; }\n&/; s,^\t${CC}.*,\tcp "${FILESDIR}"/oops.c oops,' \
	tree/srcpkgs/oops/template
exits 0 'the next build goes on with them' xs -1 pkg oops
exits 0 'until they are removed' xs clean
exits 1 'then it begins again' xs -1 pkg oops
xs clean >out 2>err

setsid tree/xbps-src -N -1 -H host -m master pkg sloth >log 2>&1 &
pid=$!
await grep -q 'running do_build' log
kill -s TERM -- "-$pid"
wait $pid
is 'a build that is stopped' $? 2
has 'says so' log '=> ERROR: xbps-src: a failure has occurred! exiting...'

sed -i '/^libgreet/d' tree/common/shlibs
exits 1 'a soname that is not in common/shlibs' xs -1 pkg hello
has 'is named' out 'SONAME: libgreet.so.1 <-> UNKNOWN PKG PLEASE FIX!'
cp "$test/void-packages/common/shlibs" tree/common/shlibs
xs clean >out 2>err

# versions

version libgreet 2.0
exits 1 'a dependency at another version counts as missing' xs -1 pkg hello
has 'and the wanted one is named' out '[target] libgreet-devel-2.0_1: not found'
sed -i 's/^SOVERSION.*/SOVERSION = 2/' tree/srcpkgs/libgreet/files/Makefile
sed -i 's/^libgreet.*/libgreet.so.2 libgreet-2.0_1/' tree/common/shlibs
exits 0 'a library that others cannot be used with' xs -1 pkg libgreet
is 'is staged' "$(tar -xOf "$repo/$arch-repodata" index.plist | grep -c 'libgreet-2.0_1')" 0
version hello 2.0
exits 0 'where the next build finds it' xs -1 pkg hello
has 'with its version' out '[target] libgreet-devel-2.0_1: found'

# another machine

exits 0 'a tool for this machine' xs -1 pkg cook
exits 0 'makes a package for another' xs -1 -a "$other" pkg soup
check 'which is named so' test -s "$repo/soup-1.0_1.$other.xbps" -a -s "$repo/$other-repodata"
exits 0 'as does a build style with a tool of its own' xs -1 -a "$other" pkg cake
has 'that it depends on' out '[host] cook-1.0_1: found'
if [ "$arch" = x86_64 ] && command -v x86_64-linux-musl-gcc >/dev/null; then
	version hello 1.0
	exits 0 'a cross compiler' xs -a x86_64-musl pkg hello
	mkdir musl
	tar -xf "$repo/hello-1.0_1.x86_64-musl.xbps" -C musl ./usr
	tar -xf "$repo/libgreet-2.0_1.x86_64-musl.xbps" -C musl ./usr
	is 'makes a program that runs' "$(LD_LIBRARY_PATH=musl/usr/lib musl/usr/bin/hello musl)" 'Hello, musl!'
else
	skip 'a cross compiler' 'no x86_64-linux-musl-gcc'
fi
exits 1 'an unknown machine' xs -1 -a pdp11 pkg soup

# build dependencies

deps() {
	xs "$@" 2>err | paste -s -d ' ' -
}
is 'build dependencies' "$(deps show-build-deps welcome)" 'bye doorbell hello'
is 'of subpackages: their source package' "$(deps show-build-deps bye)" 'greetings libgreet palette'
is 'with checks' "$(deps -Q show-build-deps bye)" 'greetings hello libgreet palette'
is 'with a build option off' "$(deps -o '~color' show-build-deps bye)" 'greetings libgreet'
echo 'XBPS_PKG_OPTIONS_bye=~color' >tree/etc/conf
is 'by etc/conf' "$(deps show-build-deps bye)" 'greetings libgreet'
mkdir tree/srcpkgs/lib-x86_64
sed 's/^pkgname=.*/pkgname=lib-x86_64/; /^makedepends/d' tree/srcpkgs/seed/template \
	>tree/srcpkgs/lib-x86_64/template
cp -R tree/srcpkgs/seed/files tree/srcpkgs/lib-x86_64
cp -R tree/srcpkgs/lib-x86_64 tree/srcpkgs/like
sed -i 's/^pkgname=.*/pkgname=like\ndepends="lib-x86_64>=1.0"/' \
	tree/srcpkgs/like/template
is 'of a name like a version, as a pattern has it' \
	"$(deps show-build-deps like)" lib-x86_64
rm -r tree/srcpkgs/like tree/srcpkgs/lib-x86_64
is 'of a virtual one: the real one' "$(deps show-build-deps doorbell)" 'hello'
is 'of a build style' "$(deps show-build-deps cake)" 'cook'
is 'none' "$(deps show-build-deps cook)" ''
is 'itself, by a build helper, when cross building' "$(deps -a "$other" show-build-deps cook)" 'cook'

# the real tools agree

if command -v xbps-create >/dev/null; then
	mkdir dest
	tar -xf "$lib" -C dest ./usr
	xbps-create -q -A "$arch" -n libgreet-1.0_1 -s 'Library of greetings' \
		--homepage https://example.org/libgreet --license BSD-2-Clause \
		--maintainer 'The spiff contributors <spiff@example.org>' \
		--shlib-provides libgreet.so.1 --sourcepkg libgreet dest
	for f in ./props.plist ./files.plist; do
		is "xbps-create writes the same $f" "$(member "$lib" $f)" \
			"$(member "libgreet-1.0_1.$arch.xbps" $f)"
	done
else
	skip 'xbps-create writes the same' 'no xbps-create'
fi
if command -v xbps-install >/dev/null; then
	exits 0 'xbps-install installs' xbps-install -i -R "$PWD/$repo" -r "$PWD/sysroot" -Sy hello
	exits 0 'and xbps-pkgdb finds no fault' xbps-pkgdb -r "$PWD/sysroot" -a
	is 'and the program runs' "$(LD_LIBRARY_PATH=sysroot/usr/lib sysroot/usr/bin/hello -V)" 'hello 2.0'
else
	skip 'xbps-install installs' 'no xbps-install'
fi
plan

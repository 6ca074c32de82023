#!/bin/sh
# A cross build from nothing: the cross compiler for the host; then what the
# target's sysroot is made of, without a sysroot; then the rest.
. "$(dirname "$0")/lib/lib.sh"

cp -R "$test/void-packages" tree
export SPIFF_DISTDIR=tree SPIFF_HOST=x86_64 SPIFF_ARCH=aarch64-musl
dummy=tree/srcpkgs/cross-vpkg-dummy/template

# meta NAME DEPENDS: a template without anything to compile
meta() {
	mkdir "tree/srcpkgs/$1"
	sed "s/cross-vpkg-dummy/$1/; \$a depends=\"$2\"" "$dummy" \
		>"tree/srcpkgs/$1/template"
}
meta triggers ''
meta base triggers
meta thing ''
meta user thing
echo 'depends="base"' >>"$dummy"

exits 0 'the plan' spiff-deps user
is 'has an order, though the sysroot is made of packages for the target' \
	"$(cut -f1,2 out | tr '\t\n' ' ,')" \
	'cross-aarch64-linux-musl-0.1_1 x86_64,triggers-0.1_1 aarch64-musl,base-0.1_1 aarch64-musl,cross-vpkg-dummy-0.1_1 aarch64-musl,thing-0.1_1 aarch64-musl,user-0.1_1 aarch64-musl,'
spiff-enqueue user >/dev/null
is 'jobs of the sysroot say so' "$(grep -l '^sysroot no$' spool/new/* |
	sed 's|.*/||' | tr '\n' ' ')" \
	'base-0.1_1.aarch64-musl cross-vpkg-dummy-0.1_1.aarch64-musl triggers-0.1_1.aarch64-musl '
exits 0 'it is built' spiff-run -1 -j 1
is 'for the target' "$(spiff-index -l | cut -f1 | tr '\n' ' ')" \
	'base-0.1_1 cross-vpkg-dummy-0.1_1 thing-0.1_1 triggers-0.1_1 user-0.1_1 '
SPIFF_ARCH=x86_64
is 'and for the host' "$(spiff-index -l | cut -f1)" \
	'cross-aarch64-linux-musl-0.1_1'
check 'the sysroot is a true one now' test -f masterdir-1/.xbps-aarch64-musl-done \
	-a ! -s masterdir-1/.xbps-aarch64-musl-done

# what says nocross is built by a machine of the target's own architecture, if there is
# one, with what that needs there; the rest of the plan is cross-built
SPIFF_ARCH=aarch64-musl
meta tool ''
meta native thing
sed -i '$a nocross="it runs what it makes"\nhostmakedepends="tool"' \
	tree/srcpkgs/native/template
meta after native
exits 1 'nobody can build it' spiff-deps after
has 'which is said' err 'native: nocross: it runs what it makes'
export SPIFF_NATIVE='armv7l aarch64-musl'
exits 0 'a plan for two kinds of machines' spiff-deps after
is 'has its tools for the target' "$(cut -f1,2 out | tr '\t\n' ' ,')" \
	'tool-0.1_1 aarch64-musl,native-0.1_1 aarch64-musl,after-0.1_1 aarch64-musl,'
exits 0 'and its jobs' spiff-enqueue after
is 'name the machine' "$(grep '^host ' spool/new/* | sed 's|.*/||' | tr '\n' ,)" \
	'after-0.1_1.aarch64-musl:host x86_64,native-0.1_1.aarch64-musl:host aarch64-musl,tool-0.1_1.aarch64-musl:host x86_64,'
is 'is what make is told too' "$(spiff-deps -m after |
	grep -o "'arch aarch64-musl' 'host [^']*'" | sort | uniq -c | tr -s ' \n' ' ,')" \
	" 1 'arch aarch64-musl' 'host aarch64-musl', 2 'arch aarch64-musl' 'host x86_64',"
exits 0 'each is built where it can be' spiff-run -1 -j 1
is 'all of them' "$(spiff-index -l | cut -f1 | tr '\n' ' ')" \
	'after-0.1_1 base-0.1_1 cross-vpkg-dummy-0.1_1 native-0.1_1 thing-0.1_1 tool-0.1_1 triggers-0.1_1 user-0.1_1 '
sed -i 's/^revision=.*/revision=2/; $a broken="for now"' tree/srcpkgs/native/template
exits 1 'what nobody can build' spiff-deps native
has 'has the reason of the target' err 'native: broken: for now'

# xbps-src would ask somebody whether it may trust the key of the build repository
mkdir over over/srcpkgs bin
meta key ''
cat >bin/xbps-install <<'END'
#!/bin/sh
# the key of a repository, for who says yes
echo "$XBPS_ARCH $*" >>"$0.log"
read -r answer
while [ $# -gt 0 ]; do
	[ "$1" != -r ] || root=$2
	shift
done
mkdir -p "$root/var/db/xbps/keys"
echo "$answer" >"$root/var/db/xbps/keys/01:23.plist"
END
chmod +x bin/xbps-install
SPIFF_DISTDIR=over:tree spiff-enqueue key >/dev/null
PATH=$work/bin:$PATH SPIFF_DISTDIR=over:tree exits 0 'a cross build' spiff-run -1 -j 1
has 'asks for the key of the build repository alone' bin/xbps-install.log \
	"-R $work/hostdir/binpkgs"
is 'and has it where xbps-src looks' "$(cat hostdir/spiff/tree-*/etc/repo-keys/01:23.plist)" y
plan

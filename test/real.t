#!/bin/sh
# Builds real templates with the real xbps-src, from an empty directory to packages
# that are installed from a web server. make check-real runs it, with
#
#	TREE	a whole void-packages
#	SOURCES	a directory of distfiles, each called SHA256_NAME: what xbps-src has
#		in HOSTDIR/sources/by_sha256
#	MAIN	a repository, signed or not, with the packages that builds need: Void's
#		own, or enough of it; its base-chroot is what chroots are made of
#	CHROOT	a masterdir, in place of MAIN's base-chroot
#	NAMES	packages to build, in place of those below whose distfiles are there
#	AS	the ordinary user who builds, when root runs this: nobody
#
# in the environment. TREE and SOURCES must be given, and MAIN or CHROOT; what cannot
# be tried without the others is skipped. It needs XBPS, and some gigabytes below
# TMPDIR. Nothing is fetched but from this machine, and nothing of TREE and MAIN is
# changed.
#
# Void itself has all of this: MAIN is a mirror of its repository. Elsewhere MAIN may
# be of empty packages, one for each name of the tree, at its version and with the
# shlib-provides of common/shlibs, as long as base-chroot has the compilers, tools and
# headers that they stand for; autoconf, automake, libtool and bison have to depend on
# m4, as with the last package that needs it xbps-src removes it from a chroot.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/lib.sh"

lacking=
for v in TREE SOURCES; do
	eval "[ -n \"\${$v-}\" ]" || lacking="$lacking $v"
done
[ -n "${MAIN-}${CHROOT-}" ] || lacking="$lacking MAIN"
for c in git openssl setpriv xbps-install xbps-rindex xbps-uunshare; do
	command -v $c >/dev/null || lacking="$lacking $c"
done
if [ -n "$lacking" ]; then
	skip 'real templates' "no$lacking"
	plan
	exit
fi

# names are from where this was called
for v in TREE SOURCES MAIN CHROOT; do
	eval "dir=\${$v-}"
	# shellcheck disable=SC2154
	[ -z "$dir" ] || eval "$v=\$(cd \"$OLDPWD\" && cd \"$dir\" && pwd) && export $v" || exit 1
done

# xbps-src refuses root
if [ "$(id -u)" -eq 0 ]; then
	as=${AS:-nobody}
	chown "$as" .
	chmod 755 .
	setpriv --reuid "$as" --regid "$(id -g "$as")" --clear-groups \
		env TMPDIR="$work" HOME="$work" sh "$test/real.t"
	exit
fi

[ ! -d "$SOURCES/by_sha256" ] || SOURCES=$SOURCES/by_sha256
HOME=$work
export HOME
unset SPIFF_CACHE
printf '[safe]\n\tdirectory = *\n[user]\n\tname = a\n\temail = a@example.org\n' \
	>.gitconfig
arch=$(xbps-uhelper arch)
servers='' queue=
cleanup() {
	for p in $servers $queue; do
		kill "$p" 2>/dev/null
	done
	wait
}

# --- what a user sets up

git clone -q -s "$TREE" void-packages
ok $? 'a clone of void-packages'
mkdir -p mine/srcpkgs mine/common main hostdir/sources/by_sha256
echo XBPS_CHROOT_CMD=uunshare >void-packages/etc/conf
cp -al "$SOURCES/." hostdir/sources/by_sha256 2>/dev/null ||
	cp -a "$SOURCES/." hostdir/sources/by_sha256
cat >spiff.conf <<END
SPIFF_DISTDIR=mine:void-packages
SPIFF_REPO=hostdir/binpkgs
SPIFF_REPOS=$work/main
SPIFF_SLOTS=2
SPIFF_PAUSE=1
SPIFF_HOSTDIR=hostdir
SPIFF_MASTERDIR=masterdir
SPIFF_PRIVKEY=$work/key
SPIFF_SIGNEDBY=A Tester <tester@example.org>
END
openssl genrsa -traditional -out key 2048 2>/dev/null ||
	openssl genrsa -out key 2048 2>/dev/null
SPIFF_CONF=$work/spiff.conf
SPIFF_SPOOL=$work/spool
export SPIFF_CONF SPIFF_SPOOL

# the packages: libraries and what links them, of several build styles
: "${NAMES:=m4 automake lzo lzop libogg libvorbis libestr libee libb2 libmad libyaml
	lz4 lz4jsoncat squashfs-tools libpipeline fstrm libutempter detox redir hexedit
	iselect stress uthash md4c libssh2 cglm hicolor-icon-theme
	desktop-file-utils orc labwc-menu-generator aml perl-Module-Build
	perl-Module-Runtime perl-Try-Tiny perl-Module-Implementation perl-Params-Classify
	perl-Exporter-Tiny perl-List-MoreUtils-XS perl-List-MoreUtils perl-Clone
	perl-Carp-Clan perl-Bit-Vector perl-Date-Calc perl-common-sense
	perl-Types-Serialiser perl-Canary-Stability perl-JSON-XS perl-Text-ASCIITable
	python3-MarkupSafe python3-Jinja2 python3-aniso8601 python3-Flask-RESTful
	python3-MiniMock cpuset}"
names=
for n in $NAMES; do
	sums=$(sed -n 's/.*\<\([0-9a-f]\{64\}\)\>.*/\1/p' \
		"void-packages/srcpkgs/$n/template" 2>/dev/null)
	[ -n "$sums" ] || continue
	for s in $sums; do
		set -- hostdir/sources/by_sha256/"$s"_*
		[ -e "$1" ] || continue 2
	done
	names="$names $n"
done
names=${names# }
# shellcheck disable=SC2086
set -- $names
echo "# $# packages"
if [ $# -lt 10 ]; then
	skip 'real templates' 'SOURCES has too few distfiles'
	plan
	exit
fi
first=$1
for n in uthash m4; do
	case " $names " in
	*" $n "*) first=$n ;;
	esac
done

# a main repository that has none of them
if [ -n "${MAIN-}" ]; then
	# its locks and hidden files may be of others alone
	for how in -al -a; do
		find "$MAIN" -mindepth 1 -maxdepth 1 ! -name '.*' ! -name '*.lock' \
			-exec cp $how -t main {} + 2>cp.err && break
	done || sed 's/^/# /' cp.err
	find void-packages/srcpkgs -maxdepth 1 -type l -printf '%f %l\n' |
		awk -v names="$names" 'BEGIN {
			n = split(names, name, " ")
			for (i = 1; i <= n; i++) {
				built[name[i]]
				print name[i]
			}
		}
		$2 in built { print $1 }' |
		while read -r n; do
			rm -f main/"$n"-[0-9]*.xbps*
		done
	cp "main/$arch-repodata" copy && rm "main/$arch-repodata" &&
		mv copy "main/$arch-repodata"
	spiff-index -c main >/dev/null
fi
[ -z "${CHROOT-}" ] || cp -a "$CHROOT" masterdir

# one line of the scheduler's log and status, for who looks why a test failed
fails() {
	spiff-status -l | awk -F '\t' '$2 == "fail"' | sed 's/^/# /'
}
# log JOB: its log
log() {
	gzip -dc "spool/log/$1.log.gz" 2>/dev/null || cat "spool/log/$1.log"
}
# reason JOB
reason() {
	sed -n 's/^reason //p' "spool/fail/$1" | tail -n 1
}
# pkgver NAME: as the tree has it
pkgver() {
	spiff-deps -f "$1" 2>/dev/null | awk -F '\t' -v n="$1" \
		'{ name = $1; sub(/-[^-]*$/, "", name) } name == n { print $1 }'
}

# --- the first build

check 'the set-up will do' spiff-build -n
exits 0 'a package is queued' spiff-enqueue "$first"
job=$(pkgver "$first").$arch
spiff-run -1 -j 1 >run.log 2>&1
ok $? 'and built, from nothing'
[ -f "spool/done/$job" ] || { sed 's/^/# /' run.log; log "$job" | tail -30 | sed 's/^/# /'; }
log "$job" >told
if [ -z "${CHROOT-}" ]; then
	has 'in a chroot that xbps-src made' told 'installed base-chroot successfully'
else
	skip 'in a chroot that xbps-src made' 'CHROOT is a ready one'
fi
check 'whose making counts apart' grep -q '^spiff-build: made the chroot in' told
is 'git has nothing to complain about' "$(grep fatal: told)" ''
exits 0 'it is in the repository' spiff-index -l
has 'at its version' out "$(pkgver "$first")"

# --- the queue

# shellcheck disable=SC2086
exits 0 'all are queued' spiff-enqueue $names
spiff-run -1 >run.log 2>&1
ok $? 'and built by two slots'
fails
for n in $names; do
	[ -f "spool/done/$(pkgver "$n").$arch" ] || echo "$n"
done >missing
is 'each of them' "$(cat missing)" ''
exits 0 'the repository is sound' spiff-index -v
# shellcheck disable=SC2086
exits 0 'nothing is left to do' spiff-deps -o $names

# --- from a web server into another system

# serve DIRECTORY: sets url
serve() {
	for _ in 1 2 3 4 5; do
		port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 20000))
		python3 -u -m http.server --bind 127.0.0.1 --directory "$1" "$port" \
			>"served.$port" 2>&1 &
		server=$!
		servers="$servers $server"
		url=http://127.0.0.1:$port
		await answers
		kill -0 $server 2>/dev/null && return
	done
	return 1
}
answers() {
	! kill -0 "$server" 2>/dev/null || grep -qs Serving "served.$port"
}
# install NAME...: from the served repository, into ./root, after a yes to its key
install() {
	yes 2>/dev/null | env XBPS_ARCH="$arch" xbps-install -y -S -C "$work/none" \
		-r "$work/root" -i -R "$url" -R "$work/main" "$@"
}
# inroot COMMAND: in the chroot of slot 1, where ./root is /mnt
inroot() {
	mkdir -p masterdir-1/mnt
	xbps-uunshare -b "$work/root:/mnt" -- "$work/masterdir-1" \
		/bin/sh -c "LD_LIBRARY_PATH=/mnt/usr/lib PATH=/mnt/usr/bin:/usr/bin $1"
}
have() {
	for have_name; do
		case " $names " in
		*" $have_name "*) ;;
		*) return 1 ;;
		esac
	done
}

if command -v python3 >/dev/null; then
	serve hostdir/binpkgs
	ok $? 'a static server'
	if have lzop; then
		exits 0 'xbps-install installs from it' install lzop
		exits 0 'what it has installed runs' inroot 'lzop --version'
		has 'with the library' out 'LZO library'
	else
		skip 'xbps-install installs from it' 'no lzop'
	fi
else
	skip 'a static server' 'no python3'
fi

# --- an overlay that adds and changes

# template NAME VERSION [LINE...]: one of the overlay's, which makes a file
template() {
	mkdir -p "mine/srcpkgs/$1"
	template_name=$1 template_version=$2
	shift 2
	cat >"mine/srcpkgs/$template_name/template" <<END
pkgname=$template_name
version=$template_version
revision=1
short_desc="A test"
maintainer="spiff <spiff@example.org>"
license="BSD-2-Clause"
homepage="https://example.org"
END
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"mine/srcpkgs/$template_name/template"
}
installs='do_install() { vmkdir usr/share; echo $version >$DESTDIR/usr/share/$pkgname; }'
# builds NAME PACKAGE...: queues and builds them
builds() {
	builds_name=$1
	shift
	exits 0 "$builds_name: is queued" spiff-enqueue "$@"
	spiff-run -1 >run.log 2>&1
	for n; do
		made=$SPIFF_SPOOL/done/$(pkgver "$n").$arch
		[ -f "$made" ] || echo "$made"
	done >missing
	is "$builds_name: is built" "$(cat missing)" ''
	[ ! -s missing ] || fails
}

cat >>void-packages/etc/conf <<'END'
XBPS_USE_GIT_REVS=yes
XBPS_ALLOW_RESTRICTED=yes
XBPS_PKG_OPTIONS_spiff_loud=loud
END
git init -q mine
mkdir -p mine/common/build-style mine/common/environment/build-style \
	mine/common/build-helper
echo "$installs" >mine/common/build-style/spiff-test.sh
echo 'makedepends+=" spiff-made"' >mine/common/environment/build-style/spiff-test.sh
echo 'hostmakedepends+=" spiff-tool"' >mine/common/build-helper/spiff-aid.sh
template spiff-made 1 "$installs"
template spiff-tool 1 "$installs"
template spiff-style 1 build_style=spiff-test build_helper=spiff-aid
template spiff-loud 1 'build_options=loud' \
	'do_install() { vmkdir usr/share; vopt_if loud LOUD soft >$DESTDIR/usr/share/loud; }'
template spiff-secret 1 'repository=nonfree' 'restricted="a secret"' "$installs"
template spiff-tested 1 'do_check() { echo all tests pass; }' "$installs"
git -C mine add . && git -C mine commit -q -m one
builds 'an overlay with a build style' spiff-style
log "spiff-style-1_1.$arch" >told
has 'its chroot has what the style needs' told '[target] spiff-made-1_1: found'
has 'and what a build helper needs' told '[host] spiff-tool-1_1: found'
exits 0 'packages have its revision' xbps-query -i -R \
	--repository="$work/hostdir/binpkgs" -p source-revisions spiff-style
is 'which is the last commit' "$(cat out)" \
	"spiff-style:$(git -C mine rev-parse --short HEAD)"
builds 'a build option' spiff-loud
is 'and is on' "$(xbps-query -i -R --repository="$work/hostdir/binpkgs" \
	--cat=/usr/share/loud spiff-loud)" LOUD
builds 'a restricted package' spiff-secret
check 'in its part of the repository' \
	[ -f "hostdir/binpkgs/nonfree/spiff-secret-1_1.$arch.xbps" ]
SPIFF_CHECK=yes SPIFF_SPOOL=$work/checks
export SPIFF_CHECK SPIFF_SPOOL
builds 'a package with tests' spiff-tested
gzip -dc "checks/log/spiff-tested-1_1.$arch.log.gz" >told
has 'which are run' told 'all tests pass'
unset SPIFF_CHECK
SPIFF_SPOOL=$work/spool

if have lzo lzop; then
	echo XBPS_DEBUG_PKGS=yes >>void-packages/etc/conf
	for n in lzo lzop; do
		cp -R "void-packages/srcpkgs/$n" mine/srcpkgs
		sed -i 's/^revision=.*/revision=77/' "mine/srcpkgs/$n/template"
	done
	cat >>mine/srcpkgs/lzo/template <<'END'
pre_configure() {
	sed -i 's/-version-info [0-9]*:[0-9]*:[0-9]*/-version-info 77:0:0/' \
		Makefile.in Makefile.am
}
END
	echo "liblzo2.so.77 lzo-$(sed -n s/^version=//p mine/srcpkgs/lzo/template)_77" \
		>mine/common/shlibs
	set -- lzo lzop
	if have squashfs-tools; then
		cp -R void-packages/srcpkgs/squashfs-tools mine/srcpkgs
		sed -i 's/^revision=.*/revision=77/' mine/srcpkgs/squashfs-tools/template
		set -- "$@" squashfs-tools
	fi
	builds 'a soname raised, the library and its users' "$@"
	sed -i /XBPS_DEBUG_PKGS/d void-packages/etc/conf
	exits 0 'the repository is sound' spiff-index -v
	shlibs() {
		xbps-query -i -R --repository="$work/hostdir/binpkgs" -p shlib-requires "$1"
	}
	for n in lzop ${3-}; do
		is "$n needs the new one" "$(shlibs "$n" | grep lzo)" liblzo2.so.77
	done
	check 'debugging symbols are packages' sh -c 'ls hostdir/binpkgs/debug/lzo-dbg-*_77.* >out'
	if [ -n "${servers}" ]; then
		exits 0 'xbps-install updates to it' install -u lzop
		exits 0 'what it has installed runs' inroot 'lzop --version'
	fi
else
	skip 'a soname raised' 'no lzo and lzop'
fi

# --- what goes wrong

# breaks NAME WORDS PACKAGE: its build fails with that reason
breaks() {
	spiff-enqueue "$3" >out 2>err || sed 's/^/# /' err
	spiff-run -1 >run.log 2>&1
	is "$1: exit status" "$?" 1
	reason "$3-1_1.$arch" >why
	[ -s why ] || fails
	has "$1: the reason" why "$2"
	[ "$has_status" -eq 0 ] || log "$3-1_1.$arch" | tail -n 20 | sed 's/^/# /'
	spiff-status -y "$3" >out 2>&1
	has "$1: spiff-status -y says it" out "$2"
}
template spiff-compile 1 \
	'do_build() { echo "int main(void) { return x; }" >x.c; $CC -o x x.c; }' "$installs"
breaks 'a compile error' 'do_build: x.c:1:25: error:' spiff-compile
log "spiff-compile-1_1.$arch" >told
has 'a compile error: how to repeat it' told \
	"to repeat it by hand: spiff-build -k $work/spool/fail/spiff-compile-1_1.$arch"
n=$(sed -n 's/^logline //p' "spool/fail/spiff-compile-1_1.$arch")
[ -n "$n" ] || n=$(sed -n 's/^spiff-build: logline //p' told)
check 'a compile error: its line in the log' sh -c \
	"sed -n '${n:-1}p' told | grep -q 'x.c:1:25: error:'"
exits 1 'a compile error: repeated by hand' spiff-build -k \
	"spool/fail/spiff-compile-1_1.$arch"
enter=$(sed -n 's/^spiff-build: to enter the chroot: //p' out)
is 'a compile error: its chroot can be entered' \
	"$(echo 'ls /builddir/spiff-compile-1' | sh -c "$enter" 2>/dev/null | grep -x x.c)" \
	x.c
sums=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
if [ -n "$servers" ]; then
	mkdir -p dist
	echo content >dist/spiff-dist.txt
	serve dist
	for n in gone wrong; do
		template "spiff-$n" 1 "distfiles=$url/spiff-$n.txt" "checksum=$sums" \
			'skip_extraction="spiff-'$n'.txt"' "$installs"
	done
	mv dist/spiff-dist.txt dist/spiff-wrong.txt
	breaks 'a distfile that is not there' \
		"failed to fetch $url/spiff-gone.txt: Not Found" spiff-gone
	breaks 'a wrong checksum' 'wrong checksum: spiff-wrong.txt has' spiff-wrong
	kill "$server"
	wait "$server" 2>/dev/null
	template spiff-silent 1 "distfiles=$url/spiff-silent.txt" "checksum=$sums" \
		'skip_extraction="spiff-silent.txt"' "$installs"
	breaks 'a server that does not answer' \
		"failed to fetch $url/spiff-silent.txt: Connection refused" spiff-silent
	is 'a server that does not answer: it is asked three times' \
		"$(sed -n 's/^tries //p' "spool/fail/spiff-silent-1_1.$arch" | tail -n 1)" 3
fi

# superseded while it is built
template spiff-slow 1 'do_build() { echo asleep; sleep 600; }' "$installs"
spiff-enqueue spiff-slow >out 2>err
spiff-run -1 >run.log 2>&1 &
queue=$!
asleep() {
	grep -qs asleep "spool/log/spiff-slow-1_1.$arch.log"
}
await asleep
template spiff-slow 2 "$installs"
exits 0 'a newer version of what is being built is queued' spiff-enqueue spiff-slow
has 'in its place' out "superseded	spiff-slow-1_1.$arch"
wait $queue
queue=
check 'the build is stopped, and the new one is built' [ -f "spool/done/spiff-slow-2_1.$arch" ]

# a soname that common/shlibs has not
template spiff-user 1 'do_build() {
	echo "int f(void) { return 1; }" >f.c
	echo "int f(void); int main(void) { return f(); }" >x.c
	$CC -shared -fPIC -Wl,-soname,libspiff.so.1 -o libspiff.so f.c
	$CC -o x x.c -L. -lspiff
}' 'do_install() { vbin x; }'
breaks 'an unknown soname' 'no package in common/shlibs has libspiff.so.1' spiff-user

# --- the same bytes from another clone

# byhand CLONE HOSTDIR MASTERDIR NAME: what plain xbps-src makes of it there
byhand() {
	mkdir -p "$1/etc/xbps.d/custom"
	echo 'repository=/host/spiff/main-1' >"$1/etc/xbps.d/custom/main-local.conf"
	rm -rf "$2/binpkgs/byhand"
	"$1/xbps-src" -1 -N -H "$work/$2" -m "$work/$3" -r byhand pkg "$4" >byhand.log 2>&1
	sums "$2/binpkgs/byhand"
	rm -r "$1/etc/xbps.d/custom"
}
# sums DIRECTORY [FILE]...: the hashes of its packages
sums() {
	(cd "$1" && shift && { [ $# -gt 0 ] || set -- *.xbps; } && sha256sum "$@")
}
exits 0 'another clone' git clone -q -s "$TREE" again/void-packages
echo XBPS_CHROOT_CMD=uunshare >again/void-packages/etc/conf
mkdir -p again/hostdir/sources
cp -al hostdir/sources/by_sha256 again/hostdir/sources
sed "s,=hostdir,=again/hostdir,; s,=masterdir,=masterdir-1,
	s,^SPIFF_DISTDIR=.*,SPIFF_DISTDIR=again/void-packages," spiff.conf >again.conf
twenty=$(for n in $names; do
	[ -d "mine/srcpkgs/$n" ] || [ ! -f "spool/done/$(pkgver "$n").$arch" ] ||
		echo "$n"
done | head -n 20)
SPIFF_CONF=$work/again.conf SPIFF_SPOOL=$work/again/spool
# shellcheck disable=SC2086
builds 'what is built there' $twenty
SPIFF_CONF=$work/spiff.conf SPIFF_SPOOL=$work/spool
same=0
for n in $twenty; do
	p=$(pkgver "$n")
	for f in again/hostdir/binpkgs/"$p".*.xbps; do
		f=${f##*/}
		if cmp -s "hostdir/binpkgs/$f" "again/hostdir/binpkgs/$f"; then
			same=$((same + 1))
		else
			byhand void-packages hostdir masterdir-1 "$n" >one
			byhand again/void-packages again/hostdir masterdir-1 "$n" >two
			[ -s one ] && ! cmp -s one two || echo "$n"
			echo "# $f is another one, and by hand: $(cmp one two 2>&1)" >&2
		fi
	done
done >differ
echo "# $same are the same"
is 'the same bytes, or not by hand either' "$(cat differ)" ''
check 'most are' [ "$same" -gt 0 ]

# --- the first build again, with the main repository on a web server

if [ -n "${MAIN-}" ] && [ -n "$servers" ] && [ -z "${CHROOT-}" ]; then
	mkdir -p web far/hostdir/sources far/mine/srcpkgs far/mine/etc/repo-keys none
	cp -al hostdir/sources/by_sha256 far/hostdir/sources
	env XBPS_ARCH="$arch" xbps-install -n -i -C "$work/none" -r "$work/none" -R "$work/main" \
		base-chroot | cut -d ' ' -f 1 | while read -r p; do
		ln main/"$p".*.xbps web 2>/dev/null || cp main/"$p".*.xbps web
	done
	spiff-index -a "$work"/web/*.xbps >/dev/null
	serve web
	ok $? "a web server with $(find web -name '*.xbps' | wc -l) packages"
	xbps-rindex --sign --privkey key --signedby 'A Tester <tester@example.org>' \
		"$work/web" >/dev/null 2>&1
	for f in web/*.xbps; do
		xbps-rindex --sign-pkg --privkey key "$f" >/dev/null 2>&1
	done
	yes 2>/dev/null | env XBPS_ARCH="$arch" xbps-install -y -S -i -C "$work/none" \
		-r "$work/none" -R "$url" >out 2>&1
	cp none/var/db/xbps/keys/*.plist far/mine/etc/repo-keys
	ok $? 'its key'
	sed "s,=hostdir,=far/hostdir,; s,=masterdir,=far/masterdir,
		s,^SPIFF_REPOS=.*,SPIFF_REPOS=$url,
		s,^SPIFF_DISTDIR=.*,SPIFF_DISTDIR=far/mine:void-packages," spiff.conf >far.conf
	SPIFF_CONF=$work/far.conf SPIFF_SPOOL=$work/far/spool
	exits 0 'a package is queued' spiff-enqueue "$first"
	spiff-run -1 -j 1 >run.log 2>&1
	ok $? 'and built'
	SPIFF_CONF=$work/spiff.conf SPIFF_SPOOL=$work/spool
	[ -f "far/spool/done/$job" ] || {
		sed 's/^/# /' run.log
		gzip -dc "far/spool/log/$job.log.gz" | tail -n 30 | sed 's/^/# /'
	}
	gzip -dc "far/spool/log/$job.log.gz" >told
	has 'in a chroot that xbps-src made' told 'installed base-chroot successfully'
	# xbps-src adds the one who builds
	users=void-packages/srcpkgs/base-files/files/passwd
	head -n "$(wc -l <$users)" far/masterdir-1/etc/passwd | cmp -s - $users
	ok $? 'with the users of base-files'
else
	skip 'a main repository on a web server' 'no MAIN with base-chroot, or no python3'
fi

# --- the same queue through Nomad

if command -v nomad >/dev/null; then
	runs=
	. "$test/lib/agent.sh"
	cleanup() {
		for p in $servers; do
			kill "$p" 2>/dev/null
		done
		agentdown
		wait
	}
	agentup
	ok $? 'an agent of Nomad'
	sed "s,=hostdir,=$work/hostdir,; s,=masterdir,=$work/masterdir,
		s,=mine:void-packages,=$work/mine:$work/void-packages," spiff.conf >nomad.conf
	echo "SPIFF_SPOOL=$SPIFF_SPOOL" >>nomad.conf
	exits 0 'the job is registered' register spiff-build "$top/bin/spiff-build" \
		"SPIFF_CONF = \"$work/nomad.conf\"" -var memory=300
	set --
	for n in $names; do
		[ -d "mine/srcpkgs/$n" ] || [ $# -ge 10 ] || set -- "$@" "$n"
	done
	exits 0 'ten packages are queued again' spiff-enqueue -f "$@"
	spiff-run -1 -b nomad -j 2 >run.log 2>&1
	for n; do
		grep -q '^node ' "spool/done/$(pkgver "$n").$arch" || echo "$n"
	done >missing
	is 'and built by it' "$(cat missing)" ''
	[ ! -s missing ] || fails
	agentdown
else
	skip 'a Nomad cluster' 'no nomad'
fi
plan

#!/bin/sh
# spiff-build: what it runs, what it makes of the end of it, what it delivers;
# spiff-merge: several trees as one.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/lib.sh"

SPIFF_SPOOL=$work/spool SPIFF_REPO=$work/repo SPIFF_HOSTDIR=$work/hostdir
SPIFF_MASTERDIR=$work/masterdir SPIFF_DISTDIR=$test/void-packages
SPIFF_HOST=x86_64
export SPIFF_SPOOL SPIFF_REPO SPIFF_HOSTDIR SPIFF_MASTERDIR SPIFF_DISTDIR \
	SPIFF_HOST
spool
mkdir repo

# job PKGVER [LINE...]: the job's file; job is its path
job() {
	job=spool/run/$1.x86_64
	printf '%s\n' "pkgver $1" 'arch x86_64' 'host x86_64' 'tries 1' >"$job"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$job"
}

# ends STATUS NAME WORDS: spiff-build ends so for the job, and says it last
ends() {
	exits "$1" "$2" spiff-build "$job"
	is "$2, in words" "$(tail -n 1 out)" "spiff-build: $3"
}

exits 2 'a job is needed' spiff-build
job=spool/run/none-1_1.x86_64
ends 111 'no such job' "$job: cannot be read"

# the stand-in
job libgreet-1.0_1
ends 0 'a library and its subpackage' 'delivered 2'
has 'the log begins with the command' out \
	"cd $work/hostdir/spiff/tree-1 && ./xbps-src -1 -N -A x86_64 -H $work/hostdir"
d=spool/incoming/libgreet-1.0_1.x86_64
is 'the manifest' "$(sed 's/ [0-9a-f]* [0-9]* / /' $d/manifest)" \
'job libgreet-1.0_1.x86_64
try 1
package libgreet-1.0_1.x86_64.xbps
package libgreet-devel-1.0_1.x86_64.xbps
end'
sed -n 's/^package \([0-9a-f]*\) [0-9]* \(.*\)/\1  \2/p' $d/manifest >sums
check 'has the right hashes' sh -c "cd $d && sha256sum -c --quiet" <sums
is 'nothing else is left' "$(ls -A spool/incoming)$(ls hostdir/binpkgs)" \
	libgreet-1.0_1.x86_64
SPIFF_TRY=3
export SPIFF_TRY
echo 'tries 3' >>"$job"
ends 0 'again' 'delivered 2'
is 'the try is that of the environment' "$(grep try $d/manifest)" 'try 3'
unset SPIFF_TRY
is 'a log that is a file here does not travel' "$(ls $d/log 2>/dev/null)" ''

# as on a machine of a cluster
SPIFF_TRY=4 NOMAD_ALLOC_DIR=$work/alloc
export SPIFF_TRY NOMAD_ALLOC_DIR
mkdir alloc
echo 'tries 4' >>"$job"
spiff-build "$job" | cat >out
is 'the log of a build elsewhere is delivered with it' "$(tail -n 1 $d/log)" \
	'spiff-build: delivered 2'
has 'from the command on' $d/log './xbps-src -1 -N -A x86_64'
has 'with the processor time' $d/log 'spiff-build: cpu '
ends 111 'begun again in its allocation' 'Nomad has begun the build again'
unset SPIFF_TRY NOMAD_ALLOC_DIR
SPIFF_DISTDIR=$work/nowhere
ends 100 'a tree that is not here' "$work/nowhere: no tree of templates: no srcpkgs in it"
mkdir -p nowhere/srcpkgs
ends 100 'or is empty' "$work/nowhere: no void-packages: no xbps-src in it"
SPIFF_DISTDIR=$test/void-packages
mv $d/*.xbps repo
spiff-index -a "$PWD"/repo/*.xbps >/dev/null
rm -rf $d
job hello-1.0_1
ends 0 'what needs it finds it in the build repository' 'delivered 1'
has 'which it sees in the hostdir' out \
	"libgreet-devel-1.0_1: found ($work/hostdir/binpkgs)"
rm -rf hostdir/binpkgs
job welcome-1.0_1
exits 4 'what is missing' spiff-build "$job"
has 'is named' out 'now, which no repository has'
job oops-1.0_1
exits 1 'a build that fails' spiff-build "$job"
has 'says what failed' out 'spiff-build: do_build: '
job rusty-1.0_1
exits 2 'a broken package' spiff-build "$job"
has 'says that it is' out \
	"spiff-build: cannot be built, it's currently broken: the gears do not turn"
job hello-0.9_1
ends 4 'another version in the tree' 'the tree has hello-1.0_1 now'
job gone-0.9_1
ends 4 'no such template' 'the tree has no gone any more'
job hello-1.0_1 'arch ../..'
ends 111 'a path as architecture' "$job: bad characters"
SPIFF_HOSTDIR="$work/a b"
job hello-1.0_1
exits 111 'a space in a name' spiff-build "$job"
SPIFF_HOSTDIR=$work/hostdir

# an overlay, and what it needs in a main repository
mkdir -p over/srcpkgs/mine main
cat >over/srcpkgs/mine/template <<'END'
pkgname=mine
version=1.0
revision=1
makedepends="libgreet-devel"
depends="libgreet"
short_desc="Own package"
maintainer="spiff <spiff@example.org>"
license="BSD-2-Clause"
homepage="https://example.org"
do_install() {
	vmkdir usr/share
	echo mine >"$DESTDIR/usr/share/mine"
}
END
mv repo/* main
SPIFF_DISTDIR=$work/over:$SPIFF_DISTDIR SPIFF_REPOS=$work/main
export SPIFF_REPOS
job mine-1.0_1
ends 0 'a package of an overlay' 'delivered 1'
has 'what it needs is in the main repository' out \
	"libgreet-devel-1.0_1: found ($work/hostdir/spiff/main-1)"
sed 's/1.0/1.1/' over/srcpkgs/mine/template >new
mv new over/srcpkgs/mine/template
job mine-1.1_1
ends 0 'a newer version of it' 'delivered 1'
mv main main.x86_64
mkdir main
SPIFF_REPOS="aarch64=$work/none $work/main x86_64,i686=$work/main.x86_64 i686=http://none"
job mine-1.1_1
ends 0 'repositories for some architectures' 'delivered 1'
is 'are for these, each in its place' "$(cat hostdir/spiff/repos-1)" \
	'repository=/host/spiff/main-2
repository=/host/spiff/main-3'
SPIFF_DISTDIR=$test/void-packages SPIFF_REPOS=
rm hostdir/binpkgs/.mirror
touch hostdir/binpkgs/x86_64-repodata
ends 100 'a repository of somebody else in the hostdir' \
	"$work/hostdir/binpkgs: is a repository of its own: make it SPIFF_REPO, or move it away"
rm -r hostdir/binpkgs

# spiff-mirror
mkdir -p from/nonfree
mirror() {
	spiff-mirror from to
}
names() {
	(cd to && find . -type f ! -name .mirror | sort | tr '\n' ' ')
}
for f in x86_64-repodata a.xbps a.xbps.sig2 nonfree/x86_64-repodata nonfree/b.xbps
do
	echo "$f" >"from/$f"
done
check 'a mirror' mirror
is 'has the same files' "$(names)" './a.xbps ./a.xbps.sig2 ./nonfree/b.xbps '\
'./nonfree/x86_64-repodata ./x86_64-repodata '
echo c >from/c.xbps
check 'nothing new in the index' mirror
check 'and nothing is done' [ ! -e to/c.xbps ]
echo other >from/new
mv from/new from/a.xbps
cp from/x86_64-repodata from/new
mv from/new from/x86_64-repodata
rm -r from/nonfree
check 'a new index' mirror
is 'the same files again' "$(names)" \
	'./a.xbps ./a.xbps.sig2 ./c.xbps ./nonfree/b.xbps ./x86_64-repodata '
is 'a replaced one too' "$(cat to/a.xbps)" other

# stopped: with everything that it has started
job sloth-1.0_1
setsid sh -c 'echo $$ >pid; exec spiff-build "$1"' sh "$job" >log 2>&1 &
await grep -q 'running do_build' log
kill "$(cat pid)"
wait $!
is 'told to stop' "$?" 111
has 'it says so' log 'spiff-build: stopped by a signal'
has 'how to repeat it' log "by hand: spiff-build -k $work/spool/fail/sloth-1.0_1.x86_64"
gone() { ! kill -0 "-$(cat pid)" 2>/dev/null; }
await gone
ok $? 'nothing goes on'
setsid sh -c 'echo $$ >pid; exec spiff-build "$1"' sh "$job" >log 2>&1 &
await grep -q 'running do_build' log
mv "$job" spool/cancel
kill "$(cat pid)"
wait $!
has 'a cancelled one where its job is then' log \
	"by hand: spiff-build -k $work/spool/cancel/sloth-1.0_1.x86_64"
rm spool/cancel/*

# a tree whose xbps-src does what ./does says
mkdir -p tree/srcpkgs/a tree/common tree/etc
printf 'pkgname=a\nversion=1\nrevision=1\n' >tree/srcpkgs/a/template
cat >tree/xbps-src <<END
#!/bin/sh
case \$* in
*binary-bootstrap*)
	[ ! -e "$work/nochroot" ] || { cat "$work/nochroot" >&2; exit 1; }
	[ -e srcpkgs/a/template ] || { echo 'no base-files' >&2; exit 1; }
	for d; do
		[ "\$last" = -m ] && mkdir -p "\$d" &&
			: >"\$d/.xbps_chroot_init"
		last=\$d
	done; exit ;;
*' show '*) printf 'version:\t1\nrevision:\t1\n'; exit ;;
esac
made=$work/hostdir/binpkgs/a-1_1.x86_64
mkdir -p \$made
. $work/does
END
chmod +x tree/xbps-src
SPIFF_DISTDIR=$work/tree
job a-1_1
# does WORDS STATUS ENDS NAME: for an xbps-src that does this
does() {
	echo "$1" >does
	ends "$2" "$4" "$3"
}
does 'exit 0' 1 'xbps-src made nothing: it says that all is up to date' \
	'nothing made'
does ': >$made/a-2_1.x86_64.xbps' 4 \
	'xbps-src made ./a-2_1.x86_64.xbps in place of a-1_1' 'another version made'
does ': >$made/a-1_1.noarch.xbps; mkdir $made/nonfree
	: >$made/nonfree/b-1_1.x86_64.xbps' 0 'delivered 2' 'a sub-repository'
has 'keeps its place' spool/incoming/a-1_1.x86_64/manifest \
	' nonfree/b-1_1.x86_64.xbps'
does ': >"$made/a b.xbps"' 1 'bad characters in file names' 'a bad name'
# says STATUS WORDS LINE...: for an xbps-src that prints these lines and fails
says() {
	says_status=$1 says_words=$2
	shift 2
	printf '%s\n' "$@" >said
	does "cat $work/said; exit 1" "$says_status" "$says_words" "$says_words: $1"
}
full='the disk is full' memory='out of memory'
says 111 "$full" 'x: No space left on device'
says 111 "$full" 'cp: error writing: Disk quota exceeded'
says 111 "$full" \
	'xbps-create: ERROR: archive_write_close: .xbps-pkg-XXXSpteTW: Write error' \
	'=> ERROR: Failed to created binary package: a-1_1.x86_64.xbps!'
says 111 "$memory" 'cc1: out of memory allocating 65536 bytes'
says 111 "$memory" 'virtual memory exhausted: Cannot allocate memory'
says 111 "$memory" 'c++: fatal error: Killed signal terminated program cc1plus'
says 111 "$memory" 'collect2: fatal error: ld terminated with signal 9 [Killed]'
says 111 "$memory" '  process did not exit successfully (signal: 9, SIGKILL: kill)'
says 111 "$memory" 'build.sh: line 31:  4711 Killed                  ./generate'
says 111 "$memory" "=> ERROR: a-1_1: do_build: 'make' exited with 137"
says 111 'x.c: Input/output error' 'x.c: Input/output error'
says 1 "do_install: 'false' exited with 1" \
	'=> a-1_1: running do_check ...' 'ok 1 - No space left on device' \
	'=> a-1_1: running do_install ...' \
	"=> ERROR: a-1_1: do_install: 'false' exited with 1"
fetch='ERROR: xbps-fetch: failed to fetch: http://x/y.tar.gz:'
for why in 'No address record' 'Host not found' 'Transient resolver failure' \
	'Connection refused' 'Network is unreachable' 'Operation timed out' \
	'Gateway Time-out' 'Service Unavailable'; do
	says 111 "failed to fetch http://x/y.tar.gz: $why" "$fetch $why" \
		"=> ERROR: a-1_1: failed to fetch 'y.tar.gz'."
done
for why in 'Not Found' Forbidden Gone; do
	says 1 "failed to fetch http://x/y.tar.gz: $why" "$fetch $why" \
		"=> ERROR: a-1_1: failed to fetch 'y.tar.gz'."
done
says 1 "do_build: 'make' exited with 2" "$fetch Connection refused" \
	"=> ERROR: a-1_1: do_build: 'make' exited with 2"
says 1 'wrong checksum: y.tar.gz has 0123abcd' \
	"=> ERROR: SHA256 mismatch for 'y.tar.gz:'" 0123abcd \
	"=> ERROR: a-1_1: couldn't verify distfiles, exiting..."
index="ERROR: [reposync] failed to fetch file \`http://x/x86_64-repodata':"
says 111 'failed to fetch http://x/x86_64-repodata: Connection refused' "$index Connection refused" \
	'=> ERROR: dep b-1_1 not found: -1 passed: instructed not to build'
unseen='xbps-src does not see'
says 1 "$unseen a repository: failed to fetch http://x/x86_64-repodata: Not Found" \
	"$index Not Found" \
	'=> ERROR: dep b-1_1 not found: -1 passed: instructed not to build'
says 4 'it needs b-1_1 now, which no repository has' \
	'=> ERROR: dep b-1_1 not found: -1 passed: instructed not to build'
: >hostdir/binpkgs/b-1_1.x86_64.xbps
says 1 "$unseen b-1_1 in $work/hostdir/binpkgs" \
	'=> ERROR: dep b-1_1 not found: -1 passed: instructed not to build'
has 'which is no fault of the package' out 'spiff-build: class repository'
rm hostdir/binpkgs/b-1_1.x86_64.xbps
does 'echo "=> ERROR: xbps-src: a failure has occurred! exiting..."; exit 2' 111 \
	'stopped by a signal' 'xbps-src stopped by others'
does 'echo "ERROR: xbps-src cannot be used as root."; exit 1' 100 \
	'xbps-src cannot be used as root.' 'xbps-src that refuses'
has 'a fault of the set-up' out 'spiff-build: class setup'
says 1 'do_configure: ERROR: a.pkg: RSA signature is not valid!' \
	'=> a-1_1: running do_configure ...' 'configure: libfoo is missing in your system' \
	'ERROR: a.pkg: RSA signature is not valid!' \
	"=> ERROR: a-1_1: do_configure: 'configure' exited with 1"
has 'what a package prints is no fault of the set-up' out 'spiff-build: class package'
does 'kill -9 $$' 111 'xbps-src: exit 137: ' 'xbps-src killed'
does 'exit 99' 111 'xbps-src: exit 99: ' 'no chroot'

# why REASON LINE...: what is found in the log of a build that failed at that line,
# the first of these, after two lines of it
why() {
	why_words=$1
	shift
	{
		printf '%s\n' begun '=> a-1_1: running do_build ...' "$@"
		echo "=> ERROR: a-1_1: do_build: 'make' exited with 2"
		echo '=> ERROR:   in do_build() at srcpkgs/a/template:9'
	} >said
	is "why: $1" "$(spiff-cause -b 100 <said)" \
		"package	103	do_build: $why_words"
}
why 'x.c:1:2: error: no' 'x.c:1:2: error: no' 'x.c:9:9: error: yes' \
	'make[1]: *** [Makefile:1: x.o] Error 1' 'make: *** [Makefile:2: all] Error 2'
why 'ld: cannot find -lfoo' 'ld: cannot find -lfoo' 'collect2: error: ld returned 1'
why '../meson.build:9:5: ERROR: Dependency "foo" not found, tried pkgconfig' \
	'../meson.build:9:5: ERROR: Dependency "foo" not found, tried pkgconfig' \
	'A full log can be found at meson-logs/meson-log.txt'
why 'Can'\''t locate Foo/Bar.pm in @INC' \
	"Can't locate Foo/Bar.pm in @INC (you may need to install the Foo::Bar module) (@INC entries checked: /a /b) at Makefile.PL line 3." \
	'BEGIN failed--compilation aborted at Makefile.PL line 3.'
why 'CMake Error at CMakeLists.txt:5 (find_package): Could NOT find FOO (missing: FOO_LIBRARY)' \
	'CMake Error at CMakeLists.txt:5 (find_package):' \
	'  Could NOT find FOO (missing: FOO_LIBRARY)' '' '-- Configuring incomplete'
why 'CMake Error at a.cmake:5 (message): The following required packages were not found: - foo>=2' \
	'CMake Error at a.cmake:5 (message):' \
	'  The following required packages were not found:' '' '   - foo>=2' '' 'x'
why "libtool: error: cannot find the library '/usr/lib/libfoo.la'" \
	"libtool:   error: cannot find the library '/usr/lib/libfoo.la'" 'make: *** [x] Error 1'
why './main.go:7:2: undefined: foo' './main.go:7:2: undefined: foo'
why 'go: module lookup disabled by GOPROXY=off' 'go: module lookup disabled by GOPROXY=off'
why 'error[E0425]: cannot find value `x` in this scope --> src/main.rs:3:5' \
	'error[E0425]: cannot find value `x` in this scope' ' --> src/main.rs:3:5' \
	'error: could not compile `a` (bin "a") due to 1 previous error'
why 'checking for foo: configure: error: foo is required' \
	'checking for foo: configure: error: foo is required'
why 'configure: fatal: cannot find libraries needed for sockets' \
	'configure: fatal: cannot find libraries needed for sockets'
why 'ERROR Missing dependencies: hatchling' 'ERROR Missing dependencies:' '	hatchling'
why 'sh: 1: foo: not found' '/bin/sh: 1: foo: not found' 'make: *** [x] Error 127'
why 'make: *** [Makefile:2: all] Error 2' 'make: *** [Makefile:2: all] Error 2'
why 'make: /usr/bin/libtool: No such file or directory' \
	'make: /usr/bin/libtool: No such file or directory' \
	'make: *** [Makefile:147: core.lo] Error 127'
why 'Makefile:78: *** Cannot find libnl. Stop.' \
	'Makefile:78: *** Cannot find libnl.  Stop.'
why '1 out of 1 hunk FAILED -- saving rejects to file x.c.rej' \
	'1 out of 1 hunk FAILED -- saving rejects to file x.c.rej'
# of: what is found in a whole log
of() {
	of_words=$1
	shift
	printf '%s\n' "$@" >said
	is "of: $of_words" "$(spiff-cause <said)" "$of_words"
}
of "package	3	do_build: ModuleNotFoundError: No module named 'foo'" \
	'=> a-1_1: running do_build ...' 'Traceback (most recent call last):' \
	"ModuleNotFoundError: No module named 'foo'" "=> ERROR: a-1_1: do_build: 'x' exited with 1"
of "package	4	do_build: Couldn't find include 'GLib-2.0.gir'" \
	'=> a-1_1: running do_build ...' 'FAILED: libgcab/GCab-1.0.gir' \
	'env g-ir-scanner --quiet' "Couldn't find include 'GLib-2.0.gir'" \
	'ninja: build stopped: subcommand failed.' \
	"=> ERROR: a-1_1: do_build: '\${make_cmd}' exited with 1"
of "package	2	do_build: 'make' exited with 2" '=> a-1_1: running do_build ...' \
	"=> ERROR: a-1_1: do_build: 'make' exited with 2"
of 'package	2	no package in common/shlibs has libfoo.so.2' \
	'=> a-1_1: running pre-pkg hook: 04-generate-runtime-deps ...' \
	'   SONAME: libfoo.so.2 <-> UNKNOWN PKG PLEASE FIX!' \
	'=> ERROR: a-1_1: cannot guess required shlibs, aborting!'
of 'setup	1	the key of http://x:1 is not in etc/repo-keys of a tree' \
	'Do you want to import this public key? [Y/n] ERROR: Failed to import pubkey from http://x:1: Resource temporarily unavailable' \
	'ERROR: glibc-2.41_1: the RSA signature is not valid!' \
	'=> ERROR: xbps-src: failed to install base-chroot!'
of 'setup	1	no repository that xbps-src sees has base-chroot' \
	"ERROR: Package 'base-chroot' not found in repository pool." \
	'=> ERROR: xbps-src: failed to install base-chroot!'
of 'repository	2	a dependency needs a package that no repository has: m4>=0' \
	'=> ERROR: a-1_1: failed to install host dependencies! (error 19)' \
	'MISSING: m4>=0' 'Transaction aborted due to unresolved dependencies.' \
	'=> ERROR: Please see above for the real error, exiting...'
of 'repository	2	b-1_1: broken, unresolvable shlib `libc.so.9'\' \
	'=> ERROR: a-1_1: failed to install target dependencies! (error 8)' \
	'b-1_1: broken, unresolvable shlib `libc.so.9'\' \
	'=> ERROR: Please see above for the real error, exiting...'
of 'package	2	SONAME bump detected: libfoo.so.1 -> libfoo.so.2; please update common/shlibs with this line: "libfoo.so.2 a-1_1"' \
	'=> a-1_1: running pre-pkg hook: 99-pkglint ...' \
	'=> ERROR: a-1_1: SONAME bump detected: libfoo.so.1 -> libfoo.so.2' \
	'=> ERROR: a-1_1: please update common/shlibs with this line: "libfoo.so.2 a-1_1"' \
	'=> ERROR: a-1_1: all reverse dependencies should also be revbumped' \
	'=> ERROR: a-1_1: cannot continue with installation!'

mv masterdir-1 kept
echo 'no base-chroot' >nochroot
ends 100 'a chroot that cannot be made' \
	'no chroot can be made for x86_64: no base-chroot'
rm nochroot
mv kept masterdir-1
mkdir -p masterdir-1/builddir/a-1 masterdir-0/destdir/a-1
does 'ls '"$work"'/masterdir-1/builddir; exit 1' 1 'xbps-src: exit 1' \
	'what another build has left'
is 'is removed first' "$(grep -c '^a-1$' out)" 0
job a-1_1 'reason out of memory' 'reason out of memory'
SPIFF_JOBS=8
export SPIFF_JOBS
does 'exit 1' 1 'xbps-src: exit 1' 'after two ends for lack of memory'
has 'with a quarter of the jobs' out ' -j 2 pkg a'
job a-1_1 'jobs 6' 'reason signal 9 (Killed)' 'jobs 8'
does 'exit 1' 1 'xbps-src: exit 1' 'after one that was killed'
has 'with half of what that had' out ' -j 3 pkg a'
job a-1_1 'jobs 6' 'jobs many'
does 'exit 1' 1 'xbps-src: exit 1' 'where the job says how many'
has 'with no more' out ' -j 6 pkg a'
job a-1_1 'jobs 6' 'reason signal 9 (Killed)' 'jobs 8'
SPIFF_JOBS=2
does 'exit 1' 1 'xbps-src: exit 1' 'in the company of others'
has 'with no more than it gets' out ' -j 2 pkg a'
unset SPIFF_JOBS

# a log that cannot be written: nobody knows what xbps-src said
job a-1_1
mkdir small
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=64k none small 2>/dev/null; then
	# shellcheck disable=SC2317
	cleanup() { umount "$work/small"; }
	dd if=/dev/zero of=small/filler bs=1k 2>/dev/null
	spiff-build "$job" >small/log 2>&1
	is 'a log on a full disk' $? 111
	umount small
	cleanup() { :; }
else
	skip 'a log on a full disk' 'no right to mount'
fi
if [ -e /dev/full ]; then
	spiff-build "$job" >/dev/full 2>&1
	is 'a log that is no file' $? 111
else
	skip 'a log that is no file' 'no /dev/full'
fi
spiff-build "$job" >&- 2>&-
is 'no log' $? 111

# what a shell would end for with the status of what cannot be built
SPIFF_SLOT=7
export SPIFF_SLOT
mkdir hostdir/spiff/slot-7
ends 111 'a slot that cannot be opened' \
	"$work/hostdir/spiff/slot-7: cannot be opened"
rmdir hostdir/spiff/slot-7
unset SPIFF_SLOT
mv hostdir/spiff hostdir/other
mkdir -p hostdir/spiff/slot-1
ends 111 'nor the first' "$work/hostdir/spiff/slot-1: cannot be opened"
rm -r hostdir/spiff
mv hostdir/other hostdir/spiff

# spiff-merge
tree() {
	mkdir -p "$1/srcpkgs" "$1/common" "$1/etc"
}
# same FILE TEXT NAME
same() {
	is "$3" "$(cat "all/$1" 2>/dev/null)" "$2"
}
merge() {
	spiff-merge all over1 over2 void
}
tree void
tree over1
tree over2
: >void/xbps-src
chmod +x void/xbps-src
for t in over1 over2 void; do
	for p in "$t" every; do
		mkdir -p $t/srcpkgs/$p/files
		echo $t >$t/srcpkgs/$p/template
	done
	ln -s every $t/srcpkgs/every-$t
	echo $t >$t/etc/conf
done
: >over1/etc/conf
mkdir -p elsewhere/away over1/common void/etc/xbps.d
echo away >elsewhere/away/template
ln -s ../../elsewhere/away over2/srcpkgs/away
# srcpkgs/ itself may be a link, and void-packages' directories too
mv over2/srcpkgs over2/mine
ln -s mine over2/srcpkgs
mv void/srcpkgs void/theirs
ln -s theirs void/srcpkgs
mkdir -p void/common/build-style
mv void/common void/shared
ln -s shared void/common
printf '%s\n' '# names' 'liba.so.1 a-1_1' 'libb.so.1 b-1_1' 'libd.so.4 d-1_1' \
	'libd.so.4 dd-1_1' 'libd-2.so.1 d-1_1' >void/common/shlibs
printf 'liba.so.1 a-2_1\nlibd.so.5 d-2_1\n' >over1/common/shlibs
printf '# Void\njava other\nsh dash\n' >void/etc/defaults.virtual
echo 'java mine' >over2/etc/defaults.virtual
mkdir -p over1/common/build-style over2/common/build-style void/common/xbps-src/shutils \
	over1/common/environment/build over2/common/xbps-src/shutils
for t in over1 over2 void; do
	echo $t >$t/common/build-style/gnu.sh
done
echo over2 >over2/common/build-style/own.sh
echo over1 >over1/common/environment/build/own.sh
echo over2 >over2/common/xbps-src/shutils/a.sh
echo void >void/common/xbps-src/shutils/a.sh
printf 'liba.so.1 a-3_1\nlibc.so.1 c-1_1\n' >over2/common/shlibs
mkdir -p over1/srcpkgs/void/patches over2/srcpkgs/void/patches \
	void/srcpkgs/void/patches
for t in over1 over2 void; do
	echo $t >$t/srcpkgs/void/patches/$t.patch
	echo $t >$t/srcpkgs/void/patches/all.patch
done
mkdir over1/srcpkgs/every-void
exits 111 'the last one is a whole void-packages' spiff-merge all void over1
exits 0 'three trees' merge
same srcpkgs/every/template over1 'the first has it'
same srcpkgs/void/template void 'the last one too'
is 'patches are added to a template' \
	"$(cd all/srcpkgs/void/patches && cat ./*)" 'over1
over1
over2
void'
is 'and nothing to the trees' "$(cat void/srcpkgs/void/patches/all.patch)" void
is 'subpackages stay links' "$(readlink all/srcpkgs/every-over2)" every
same srcpkgs/away/template away 'a link to elsewhere'
check 'becomes a directory' [ ! -L all/srcpkgs/away ]
same common/shlibs 'liba.so.1 a-2_1
libd.so.5 d-2_1
libc.so.1 c-1_1
# names
libb.so.1 b-1_1
libd.so.4 dd-1_1
libd-2.so.1 d-1_1' "the first tree's lines win, for a library of a package"
same etc/conf over2 'a file that is empty does not count'
same etc/defaults.virtual 'java mine
# Void
sh dash' 'which package stands for a virtual one: by line'
same common/build-style/own.sh over2 'a build style of an overlay'
same common/build-style/gnu.sh over1 'one that replaces'
same common/environment/build/own.sh over1 'a hook, in a directory of its own'
same common/xbps-src/shutils/a.sh void "xbps-src's own code does not mix"
has 'and what is left out is named' err \
	'over2/common/xbps-src/shutils/a.sh: cannot be merged, left out'
is 'and no more' "$(wc -l <err)" 1
is 'the originals stay' "$(wc -l <void/common/shlibs)" 6

echo new >void/srcpkgs/void/template.new
mv void/srcpkgs/void/template.new void/srcpkgs/void/template
rm -r over1/srcpkgs/every
mkdir over2/srcpkgs/added
echo added >over2/srcpkgs/added/template
ln -sfn over2 over2/srcpkgs/every-over2
rm -r void/srcpkgs/every-void
echo 'libe.so.1 e-1_1' >>over2/common/shlibs
echo new >over2/common/build-style/own.sh
echo own >over1/etc/conf
touch -d 2000-01-01 void/srcpkgs/void/template void/srcpkgs/void
check 'after changes' merge
same srcpkgs/void/template new 'a file replaced, with an old date'
same srcpkgs/every/template over2 'a template removed: the next has it'
same srcpkgs/added/template added 'one added'
is 'a link changed' "$(readlink all/srcpkgs/every-over2)" over2
check 'a link removed' [ ! -L all/srcpkgs/every-void ]
is 'lines added' "$(grep -c libe all/common/shlibs)" 1
same common/build-style/own.sh new 'a build style changed'
same etc/conf own 'a file filled'
check 'nothing changed' merge
rm -r all
check 'all gone' merge
same srcpkgs/every/template over2 'is made again'
check 'fewer trees' spiff-merge all void
same srcpkgs/every/template void 'all is done again'
echo written >>void/srcpkgs/every/template
same srcpkgs/every/template void 'what is written to a tree does not reach it'
spiff-merge -l void >state
check 'its state is not that of the tree then' sh -c '! cmp -s state all.state'
check 'once more' spiff-merge all void
same srcpkgs/every/template 'void
written' 'it has that'
spiff-merge -l void >state
check 'and the same state' cmp state all.state
exits 0 'another one' spiff-merge -f all more void
check 'shares the files' [ all/srcpkgs/every/template -ef more/srcpkgs/every/template ]
chmod 555 void/theirs/every
check 'a directory that nobody may write to' spiff-merge all void
is 'is one that can be removed' "$(stat -c %a all/srcpkgs/every)" 755
mkdir -p void/etc/mine
echo linked >void/etc/mine/conf
ln -s mine/conf void/etc/conf.linked
ln -s every/ void/theirs/every-slash
check 'links' spiff-merge all void
same etc/conf.linked linked 'in etc/ are followed'
check 'in srcpkgs/ stay, with a slash too' [ -L all/srcpkgs/every-slash ]
exits 2 'no tree' spiff-merge all

# a directory that cannot be read when its files are to be merged
mkdir bin
cat >bin/find <<END
#!/bin/sh
case "\$*" in
*"\$(cat "$work/unread") "*)
	echo "find: \$(cat "$work/unread"): Input/output error" >&2
	echo none >"$work/unread"
	exit 1
	;;
esac
exec "$(command -v find)" "\$@"
END
chmod +x bin/find
unread() {
	echo "$1" >unread
	rm -rf all
	PATH=$work/bin:$PATH spiff-merge all over1 over2 void
}
echo over1 >over1/etc/own
exits 0 'an overlay whose common/ cannot be read once' \
	unread 'over1/common ! -type d'
same common/environment/build/own.sh over1 'is merged all the same'
exits 0 'or whose etc/' unread '-L over1/etc -type f'
same etc/own over1 'too'

plan

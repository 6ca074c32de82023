#!/bin/sh
# spiff-deps -i: what was made from other inputs than there are now.
. "$(dirname "$0")/lib/lib.sh"

cp -R "$test/void-packages" tree
rm -r tree/srcpkgs/*
export SPIFF_DISTDIR=tree SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 SPIFF_REPO=repo \
	SPIFF_SPOOL=spool

exits 0 'without a spool' spiff-deps -i
is 'nothing is known' "$(cat out)" ''
mkdir -p tree/srcpkgs/app/files over/srcpkgs over/common
echo text >tree/srcpkgs/app/files/text
cat >tree/srcpkgs/app/template <<'END'
pkgname=app
version=1
revision=1
build_helper=self-host
build_options="color sound"
short_desc="A test"
maintainer="spiff <spiff@example.org>"
license="BSD-2-Clause"
homepage="https://example.org"
do_install() {
	vmkdir usr/share
	cp ${FILESDIR}/text $DESTDIR/usr/share/app
}
END
spiff-enqueue app >/dev/null
exits 0 'a build' spiff-run -1
has 'remembers what it was made from' spool/done/app-1_1.x86_64 'inputs '

# changed WORD COMMAND: makes the change, and takes it back
changed() {
	cp -R tree save
	sh -c "$2"
	is "changed: $1" "$(spiff-deps -i 2>&1 | tr '\t' ' ')" \
		"app-1_1 x86_64 changed $1"
	rm -r tree
	mv save tree
}
is 'nothing has changed' "$(spiff-deps -i 2>&1)" ''
changed template 'echo "# x" >>tree/srcpkgs/app/template'
changed files 'echo more >>tree/srcpkgs/app/files/text'
changed files 'mkdir tree/srcpkgs/app/patches; echo x >tree/srcpkgs/app/patches/a'
changed style 'echo "# x" >>tree/common/build-helper/self-host.sh'
changed options 'echo XBPS_PKG_OPTIONS_app=color >>tree/etc/conf'
changed options 'echo XBPS_CFLAGS=-O1 >>tree/etc/conf'
changed shlibs 'echo "libapp.so.1 app-1_1" >>tree/common/shlibs'
changed files,shlibs 'echo more >>tree/srcpkgs/app/files/text
	echo "libapp.so.1 app-1_1" >>tree/common/shlibs'
echo '# XBPS_CFLAGS=-O1' >>tree/etc/conf
echo 'XBPS_PKG_OPTIONS_other=color' >>tree/etc/conf
echo 'libother.so.1 other-1_1' >>tree/common/shlibs
is 'what concerns others has not' "$(spiff-deps -i 2>&1)" ''

# in an overlay
inputs=$(grep '^inputs' spool/done/app-1_1.x86_64)
SPIFF_DISTDIR=over:tree
is 'an overlay without build helpers is none' "$(spiff-deps -i 2>&1)" ''
mkdir over/common/build-helper
echo '# mine' >over/common/build-helper/other.sh
is 'nor is one with others' "$(spiff-deps -i 2>&1)" ''
rm -r spool
spiff-enqueue -f app >/dev/null
is 'and the job has the same inputs' "$(grep '^inputs' spool/new/app-1_1.x86_64)" \
	"$inputs"
cp tree/common/build-helper/self-host.sh over/common/build-helper
exits 0 'a build helper of an overlay' spiff-run -1
is 'is the one that counts' "$(spiff-deps -i 2>&1)" ''
changed_over() {
	is "changed: $1" "$(spiff-deps -i 2>&1 | tr '\t' ' ')" \
		"app-1_1 x86_64 changed style"
}
echo '# y' >>tree/common/build-helper/self-host.sh
is 'not that of void-packages' "$(spiff-deps -i 2>&1)" ''
mkdir over/common/build-helper/self-host
changed_over 'a directory beside it'
rmdir over/common/build-helper/self-host
echo '# y' >>over/common/build-helper/self-host.sh
changed_over 'the overlay'
mv over/common/build-helper/self-host.sh tree/common/build-helper
changed_over 'and it moves'
rm -r over/common/build-helper
SPIFF_DISTDIR=tree

# the packages' own tests
rm -r spool
SPIFF_CHECK=yes spiff-enqueue -f app >/dev/null
mv spool/new/app-1_1.x86_64 spool/done
is 'what was made with tests is the same' "$(spiff-deps -i 2>&1)" ''
mv spool/done/app-1_1.x86_64 spool/fail
printf 'class package\nreason do_check\n' >>spool/fail/app-1_1.x86_64
mv repo away
exits 1 'once more with tests' env SPIFF_CHECK=yes spiff-enqueue app
has 'fails' out 'failed	app-1_1.x86_64'
exits 0 'without tests' spiff-enqueue app
has 'it is queued' out 'queued	app-1_1.x86_64'
mv away repo

sed 's/^revision=.*/revision=2/' tree/srcpkgs/app/template >t
mv t tree/srcpkgs/app/template
is 'what has another version is for the plan' "$(spiff-deps -i 2>&1)" ''
is 'which has it' "$(spiff-deps app | cut -f3)" 'outdated 1_1'
exits 2 'it takes no operands' spiff-deps -i app

plan

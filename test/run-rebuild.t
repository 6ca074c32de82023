#!/bin/sh
# SPIFF_REBUILD=bump: spiff-run raises revisions of what is broken and builds it again,
# once for each cause; and the hook `broken'.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/pkg.sh"

cp -R "$test/void-packages" void
rm -r void/srcpkgs/*
mkdir -p over/srcpkgs repo spool/hooks
export SPIFF_DISTDIR=over:void SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 \
	SPIFF_REPO=repo SPIFF_REPOS=main SPIFF_SPOOL=spool SPIFF_SLOTS=2
echo 'libfoo.so.2 libfoo-2_1' >>void/common/shlibs

# has_pkg DIR PKGVER PROPERTIES: puts one into a repository
has_pkg() {
	mkdir -p "$1"
	pkg "$2" x86_64 "$3"
	mv "$2.x86_64.xbps" "$1"
	spiff-index -a "$1/$2.x86_64.xbps" >/dev/null
}

# revisions: those of all templates
revisions() {
	grep '^revision=' over/srcpkgs/*/template | sed 's|.*/\(.*\)/template:revision|\1|' |
		tr '\n' ' '
}

cat >spool/hooks/broken <<END
#!/bin/sh
echo "\$*" >>$work/told
END
chmod +x spool/hooks/broken
install='do_install() { vmkdir usr; echo x >$DESTDIR/usr/$pkgname; }'
template over app 1_1 "$install"
template void plug 1_1 "$install"
template over stuck 1_1 'do_install() { false; }'
template over fine 1_1 "$install"
has_pkg main libfoo-2_1 "$(strings shlib-provides libfoo.so.2)"
for p in app plug; do
	has_pkg repo $p-1_1 "$(strings shlib-requires libfoo.so.1)"
done
has_pkg repo fine-1_1 "$(strings shlib-requires libfoo.so.2)"

exits 1 'without the setting rebuilds stay due' spiff-run -1
has 'which is said' err '2 to be rebuilt: spiff-deps -B names them'
is 'nothing is raised' "$(revisions)" 'app=1 fine=1 stuck=1 '
is 'but the hook is told' "$(cat told)" \
	'app-1_1 x86_64 broken libfoo.so.1
plug-1_1 x86_64 broken libfoo.so.1'
spiff-run -1 2>log
is 'once' "$(wc -l <told)" 2
rm spool/broken told
SPIFF_REBUILD=bump
export SPIFF_REBUILD
exits 0 'with it' spiff-run -1
is 'what is broken is raised, in the overlay' "$(revisions)" \
	'app=2 fine=1 plug=2 stuck=1 '
is 'and built' "$(spiff-index -l | cut -f1 | tr '\n' ' ')" \
	'app-1_2 fine-1_1 plug-1_2 '
is 'the hook was told' "$(wc -l <told)" 2
is 'then nothing is broken' "$(spiff-deps -B)$(cat spool/broken)" ''

# one that no rebuild helps
has_pkg repo stuck-1_1 "$(strings shlib-requires libgone.so.1)"
exits 1 'what a rebuild does not help' spiff-run -1
is 'is raised' "$(revisions)" 'app=2 fine=1 plug=2 stuck=2 '
has_pkg repo stuck-1_2 "$(strings shlib-requires libgone.so.1)"
rm spool/fail/stuck-*
exits 1 'still broken' spiff-run -1
is 'it is not built again for the same cause' "$(revisions)" \
	'app=2 fine=1 plug=2 stuck=2 '

# while the disk is full
template over late 1_1 "$install"
has_pkg repo late-1_1 "$(strings shlib-requires libgone.so.1)"
cp "$top/build/test/faults.so" .
printf '%s\n' FAULT_PROGRAM=spiff-bump FAULT_KIND=write FAULT_TIMES=1000 \
	FAULT_ERROR=28 >faults.so.conf
exits 111 'what cannot be raised' env LD_PRELOAD="$work/faults.so" \
	ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 spiff-rebuild
is 'is not queued' "$(revisions)$(ls spool/new)" \
	'app=2 fine=1 late=1 plug=2 stuck=2 '
exits 0 'the next run tries again' spiff-rebuild
is 'and raises and queues it' "$(revisions)$(ls spool/new)" \
	'app=2 fine=1 late=2 plug=2 stuck=2 late-1_2.x86_64'

# the stage has a hook of its own, and another architecture is looked at too
unset SPIFF_REBUILD
cp spool/hooks/broken spool/hooks/staged
rm told
template over libown 2_1 "$install"
template over own 1_1 "$install"
has_pkg repo libown-1_1 "$(strings shlib-provides libown.so.1)"
has_pkg repo own-1_1 "$(strings shlib-requires libown.so.1)"
has_pkg repo libown-2_1 "$(strings shlib-provides libown.so.2)"
for dir in repo main; do
	pkg app-1_2 aarch64 "$(strings shlib-requires libgone.so.1)"
	mv app-1_2.aarch64.xbps $dir
	SPIFF_ARCH=aarch64 spiff-index -a $dir/app-1_2.aarch64.xbps >/dev/null
done
exits 1 'what is staged' spiff-run -1
is 'is told to the hook staged, for each architecture' "$(sort told)" \
	'app-1_2 aarch64 broken libgone.so.1
own-1_1 x86_64 staged libown.so.1'

# what is known of an architecture whose main repository cannot be read
mv main/aarch64-repodata whole
echo junk >main/aarch64-repodata
rm told
exits 0 'another architecture cannot be looked at' spiff-rebuild
mv whole main/aarch64-repodata
spiff-rebuild
check 'its hooks are not called again for what they were told' test ! -e told
exits 2 'a setting that is none' env SPIFF_REBUILD=always spiff-run -1

plan

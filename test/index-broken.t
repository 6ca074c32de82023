#!/bin/sh
# What nobody can install is named: sonames, patterns, conflicts.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"
# by the rule that lets broken packages in
SPIFF_ARCH=x86_64 SPIFF_REPO=$work/repo SPIFF_STAGE=xbps
export SPIFF_ARCH SPIFF_REPO SPIFF_STAGE

# need SONAME..., have SONAME..., dep PATTERN...: properties
need() { strings shlib-requires "$@"; }
have() { strings shlib-provides "$@"; }
dep() { strings run_depends "$@"; }

# into DIR PKGVER PROPERTIES: makes the package there and adds it
into() {
	mkdir -p "$1"
	(cd "$1" && pkg "$2" x86_64 "$3" && spiff-index -a "$2.x86_64.xbps") >/dev/null
}

# broken NAME LINES: what -v says, without its first and third field
broken() {
	broken_name=$1 broken_want=$2
	[ -z "$broken_want" ]
	exits $? "$broken_name" spiff-index -v repo
	is "$broken_name: said" "$(sed -n 's/^broken	\(.*\)	x86_64	/\1 /p' out)" \
		"$broken_want"
}

into repo app-1_1 "$(need libfoo.so.1)"
broken 'a soname that nobody has' 'app-1_1 libfoo.so.1'
into repo libfoo-1_1 "$(have libfoo.so.1)"
broken 'the build repository has it' ''
into repo/nonfree paid-1_1 "$(need libfoo.so.1 libpaid.so.3)$(have libpaid.so.3)"
broken 'a sub-repository uses it, and what it has itself' ''
exits 0 'asked of the sub-repository' spiff-index -v repo/nonfree
into main libm-1_1 "$(have libm.so.6)"
into repo uses-1_1 "$(need libm.so.6)$(dep 'libm>=1')"
broken 'a main repository is not known of' 'uses-1_1 libm.so.6
uses-1_1 libm>=1'
SPIFF_REPOS=$work/main
export SPIFF_REPOS
broken 'it is' ''

# a package hides that of its name in a later repository
into repo libm-2_1 "$(have libm.so.7)"
broken 'the build repository has another one of that name' 'uses-1_1 libm.so.6'
into repo uses-1_2 "$(need libm.so.6)$(dep 'libm<2')"
broken 'but what asks for the older one gets it' ''
into main other-1_1 "$(need libm.so.6)$(dep 'libm>=0')"
broken 'a package of the main repository that nobody uses' ''
into repo user-1_1 "$(dep 'other>=0')"
into repo user2-1_1 "$(dep 'user>=0')"
broken 'one that is used' 'user-1_1 libm.so.6 of other-1_1'
rm repo/user* && spiff-index -c repo >/dev/null

# patterns, and virtual packages
into repo a-1_1 "$(dep 'libfoo<1' 'virt>=2' 'none>=0' 'libfoo>=1_1' libfoo)"
broken 'patterns that nothing meets' 'a-1_1 libfoo<1
a-1_1 none>=0
a-1_1 virt>=2'
into repo b-1_1 "$(strings provides virt-2_1 none-5_1)"
into repo a-1_2 "$(dep 'virt>=2' 'none<6')"
broken 'provided' ''
into repo c-1_1 "$(strings provides c-virt-1_1)$(dep 'c-virt>=1' 'c>=1')"
broken 'by itself, or meaning itself' ''

# conflicts
into repo x-1_1 "$(strings conflicts 'y>=1' 'x<1')"
into repo y-1_1 "$(strings conflicts 'x>=0')"
broken 'two packages may conflict' ''
into repo both-1_1 "$(dep 'x>=0' 'y>=0')"
into repo deeper-1_1 "$(dep 'both>=0')"
broken 'not if one depends on both' 'both-1_1 x-1_1 conflicts with y'
into repo both-1_2 "$(dep 'x>=0' 'z>=0')"
into repo z-1_1 "$(strings provides y-0_1)"
broken 'a version that does not conflict' ''
into repo z-1_2 "$(strings provides y-1_1)"
broken 'one that does' 'both-1_2 x-1_1 conflicts with z'
rm repo/both* repo/deeper* && spiff-index -c repo >/dev/null
broken 'gone' ''

# as XBPS sees it
if command -v xbps-install >/dev/null && command -v xbps-query >/dev/null; then
	# installs PKG: with nothing else there
	installs() {
		rm -rf root
		xbps-install -i -C /var/empty -r root -n \
			--repository=repo --repository=repo/nonfree \
			--repository=main "$1" >out 2>&1
	}
	for p in app paid uses a b c x y z; do
		XBPS_TARGET_ARCH=x86_64 installs "$p"
		r=$?
		# a library that no dependency brings along is there in the end
		if [ $r -ne 0 ] && grep -q 'unresolvable shlib' out &&
			! grep -q MISSING out && { [ "$p" = app ] || [ "$p" = paid ]; }; then
			r=0
		fi
		ok $r "xbps-install of $p"
	done
else
	skip 'xbps-install' 'is not there'
fi
plan

#!/bin/sh
# The stage: what would take a library away waits there, with what needs the new
# one; over all sub-repositories, and for users in main repositories.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"
SPIFF_ARCH=x86_64 SPIFF_REPO=$work/repo
export SPIFF_ARCH SPIFF_REPO

need() { strings shlib-requires "$@"; }
have() { strings shlib-provides "$@"; }
dep() { strings run_depends "$@"; }

# put DIR PKGVER PROPERTIES: makes a package there
put() {
	mkdir -p "$1"
	(cd "$1" && pkg "$2" x86_64 "${3-}")
}

# into DIR PKGVER PROPERTIES: makes the package there and adds it; what is said, in
# a line
into() {
	put "$@"
	spiff-index -a "$1/$2.x86_64.xbps" 2>err | tr '\t\n' ' ,'
}

# stage: what the stages of the repository have
stage() {
	for r in repo repo/nonfree repo/debug; do
		[ ! -e $r/x86_64-repodata ] ||
			indexed $r/x86_64-repodata | awk '$1 == "stage" { print $2 }'
	done | tr '\n' ' '
}

# the last package that holds it up goes, by whatever way
for way in '-r -D vp' -c -i -a; do
	rm -rf repo vp
	spool
	mkdir -p vp/srcpkgs/libfoo vp/srcpkgs/app1
	touch vp/srcpkgs/libfoo/template vp/srcpkgs/app1/template
	put repo libfoo-1_1 "$(have libfoo.so.1)"
	put repo app1-1_1 "$(need libfoo.so.1)"
	put repo old-1_1 "$(need libfoo.so.1)"
	spiff-index -a repo/*.xbps >out
	is "$way: a library" "$(into repo libfoo-2_1 "$(have libfoo.so.2)")" \
		'rebuild app1 libfoo.so.1,rebuild old libfoo.so.1,staged libfoo-2_1 x86_64,'
	is "$way: a user" "$(into repo app1-1_2 "$(need libfoo.so.2)")" \
		'rebuild old libfoo.so.1,staged app1-1_2 x86_64,'
	case $way in
	-c) rm repo/old-1_1.x86_64.xbps ;;
	-i | -a)
		put . old-1_2
		job old-1_2.x86_64 old
		deliver old-1_2.x86_64 old-1_2.x86_64.xbps
		;;
	esac
	case $way in
	-a) exits 0 "$way" spiff-index -i repo ;;
	*)
		# shellcheck disable=SC2086
		exits 0 "$way" spiff-index $way repo
		;;
	esac
	is "$way: the stage moves" "$(stage)" ''
	has "$way: which is said" out 'added	libfoo-2_1	x86_64'
	has "$way: all of it" out 'added	app1-1_2	x86_64'
done

# only what the change reaches waits
rm -rf repo
put repo libfoo-1_1 "$(have libfoo.so.1)"
put repo libfoo-devel-1_1 "$(dep 'libfoo>=1_1')"
put repo app-1_1 "$(need libfoo.so.1)"
put repo un-1_1
spiff-index -a repo/*.xbps >out
put repo libfoo-devel-2_1 "$(dep 'libfoo>=2_1')"
put repo libfoo-2_1 "$(have libfoo.so.2)"
exits 0 'a library and its headers' spiff-index -a repo/libfoo*-2_1.*
is 'wait' "$(stage)" 'libfoo-2_1 libfoo-devel-2_1 '
is 'an unrelated package' "$(into repo un-1_2)" 'added un-1_2 x86_64,'
is 'a new one' "$(into repo new-1_1)" 'added new-1_1 x86_64,'
is 'one with the new library' "$(into repo new2-1_1 "$(need libfoo.so.2)")" \
	'rebuild app libfoo.so.1,staged new2-1_1 x86_64,'
is 'one with the old library' "$(into repo new3-1_1 "$(need libfoo.so.1)")" \
	'added new3-1_1 x86_64,'
is 'is waited for too' "$(spiff-index -l repo | grep rebuild)" \
	'rebuild	app	libfoo.so.1
rebuild	new3	libfoo.so.1'
is 'with a soname that nobody has' "$(into repo new4-1_1 "$(need none.so.1)")" \
	'added new4-1_1 x86_64,'
is 'another library' "$(into repo libbar-1_1 "$(have libbar.so.1)")" \
	'added libbar-1_1 x86_64,'
is 'a rebuild' "$(into repo new3-1_2 "$(need libfoo.so.2)")" \
	'rebuild app libfoo.so.1,staged new3-1_2 x86_64,'
is 'the last one' "$(into repo app-1_2 "$(need libfoo.so.2 libbar.so.1)" | tr , '\n' |
	sed '/^$/d' | sort | tr '\n' ,)" 'added app-1_2 x86_64,added libfoo-2_1 x86_64,added libfoo-devel-2_1 x86_64,added new2-1_1 x86_64,added new3-1_2 x86_64,'
is 'nothing is left' "$(stage)" ''
rm repo/new4* && spiff-index -c repo >out
exits 0 'nothing is broken' spiff-index -v repo

# a chain: two libraries that go one after the other
is 'first' "$(into repo libbar-2_1 "$(have libbar.so.2)$(need libfoo.so.2)")" \
	'rebuild app libbar.so.1,staged libbar-2_1 x86_64,'
is 'second' "$(into repo libfoo-3_1 "$(have libfoo.so.3)")" \
	'rebuild app libbar.so.1,rebuild app libfoo.so.2,rebuild libbar libfoo.so.2,rebuild new2 libfoo.so.2,rebuild new3 libfoo.so.2,staged libfoo-3_1 x86_64,'
into repo app-1_3 "$(need libfoo.so.2 libbar.so.2)" >out
is 'the one of them goes' "$(stage)" 'libfoo-3_1 '

# over sub-repositories, in both directions
rm -rf repo
into repo libfoo-1_1 "$(have libfoo.so.1)" >out
into repo/nonfree app-1_1 "$(need libfoo.so.1)" >out
into repo/nonfree libpaid-1_1 "$(have libpaid.so.1)" >out
into repo user-1_1 "$(need libpaid.so.1)" >out
is 'a user in a sub-repository' "$(into repo libfoo-2_1 "$(have libfoo.so.2)")" \
	'rebuild app libfoo.so.1,staged libfoo-2_1 x86_64,'
is 'a library in one' "$(into repo/nonfree libpaid-2_1 "$(have libpaid.so.2)")" \
	'rebuild app libfoo.so.1,rebuild user libpaid.so.1,staged libpaid-2_1 x86_64,'
is 'behind the packages' "$(spiff-index -l repo/nonfree | cut -f 1,4 | tr '\t\n' ' ,')" \
	'app-1_1,libpaid-1_1,libpaid-2_1 staged,rebuild,'
is 'listed where it waits' "$(spiff-index -l repo/nonfree | grep rebuild)" \
	'rebuild	user	libpaid.so.1'
is 'so for the other' "$(spiff-index -l repo | grep rebuild)" \
	'rebuild	app	libfoo.so.1'
is 'both rebuilt' "$(into repo/nonfree app-1_2 "$(need libfoo.so.2)")$(
	into repo user-1_2 "$(need libpaid.so.2)")" \
	'added libfoo-2_1 x86_64,added app-1_2 x86_64,added user-1_2 x86_64,added libpaid-2_1 x86_64,'
is 'nothing waits' "$(stage)" ''
exits 0 'nor is anything broken' spiff-index -v repo
rm -r vp/srcpkgs
mkdir -p vp/srcpkgs/app
touch vp/srcpkgs/app/template
exits 0 'templates that are gone' spiff-index -r -D vp repo
has 'one whose library a sub-repository uses is kept' out 'kept	libfoo-2_1	x86_64	app'
has 'another is removed' out 'removed	user-1_2	x86_64'
exits 0 'those of the sub-repository' spiff-index -r -D vp repo/nonfree
has 'too' out 'removed	libpaid-2_1	x86_64'

# users in a main repository
rm -rf repo main
SPIFF_STAGE=xbps into main libfoo-1_1 "$(have libfoo.so.1)" >out
SPIFF_STAGE=xbps into main app-1_1 "$(need libfoo.so.1)" >out
SPIFF_STAGE=xbps into main app2-1_1 "$(need libfoo.so.1)" >out
SPIFF_REPOS=$work/main
export SPIFF_REPOS
put repo libfoo-2_1 "$(have libfoo.so.2)"
exits 1 'a library of the main repository' spiff-index -a repo/libfoo-2_1*
has 'is refused, and who needs it named' err \
	'libfoo-2_1.x86_64.xbps: takes libfoo.so.1 from app, app2 of the main repository; with SPIFF_MAINBREAK=stage'
check 'nothing is added' [ ! -e repo/x86_64-repodata ]
is 'others are' "$(into repo other-1_1)" 'added other-1_1 x86_64,'
spool
put . libfoo-2_1 "$(have libfoo.so.2)"
job libfoo-2_1.x86_64 libfoo
deliver libfoo-2_1.x86_64 libfoo-2_1.x86_64.xbps
rm repo/libfoo*
exits 1 'a delivery' spiff-index -i repo
has 'the same' spool/fail/libfoo-2_1.x86_64 'reason libfoo-2_1: takes libfoo.so.1 from app, app2'
check 'its file is not put there' [ ! -e repo/libfoo-2_1.x86_64.xbps ]
is 'the same library' "$(into repo libfoo-1_2 "$(have libfoo.so.1)")" \
	'added libfoo-1_2 x86_64,'
SPIFF_MAINBREAK=stage
export SPIFF_MAINBREAK
is 'or it is staged' "$(into repo libfoo-2_1 "$(have libfoo.so.2)")" \
	'rebuild app libfoo.so.1,rebuild app2 libfoo.so.1,staged libfoo-2_1 x86_64,'
is 'one rebuilt here' "$(into repo app-1_2 "$(need libfoo.so.2)")" \
	'rebuild app2 libfoo.so.1,staged app-1_2 x86_64,'
(
	unset SPIFF_REPOS
	SPIFF_STAGE=xbps into main app2-1_2 >out
)
is 'the other there' "$(spiff-index -i repo | cut -f1,2 | sort | tr '\t\n' ' ,')" \
	'added app-1_2,added libfoo-2_1,'

# a setting that is none
exits 2 'SPIFF_STAGE' env SPIFF_STAGE=no spiff-index -l repo
exits 2 'SPIFF_MAINBREAK' env SPIFF_MAINBREAK=no spiff-index -l repo
unset SPIFF_REPOS SPIFF_MAINBREAK

# with xbps-rindex beside it
if command -v xbps-rindex >/dev/null; then
	rm -rf repo
	put repo libfoo-1_1 "$(have libfoo.so.1)"
	put repo app-1_1 "$(need libfoo.so.1)"
	spiff-index -a repo/*.xbps >out
	into repo libfoo-2_1 "$(have libfoo.so.2)" >out
	into repo un-1_1 >out
	put repo un-1_2
	exits 0 'xbps-rindex reads it' xbps-rindex -a repo/un-1_2*
	is 'and holds all back' "$(stage)" 'libfoo-2_1 un-1_2 '
	is 'spiff-index lets it go' "$(into repo new-1_1 | tr , '\n' | sed '/^$/d' | sort | tr '\n' ' ')" \
		'added new-1_1 x86_64 added un-1_2 x86_64 '
	put repo app-1_2 "$(need libfoo.so.2)"
	exits 0 'xbps-rindex opens it' xbps-rindex -a repo/app-1_2*
	is 'nothing is left' "$(stage)" ''
	exits 0 'and all is sound' spiff-index -v repo
else
	skip 'xbps-rindex beside it' 'is not there'
fi
plan

#!/bin/sh
# spiff-run -1 while packages have to be rebuilt for what is staged, and what it finds
# in incoming/ that nobody waits for.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"
SPIFF_ARCH=x86_64 SPIFF_HOST=x86_64 SPIFF_REPO=$work/repo
SPIFF_DISTDIR=$test/void-packages
export SPIFF_ARCH SPIFF_HOST SPIFF_REPO SPIFF_DISTDIR

mkdir repo
(
	cd repo || exit
	pkg libfoo-1_1 x86_64 "$(strings shlib-provides libfoo.so.1)"
	pkg app-1_1 x86_64 "$(strings shlib-requires libfoo.so.1)"
	spiff-index -a ./*.xbps
) >said
spool
pkg libfoo-2_1 x86_64 "$(strings shlib-provides libfoo.so.2)"
job libfoo-2_1.x86_64 libfoo
deliver libfoo-2_1.x86_64 libfoo-2_1.x86_64.xbps
mkdir spool/incoming/gone-1_1.x86_64 spool/incoming/.gone-1_1.x86_64.2.host.7.tmp
exits 1 'a library is staged' spiff-run -1 -s spool
is 'its job is done' "$(where libfoo-2_1.x86_64)" 'done '
has 'what is due is counted' err '1 to be rebuilt: spiff-deps -B names them'
is 'nothing is left in incoming/' "$(ls -A -I .lock spool/incoming)" ''
exits 1 'so again' spiff-run -1 -s spool
pkg app-1_2 x86_64 "$(strings shlib-requires libfoo.so.2)"
job app-1_2.x86_64 app
deliver app-1_2.x86_64 app-1_2.x86_64.xbps
exits 0 'its user is rebuilt' spiff-run -1 -s spool
is 'nothing is staged' "$(indexed repo/x86_64-repodata | grep -c stage)" 0
mkdir spool/incoming/gone-1_1.x86_64
exits 0 'nothing to do' spiff-run -1 -s spool
is 'what is left goes all the same' "$(ls -A -I .lock spool/incoming)" ''
plan

#!/bin/sh
# spiff-status -y: why a package is not built, in whatever state it is.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/spool.sh"

SPIFF_DISTDIR=tree SPIFF_SLOTS=2
export SPIFF_DISTDIR SPIFF_SLOTS

# why: every state
spool
repo here-1_1
job new asked-1_1
job wait next-1_1 'needs busy-1_1.x86_64' 'needs able-1_1.x86_64'
job wait far-1_1 'needs bad-1_1.x86_64' 'needs busy-1_1.x86_64' \
	'makes far-devel'
job wait farther-1_1 'needs far-1_1.x86_64' 'needs next-1_1.x86_64'
job ready able-1_1
job run busy-1_1 'started 2000' 'node other'
job built made-1_1 'started 2000' 'ended 2100'
job 'done' here-1_1 'started 2000' 'ended 2125'
job 'done' lost-1_1 'started 2000' 'ended 2125'
job fail bad-1_1 'started 3000' 'ended 3001' 'class package' \
	'reason do_build: no rule' 'exit exit 1'
job cancel old-1_1 'reason superseded by old-2_1.x86_64' 'by old-2_1.x86_64'

# answer PKG: the answer on one line, spans of time as T, the exit status behind it
answer() {
	spiff-status -y "$1" >out 2>err
	status=$?
	sed 's/\(failed\|refused\|built\|cancelled\|came\|waits\|for\) [0-9][0-9dhms]*/\1 T/' \
		out | tr '\t\n' ' |'
	printf '%s\n' "$status"
}
no='; no spiff-run works on this spool'
is 'new' "$(answer asked-1_1.x86_64)" \
	"asked-1_1.x86_64 came T ago, and needs nothing more$no|1"
is 'ready' "$(answer able)" \
	"able-1_1.x86_64 waits T for a slot, while 1 build$no|1"
is 'building' "$(answer busy)" "busy-1_1.x86_64 builds for T on other$no|1"
is 'built' "$(answer made)" \
	"made-1_1.x86_64 built T ago, but not in the index$no|1"
is 'waiting' "$(answer next)" \
"next-1_1.x86_64 waits T for busy-1_1.x86_64, able-1_1.x86_64$no|\
busy-1_1.x86_64 builds for T on other$no|\
able-1_1.x86_64 waits T for a slot, while 1 build$no|1"
is 'blocked' "$(answer far)" \
'far-1_1.x86_64 waits T for bad-1_1.x86_64|'\
'bad-1_1.x86_64 failed T ago: package: do_build: no rule|1'
is 'blocked from far' "$(answer farther)" \
'farther-1_1.x86_64 waits T for far-1_1.x86_64|'\
'far-1_1.x86_64 waits T for bad-1_1.x86_64|'\
'bad-1_1.x86_64 failed T ago: package: do_build: no rule|1'
is 'by the name of a binary package' "$(answer far-devel)" "$(answer far)"
is 'failed' "$(answer bad-1_1.x86_64)" \
	'bad-1_1.x86_64 failed T ago: package: do_build: no rule|1'
is 'cancelled' "$(answer old-1_1.x86_64)" \
	'old-1_1.x86_64 cancelled T ago: superseded by old-2_1.x86_64|1'
is 'lost' "$(answer lost-1_1.x86_64)" \
	'lost-1_1.x86_64 built T ago, but in no repository now|1'
is 'there' "$(answer here-1_1.x86_64)" 'here-1_1 built: in repo|0'
is 'by name and version, as it is printed' "$(answer here-1_1)" \
	'here-1_1 built: in repo|0'
is 'of a job under way' "$(answer far-1_1)" "$(answer far)"
is 'of a binary package' "$(answer far-devel-1_1)" "$(answer far)"
is 'of one that failed' "$(answer bad-1_1)" "$(answer bad-1_1.x86_64)"

# why: what the spool does not say
cp -R "$test/void-packages" tree
spool
repo leaf-1.0_1 libgreet-1.0_1 seed-0.9_1
is 'in a repository' "$(answer leaf)" 'leaf-1.0_1 built: in repo|0'
is 'a binary package that is not' "$(answer libgreet-devel)" \
	'libgreet-1.0_1.x86_64 not asked for|1'
is 'not asked for, with an older version' "$(answer seed)" \
	'seed-1.0_1.x86_64 not asked for; the repository has version 0.9_1|1'
is 'no template' "$(answer nonesuch)" 'nonesuch no template in tree makes it|1'
is 'no name' "$(answer ../../etc)" '../../etc no template in tree makes it|1'
is 'broken' "$(answer rusty)" \
	'rusty-1.0_1.x86_64 refused: broken: the gears do not turn any more|1'
is 'a job that the template has left behind' "$(answer seed-0.5_1.x86_64)" \
	'seed-0.5_1 not in the spool; the template makes seed-1.0_1 now|1'
is 'the same by its version' "$(answer seed-0.5_1)" \
	'seed-0.5_1 not in the spool; the template makes seed-1.0_1 now|1'
is 'a binary package at the version of the template' \
	"$(answer libgreet-devel-1.0_1)" 'libgreet-1.0_1.x86_64 not asked for|1'
is 'for another architecture than we plan for' "$(answer seed-1.0_1.aarch64)" \
	'seed-1.0_1.aarch64 not in a repository, and not in the spool; '\
'SPIFF_ARCH=aarch64 tells more|1'
is 'a job without a template' "$(answer x-0.5_1.x86_64)" \
	'x-0.5_1 no template in tree makes it|1'
is 'a cycle' "$(answer chicken)" \
'chicken-1.0_1.x86_64 not asked for|'\
'cycle cannot be built: chicken -> egg -> chicken (make, make)|1'
sed -i 's/^makedepends=.*/makedepends="rusty"/' tree/srcpkgs/egg/template
is 'what it needs is broken' "$(answer chicken)" \
'chicken-1.0_1.x86_64 not asked for|'\
'rusty broken: the gears do not turn any more, needed: '\
'chicken -> egg -> rusty (make, make)|1'
job fail seed-1.0_1 'started 5' 'ended 6' 'class package' 'reason exit 1'
is 'failed' "$(answer seed)" \
	'seed-1.0_1.x86_64 failed T ago: package: exit 1|1'
mv spool/fail/seed-1.0_1.x86_64 x
job fail seed-0.5_1 'started 5' 'ended 6' 'class package' 'reason exit 1'
is 'an earlier version failed' "$(answer seed)" \
'seed-1.0_1.x86_64 not asked for; the repository has version 0.9_1|'\
'seed-0.5_1.x86_64 failed T ago: package: exit 1|1'
index=$(mktemp -d)
cp repo/x86_64-repodata "$index"
(cd "$index" && tar xzf x86_64-repodata && mv index.plist stage.plist)
cp "$index/stage.plist" .
rm -r "$index"
repo
is 'staged' "$(answer leaf)" \
'leaf-1.0_1 built, and in the stage of repo: there until what uses the '\
'libraries it replaces is built too|1'
rm stage.plist
SPIFF_DISTDIR=none
exits 111 'no tree' spiff-status -y leaf
has 'is an error' err 'none'
SPIFF_DISTDIR=tree

# a slot: which place in the order
spool
job ready last-1_1
job ready mid-1_1 'priority 1'
job ready first-1_1
job wait behind-1_1 'needs first-1_1.x86_64' 'priority 2'
is 'the next' "$(answer first)" "first-1_1.x86_64 waits T for a slot$no|1"
is 'the one behind it' "$(answer mid)" \
	"mid-1_1.x86_64 waits T for a slot; 1 go first$no|1"
is 'and the last' "$(answer last)" \
	"last-1_1.x86_64 waits T for a slot; 2 go first$no|1"
is 'in an order of its own for each architecture' \
	"$(SPIFF_SLOTS=x86_64=1 answer last)" \
	"last-1_1.x86_64 waits T for a slot; 2 go first$no|1"
is 'no slots for it' "$(SPIFF_SLOTS=aarch64=9 answer last)" \
	"last-1_1.x86_64 waits T for a slot, and SPIFF_SLOTS has none for x86_64$no|1"
job ready last-1_1 'tries 1' 'troubles 1' 'class machine' 'reason no space left'
is 'one that the machine spoilt' "$(answer last)" \
	"last-1_1.x86_64 waits T to be tried again: machine: no space left; \
2 go first$no|1"
job ready last-1_1 'tries 1' 'troubles 1' 'class machine' 'reason no space left' \
	"ended $(date +%s)"
is 'and that is not tried again yet' "$(SPIFF_PAUSE=4000 answer last |
	sed 's/ in 1h0[56]m/ in T/')" "last-1_1.x86_64 waits T to be tried again, in T: \
machine: no space left$no|1"

# when it will be over, as far as the last time tells
job 'done' slow-0_1 'started 1000' 'ended 1200'
job run slow-1_1 "started $(date +%s)"
is 'a build whose end is known' \
	"$(answer slow | sed 's/ in [1-3][0-9ms]*/ in T/')" \
	"slow-1_1.x86_64 builds for T, and is expected to end in T$no|1"

# what is in new/ and was not taken up
spool
repo
printf 'other\nlibgreet-devel\n' >spool/new/wish
is 'a request for it' "$(answer libgreet-devel)" \
"libgreet-1.0_1.x86_64 asked for, and no job yet|\
wish a request for it, came T ago$no|1"
is 'not for another' "$(answer libgreet)" 'libgreet-1.0_1.x86_64 not asked for|1'
mv spool/new/wish spool/fail/wish
echo 'other: no template' >spool/fail/wish.reason
is 'one that was refused' "$(answer libgreet-devel)" \
'libgreet-1.0_1.x86_64 not asked for|'\
'wish a request for it, refused T ago: other: no template|1'
job new seed-1.0_1 'needs leaf-1.0_1.x86_64'
is 'a job that waits for one that is nowhere' "$(answer seed)" \
'seed-1.0_1.x86_64 waits T for leaf-1.0_1.x86_64|'\
'leaf-1.0_1.x86_64 not in a repository, and not in the spool|1'

# what cannot be read
printf 'pkgver bad-1_1\nneeds ../x\n' >spool/wait/bad-1_1.x86_64
is 'a job that cannot be read' "$(answer bad-1_1.x86_64)" \
	"bad-1_1.x86_64 in wait/ for T: unreadable: line 2: no value for needs$no|1"
job wait after-1_1 'needs bad-1_1.x86_64'
is 'one that waits for it' "$(answer after)" \
'after-1_1.x86_64 waits T for bad-1_1.x86_64|'\
'bad-1_1.x86_64 in wait/ for T: unreadable: line 2: no value for needs|1'

# jobs that wait for each other
job wait c1-1_1 'needs c2-1_1.x86_64'
job wait c2-1_1 'needs c1-1_1.x86_64'
job wait c3-1_1 'needs c2-1_1.x86_64'
is 'a cycle in the spool' "$(answer c3)" \
'c3-1_1.x86_64 waits T for c2-1_1.x86_64|'\
'c1-1_1.x86_64 waits T for itself: '\
'c1-1_1.x86_64 -> c2-1_1.x86_64 -> c1-1_1.x86_64|'\
'c2-1_1.x86_64 waits T for c1-1_1.x86_64|1'

# superseded, and by what
spool
job cancel old-1_1 'reason superseded by old-2_1.x86_64' 'by old-2_1.x86_64'
job cancel old-2_1 'reason superseded by old-3_1.x86_64' 'by old-3_1.x86_64'
job fail old-3_1 'ended 9' 'class package' 'reason do_build: no rule'
is 'what took its place' "$(answer old-1_1.x86_64)" \
'old-1_1.x86_64 cancelled T ago: superseded by old-2_1.x86_64|'\
'old-2_1.x86_64 cancelled T ago: superseded by old-3_1.x86_64|'\
'old-3_1.x86_64 failed T ago: package: do_build: no rule|1'
job cancel old-3_1 'reason superseded by old-1_1.x86_64' 'by old-1_1.x86_64'
rm spool/fail/*
is 'in a circle' "$(answer old-1_1.x86_64 | tr '|' '\n' | sort -u | wc -l)" 4
job cancel hand-1_1 'class cancelled' 'reason moved to cancel/'
is 'cancelled by hand' "$(answer hand-1_1.x86_64)" \
	'hand-1_1.x86_64 cancelled T ago: moved to cancel/|1'

# asked for again
job 'done' again-1_1
job new again-1_1 'asked 1'
has_asked=$(spiff-status | grep -c 'new 1 .* done [0-9]')
is 'the table counts what is asked for again as new' "$has_asked" 1
case $(answer again-1_1.x86_64) in
*'came '*) ok 0 'and it is told as new' ;;
*) ok 1 'and it is told as new'; answer again-1_1.x86_64 ;;
esac

# templates that cannot be built
spool
# built NAME LINE: a template that would build but for the line
built() {
	template tree "$1" 1.0_1 'do_install() { :; }' "$2"
}
built licensed 'restricted="no redistribution"'
built elsewhere 'archs="aarch64"'
built lonely 'makedepends="nonesuch-devel"'
built garbled 'if'
built needy 'depends="licensed"'
built native 'nocross="needs to run what it makes"'
is 'restricted' "$(answer licensed)" \
	'licensed-1.0_1.x86_64 refused: restricted: no redistribution|1'
is 'what needs it' "$(answer needy)" \
'needy-1.0_1.x86_64 not asked for|'\
'licensed restricted: no redistribution, needed: needy -> licensed (run)|1'
is 'not for this architecture' "$(answer elsewhere)" \
	'elsewhere-1.0_1.x86_64 refused: archs: not for x86_64|1'
is 'not to be cross-built' "$(SPIFF_ARCH=aarch64 answer native)" \
	'native-1.0_1.aarch64 refused: nocross: needs to run what it makes|1'
is 'needs what nobody makes' "$(answer lonely)" \
'lonely-1.0_1.x86_64 refused: needs nonesuch-devel, which no template makes '\
'and no repository has|1'
is 'cannot be read' "$(answer garbled |
	sed 's|/.*/tree|tree|; s/: unexpected end [^|]*//')" \
'garbled cannot be built: template: xbps-src: failed to read '\
'tree/srcpkgs/garbled/template! line 10: syntax error|1'

# with a scheduler
spool
repo met-1_1
touch spool/pause
job new free-1_1 'needs met-1_1.x86_64'
job new next-1_1 'needs free-1_1.x86_64'
spiff-run 2>run.err &
run=$!
cleanup() {
	kill "$run" 2>/dev/null
	wait "$run"
}
check 'a scheduler takes them up' await test -e spool/ready/free-1_1.x86_64
is 'paused' "$(answer free)" \
	'free-1_1.x86_64 waits T for a slot, while the spool is paused|1'
check 'both' await test -e spool/wait/next-1_1.x86_64
is 'the same readiness' "$(answer next)" \
'next-1_1.x86_64 waits T for free-1_1.x86_64|'\
'free-1_1.x86_64 waits T for a slot, while the spool is paused|1'
exits 0 'the table' spiff-status
has 'says that it is paused' out 'paused: nothing new starts'
check 'and not that nobody works' [ "$(grep -c 'no spiff-run' out)" -eq 0 ]
rm spool/pause
SPIFF_BUILD=$work/none
export SPIFF_BUILD
kill "$run"
wait "$run"
spiff-run 2>run.err &
run=$!
check 'a builder that cannot start anything' await test -e spool/trouble
check 'leaves the job in ready/' await test -e spool/ready/free-1_1.x86_64
is 'is told of' "$(answer free | sed 's/since .*/since T/')" \
'free-1_1.x86_64 waits T for a slot, while nothing can be started by the '\
'builder local, since T'
exits 0 'the table' spiff-status
has 'says so too' out 'nothing can be started by the builder local, since'
exits 0 'the site' spiff-status -w www
has 'and so' www/index.html 'The builder local can start nothing, since'
printf '#!/bin/sh\nexit 1\n' >none
chmod +x none
check 'once it can' await test -e spool/fail/free-1_1.x86_64
check 'that is over' [ ! -e spool/trouble ]
plan

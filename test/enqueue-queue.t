#!/bin/sh
# What is asked for, and what the queue has already: jobs wait for what has come
# into the queue and will be in their chroot, and are told what has changed.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/pkg.sh"

cp -R "$test/void-packages" tree
rm -r tree/srcpkgs/*
export SPIFF_DISTDIR=tree SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 SPIFF_REPO=repo \
	SPIFF_SPOOL=spool
mkdir repo

# has_pkg PKGVER [DEPENDS]...: puts one into the repository
has_pkg() {
	hp_pkgver=$1
	shift
	pkg "$hp_pkgver" x86_64 "$(strings run_depends "$@")"
	mv "$hp_pkgver.x86_64.xbps" repo
	spiff-index -a "repo/$hp_pkgver.x86_64.xbps" >/dev/null
}

# says ARG...: what spiff-enqueue prints, with commas
says() {
	spiff-enqueue "$@" 2>err | sed 's/\.x86_64//' | tr '\t\n' ' ,'
}

# needs STATE PKGVER: what the job needs by the lines that count
needs() {
	awk '$1 == "needs" { n = $2 ? n $2 " " : "" } END { print n }' \
		"spool/$1/$2.x86_64" | sed 's/\.x86_64//g'
}

# state PKGVER: where the job is
state() {
	for f in spool/*/"$1.x86_64"; do
		echo "$f"
	done | cut -d/ -f2 | tr '\n' ' '
}

# to STATE PKGVER: moves the job there from wherever it is
to() {
	[ -e "spool/$1/$2.x86_64" ] || mv spool/*/"$2.x86_64" "spool/$1/"
}

metapackage tree liba 2_1
metapackage tree meta 1_1 'depends="liba"'
metapackage tree user 1_2 'makedepends="meta"'
has_pkg liba-1_1
has_pkg meta-1_1 'liba>=0'
has_pkg user-1_1

# the dependency is queued before
is 'a dependency' "$(says liba)" 'queued liba-2_1,'
is 'and who needs it' "$(says user)" 'queued user-1_2,'
is 'waits for it, though an older one is there' "$(needs new user-1_2)" \
	'liba-2_1 '
for st in wait ready run built; do
	to $st liba-2_1
	rm spool/*/user-1_2.x86_64
	spiff-enqueue user >/dev/null
	is "while that is in $st/" "$(needs new user-1_2)" 'liba-2_1 '
done

# or after
for st in new wait; do
	rm spool/*/*.x86_64
	spiff-enqueue user >/dev/null
	to $st user-1_2
	is "$st: needs nothing" "$(needs $st user-1_2)" ''
	is "$st: then it is asked for anew" "$(says liba)" 'queued liba-2_1,'
	is "$st: the queued one waits for it" "$(needs $st user-1_2)" \
		'liba-2_1 '
done
rm spool/*/*.x86_64
spiff-enqueue user >/dev/null
to ready user-1_2
spiff-enqueue liba >/dev/null
is 'one that was ready waits again' "$(state user-1_2)" 'wait '
is 'for it' "$(needs wait user-1_2)" 'liba-2_1 '
rm spool/*/*.x86_64
spiff-enqueue user >/dev/null
to run user-1_2
is 'one that is being built' "$(says liba)" 'queued liba-2_1,again user-1_2,'
is 'waits again too, which stops its build' "$(state user-1_2)" 'wait '
is 'for it' "$(needs wait user-1_2)" 'liba-2_1 '
rm spool/*/*.x86_64
spiff-enqueue user >/dev/null
to run user-1_2
is 'asked for together' "$(says user liba)" \
	'queued liba-2_1,kept user-1_2,again user-1_2,'
is 'it is the same' "$(state user-1_2) $(needs wait user-1_2)" 'wait  liba-2_1 '
rm spool/*/*.x86_64
spiff-enqueue user >/dev/null
to built user-1_2
is 'what is built stays' "$(says liba)$(state user-1_2)" \
	'queued liba-2_1,built '
rm spool/*/*.x86_64
spiff-enqueue user liba >/dev/null
to run user-1_2
is 'what it was begun behind stops no build' "$(says liba)$(state user-1_2)" \
	'kept liba-2_1,run '

# -f
rm spool/*/*.x86_64
metapackage tree liba 1_1
is 'a present one' "$(says liba)" 'present liba-1_1,'
is 'forced' "$(says -f liba)" 'queued liba-1_1,'
is 'is waited for' "$(says user; needs new user-1_2)" \
	'queued user-1_2,liba-1_1 '
metapackage tree liba 2_1
rm spool/*/*.x86_64
spiff-enqueue liba >/dev/null
for st in new wait ready run built; do
	to $st liba-2_1
	sed '/^force/d' spool/$st/liba-2_1.x86_64 >job
	mv job spool/$st/liba-2_1.x86_64
	is "-f: $st" "$(says -f liba)" 'kept liba-2_1,'
	has "-f reaches a job in $st/" spool/$st/liba-2_1.x86_64 'force 1'
done

# inputs that have changed
rm spool/*/*.x86_64
metapackage tree old 1_1
metapackage tree other 1_1
metapackage tree app 1_1 'makedepends="old other"'
spiff-enqueue app >/dev/null
mv spool/new/* spool/wait
rm -r tree/srcpkgs/old
metapackage tree new 1_1
metapackage tree app 1_1 'makedepends="other new"' 'app-devel_package() { :; }'
is 'a job whose needs have changed' "$(says app)" \
	'kept other-1_1,queued new-1_1,kept app-1_1,'
is 'has the new ones alone' "$(needs wait app-1_1 | tr ' ' '\n' | sort |
	tr '\n' ' ')" ' new-1_1 other-1_1 '
is 'and makes what it makes now' "$(awk '
	$1 == "makes" { n = $2 ? n $2 " " : "" } END { print n }' \
	spool/wait/app-1_1.x86_64)" 'app app-devel '
wc -l <spool/wait/app-1_1.x86_64 >lines
spiff-enqueue app >/dev/null
is 'asked for once more nothing is added' \
	"$(wc -l <spool/wait/app-1_1.x86_64)" "$(cat lines)"

# what is superseded
rm spool/*/*.x86_64
spiff-enqueue other >/dev/null
metapackage tree other 2_1
spiff-enqueue other >/dev/null
is 'what is superseded has no second line' "$(spiff-status -l | cut -f1,2 |
	tr '\t' ' ')" 'other-2_1.x86_64 new'
is 'unless it is asked for' "$(spiff-status -l other-1_1.x86_64 | cut -f2)" cancel

# what the index would refuse
rm spool/*/*.x86_64
metapackage tree down 1_1
has_pkg down-2_1
exits 1 'a version before the one in the index' spiff-enqueue down
has 'is refused' err 'down: the build repository has down-2_1, and its index takes no older version'
is 'before it is queued' "$(ls spool/new)" ''
exits 0 'unless it is taken back' sh -c '
	echo "reverts=\"2_1\"" >>tree/srcpkgs/down/template
	spiff-enqueue down'
metapackage tree down 1_1
rm spool/*/*.x86_64
exits 0 'or forced' spiff-enqueue -f down
rm spool/*/*.x86_64
metapackage tree foo 1_1 'foo-new_package() { :; }'
ln -s foo tree/srcpkgs/foo-new
metapackage tree bar 1_1 'depends="foo-new"'
has_pkg foo-1_1
exits 1 'a new subpackage of a version that the index has' spiff-enqueue bar
has 'needs a new revision' err 'foo: the build repository has foo-1_1, and its index takes no other of that version: raise the revision (spiff-bump foo), or -f'
is 'nothing is queued' "$(ls spool/new)" ''
exits 0 'forced' spiff-enqueue -f foo bar
is 'bar waits for it' "$(needs new bar-1_1)" 'foo-1_1 '
metapackage tree foo 1_2 'foo-new_package() { :; }'
rm spool/*/*.x86_64
exits 0 'with a new revision' spiff-enqueue bar
is 'it waits for that' "$(needs new bar-1_1)" 'foo-1_2 '

# requests may have options
rm spool/*/*.x86_64
printf '%s\n' -f '-p 7' liba >req
exits 111 'a standard input that cannot be read now' sh -c 'spiff-enqueue - <.'
exits 0 'options on standard input' sh -c 'spiff-enqueue - <req'
has 'the first is taken' spool/new/liba-2_1.x86_64 'force 1'
has 'and the second' spool/new/liba-2_1.x86_64 'priority 7'
echo '-x' >req
exits 1 'another' sh -c 'spiff-enqueue - <req'
has 'is refused' err "-x: only -f and -p NUMBER"
echo '-p high' >req
exits 1 'no number' sh -c 'spiff-enqueue - <req'
printf '%s\n' -f liba >req
exits 1 'elsewhere' sh -c 'spiff-deps - <req'
has 'they are no operands' err '-f: not a package name'

# a template that changes while it is planned with: another one is still being read.
# That it is needed cannot be guessed, so that quick has been evaluated by then
spool
metapackage tree quick 1_1 'needs=slow
makedepends="$needs"'
metapackage tree slow 1_1 "read -r line <$work/tree/srcpkgs/slow/go"
mkfifo tree/srcpkgs/slow/go
spiff-enqueue quick >late 2>&1 &
exec 9>tree/srcpkgs/slow/go
metapackage tree quick 2_1
is 'meanwhile its new version is queued' "$(says quick)" 'queued quick-2_1,'
rm tree/srcpkgs/slow/go
echo >&9
exec 9>&-
wait $!
ok $? 'what was planned with the old one is planned again'
is 'and the new version stays' "$(sed 's/\.x86_64//' late | tr '\t\n' ' ,')" \
	'kept quick-2_1,'
is 'alone' "$(ls spool/new spool/cancel)" 'spool/cancel:

spool/new:
quick-2_1.x86_64'

plan

#!/bin/sh
# Long work shows itself on a terminal, and nowhere else: templates that are read,
# indexes that are fetched, packages and sources that are looked at.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/pkg.sh"

if ! script -qec 'echo it is' /dev/null </dev/null 2>/dev/null | grep -q 'it is'; then
	skip 'progress' 'no script(1), or no terminals'
	plan
	exit
fi
SPIFF_DISTDIR=$work/tree SPIFF_ARCH=x86_64 SPIFF_HOST=x86_64 SPIFF_REPO=$work/repo
SPIFF_SPOOL=$work/spool SPIFF_HOSTDIR=$work/hostdir
export SPIFF_DISTDIR SPIFF_ARCH SPIFF_HOST SPIFF_REPO SPIFF_SPOOL SPIFF_HOSTDIR
TERM=xterm
export TERM
mkdir repo bin hostdir
cp -R "$test/void-packages" tree
for program in index clean; do
	cp "$top/bin/spiff-$program" bin
done
cp "$top/build/test/faults.so" .
PATH=$work/bin:$PATH
erase=$(printf '\033\\[K')

# begin WIDTH COMMAND: on a terminal of that many columns; what it does to the file or
# program that is held waits
begin() {
	: >hold
	: >screen
	script -qec "stty cols $1; $2" /dev/null </dev/null >screen &
}

# shows TEXT: the line stands alone on the terminal
shows() {
	tr '\r' '\n' <screen | grep -qx "$erase$1"
}

# ends STATUS NAME: the command goes on, and ends so
ends() {
	rm -f hold
	wait $!
	is "$2" $? "$1"
}

# rest: what is to be seen of the terminal in the end
rest() {
	tr -d '\n' <screen | sed "s/.*$erase//" | tr -d '\r'
}

# held KIND PATH PROGRAM: which calls wait; their threads draw nothing meanwhile, but
# when they go on
held() {
	printf '%s\n' "FAULT_PROGRAM=$3" "FAULT_KIND=$1" "FAULT_PATH=$2" \
		FAULT_TIMES=99 "FAULT_HOLD=$work/hold" >faults.so.conf
}
preload="LD_PRELOAD=$work/faults.so"
# with the sanitizers, whose library is not the first then
export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0

# templates
cat >>tree/srcpkgs/seed/template <<END
while [ -e $work/tree/hold ]; do
	:
done
END
: >tree/hold
begin 80 'spiff-deps sprout | cut -f 1 >plan'
check 'templates that are read' await shows 'templates read: [0-9]* of [1-9][0-9]*'
rm tree/hold
ends 0 'the plan is made'
is 'as ever' "$(tr '\n' ' ' <plan)" 'seed-1.0_1 sprout-1.0_1 '
is 'and nothing is left on the terminal' "$(rest)" ''

# indexes
printf '#!/bin/sh\nwhile [ -e %s/hold ]; do sleep 0.05; done\nexit 1\n' "$work" \
	>bin/xbps-fetch
chmod +x bin/xbps-fetch
begin 80 'spiff-deps -R http://127.0.0.1:1/x sprout'
check 'indexes that are fetched' await shows 'indexes fetched: 0 of 1'
ends 111 'one that cannot be'
is 'the message has a line of its own' "$(rest | sed 's/xbps-fetch: .*//')" \
	'spiff-deps: http://127.0.0.1:1/x/x86_64-repodata: cannot be fetched: '

# packages
cd repo || exit
for name in a b c; do
	pkg $name-1_1 x86_64
done
cd "$work" || exit
held open -1_1.x86 spiff-index
begin 80 "$preload spiff-index -a repo/*.xbps"
sleep 2
ends 0 'packages that are added'
check 'are shown' shows 'packages read: [0-3] of 3'
is 'with what it says in full' "$(rest)" "$(printf 'added\t%s\tx86_64' a-1_1 b-1_1 c-1_1)"
echo more >>repo/a-1_1.x86_64.xbps
begin 12 "$preload spiff-index -v"
sleep 2
ends 1 'packages that are verified'
check 'are shown as far as there is room' shows 'packages ve'
is 'finds what is wrong' "$(rest)" "differs	a-1_1	x86_64"
begin 80 "TERM=dumb $preload spiff-index -v"
sleep 2
ends 1 'on a dumb terminal'
is 'it only finds that' "$(tr -d '\r' <screen)" "differs	a-1_1	x86_64"
: >hold
env "$preload" spiff-index -v >out 2>err &
sleep 2
ends 1 'elsewhere'
is 'too' "$(cat out err)" "differs	a-1_1	x86_64"

# sources
mkdir -p hostdir/sources/by_sha256 hostdir/spiff
printf '%064d_old' 0 | xargs -I{} touch hostdir/sources/by_sha256/{}
mkdir hostdir/sources/seed-0.1
held unlink _old spiff-clean
begin 80 "$preload spiff-clean -d 0"
sleep 2
ends 0 'sources that are looked at'
check 'are shown' shows 'sources looked at: [12]'
check 'what goes has a line of its own' [ "$(tr -d '\r' <screen |
	sed "s/.*$erase//" | grep -c '^source	')" -eq 2 ]
plan

#!/bin/sh
# One repository and many who change it: the locks, those of xbps-rindex too, and
# nothing is lost.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"
SPIFF_ARCH=x86_64
export SPIFF_ARCH

# hold FILE COMMAND...: locks it, in the background, until there is a line in the
# fifo go, and ends with the command
hold() {
	hold_file=$1
	shift
	"$locker" "$hold_file" sh -c "echo >go; read -r x <go; $*" &
	read -r _ <go
}

# start NAME COMMAND...: in the background, what it says goes to NAME and NAME.err
start() {
	start_name=$1
	shift
	: >"$start_name.err"
	"$@" >"$start_name" 2>"$start_name.err" &
	start_pid=$!
}

# waits NAME TEXT: whether the one that was started says that it waits for this
waits() {
	until grep -q "$2" "$1.err"; do
		kill -0 "$start_pid" 2>/dev/null || return 1
		sleep 0.05
	done
}

mkdir repo
cd repo || exit
mkfifo go
pkg a-1_1 x86_64
spiff-index -a a-1_1.x86_64.xbps >/dev/null
locker=$(command -v flock)
if [ "$locker" ]; then
	# the lock of the XBPS tools is waited for
	pkg l-1_1 x86_64
	hold x86_64-repodata.lock :
	start said spiff-index -a l-1_1.x86_64.xbps
	check 'it waits for the lock of the XBPS tools' \
		waits said 'x86_64-repodata.lock: waiting'
	check 'and says nothing' test ! -s said
	echo >go
	wait
	is 'and gets it' "$(cat said)" "added	l-1_1	x86_64"

	# and when the file is removed by who had it
	pkg m-1_1 x86_64
	hold x86_64-repodata.lock rm x86_64-repodata.lock
	start said spiff-index -a m-1_1.x86_64.xbps
	waits said 'x86_64-repodata.lock: waiting'
	echo >go
	wait
	is 'a lock file that was removed is no lock' "$(cat said)" "added	m-1_1	x86_64"
	check 'a new one is there' test -e x86_64-repodata.lock

	# a noarch file may belong to the index of another architecture, which does
	# not name it yet
	pkg n-1_1 noarch
	: >aarch64-repodata.lock
	hold aarch64-repodata.lock :
	start adds env SPIFF_ARCH=aarch64 spiff-index -a n-1_1.noarch.xbps
	waits adds 'aarch64-repodata.lock: waiting'
	start said spiff-index -r .
	check 'who removes files waits for who adds noarch ones' \
		waits said 'noarch-repodata.lock: waiting'
	check 'which stay' test -e n-1_1.noarch.xbps
	mkdir ../other
	(cd ../other && pkg o-1_1 noarch && spiff-index -a o-1_1.noarch.xbps) >/dev/null
	exits 0 'elsewhere nobody waits' spiff-index -r ../other
	start adds86 spiff-index -a a-1_1.x86_64.xbps
	wait "$start_pid"
	is 'nor for what is not noarch' "$(cat adds86)" "present	a-1_1	x86_64"
	echo >go
	wait
	is 'it is added' "$(cat adds)" "added	n-1_1	noarch"
	is 'and there' "$(SPIFF_ARCH=aarch64 spiff-index -v .; ls n-*)" n-1_1.noarch.xbps
else
	skip 'the lock of the XBPS tools' 'no flock'
fi

# an xbps-rindex whose lock another of them has removed: who comes then cannot
# see it, and would be overwritten
# by this name busybox would be no flock
if [ "$locker" ] && [ -d /proc/self/fd ] && cp "$locker" ../xbps-rindex &&
	../xbps-rindex ../probe true 2>/dev/null; then
	locker=../xbps-rindex
	pkg s-1_1 x86_64
	pkg t-1_1 x86_64
	: >x86_64-repodata.lock
	hold x86_64-repodata.lock :
	rm x86_64-repodata.lock
	start said spiff-index -a s-1_1.x86_64.xbps
	check 'it waits for an xbps-rindex whose lock is gone' \
		waits said 'x86_64-repodata.lock: waiting for an xbps-rindex'
	exits 1 'and keeps other XBPS tools out' flock -n x86_64-repodata.lock true
	# shellcheck disable=SC2012
	check 'and those who use lockf' grep -q \
		" POSIX .*:$(ls -i x86_64-repodata.lock | cut -d' ' -f1) " /proc/locks
	exits 0 'it does not wait for one of another repository' \
		spiff-index -a ../other/o-1_1.noarch.xbps
	mkdir sub
	cp t-1_1.x86_64.xbps sub
	exits 0 'even of the same name' spiff-index -a sub/t-1_1.x86_64.xbps
	check 'and waits' kill -0 "$start_pid"
	echo >go
	wait
	is 'and adds then' "$(cat said)" "added	s-1_1	x86_64"
	# it removes the lock of who waits for it, too
	rm x86_64-repodata.lock
	: >x86_64-repodata.lock
	hold x86_64-repodata.lock rm x86_64-repodata.lock
	rm x86_64-repodata.lock
	start said spiff-index -a t-1_1.x86_64.xbps
	waits said 'waiting for an xbps-rindex'
	echo >go
	wait
	is 'though that has removed the next one' "$(cat said)" "added	t-1_1	x86_64"
	check 'the lock is there again' test -e x86_64-repodata.lock

	# one in a chroot, where the directory has another name
	mkdir ../elsewhere
	ns=-Urm
	[ "$(id -u)" -ne 0 ] || ns=-m
	if unshare $ns mount --bind . ../elsewhere 2>/dev/null; then
		pkg u-1_1 x86_64
		rm x86_64-repodata.lock
		: >x86_64-repodata.lock
		# shellcheck disable=SC2016
		unshare $ns sh -c 'mount --bind . ../elsewhere && exec ../xbps-rindex \
			"$1" sh -c "echo >go; read -r x <go"' - \
			"$work/elsewhere/x86_64-repodata.lock" &
		read -r _ <go
		rm x86_64-repodata.lock
		start said spiff-index -a u-1_1.x86_64.xbps
		check 'one in a chroot' waits said 'waiting for an xbps-rindex'
		echo >go
		wait
		is 'is waited for too' "$(cat said)" "added	u-1_1	x86_64"
	else
		skip 'one in a chroot' 'no right to mount'
	fi
else
	skip 'an xbps-rindex whose lock is gone' 'no flock or no /proc'
fi

cd .. || exit
# many at once, and somebody who reads all the time without a lock
mkdir many
cd many || exit
i=0
while [ $i -lt 80 ]; do
	i=$((i + 1))
	pkg p$i-1_1 x86_64
done

# some FIRST: every eighth package from that on, one by one
some() {
	some_i=$1
	while [ "$some_i" -le 80 ]; do
		$2 -a "$PWD/p$some_i-1_1.x86_64.xbps" >/dev/null 2>>"err.$1"
		some_i=$((some_i + 8))
	done
}

# many TOOL...: eight of them at once
many() {
	rm -f x86_64-repodata* err.* 'done'
	for k in 1 2 3 4 5 6 7 8; do
		some $k "$1" &
		pids="${pids-} $!"
		[ $# -eq 1 ] || shift
	done
	(
		n=0
		until [ -e 'done' ]; do
			[ ! -e x86_64-repodata ] ||
				repodata x86_64-repodata >seen 2>>bad || n=$((n + 1))
		done
		echo $n >reader
	) &
	reader=$!
	# shellcheck disable=SC2086
	wait $pids
	pids=
	touch 'done'
	wait $reader
}

many spiff-index
is 'eight at once: none is lost' "$(indexed x86_64-repodata | grep -c '^index p')" 80
is 'who reads sees a whole index at any time' "$(cat reader)" 0
is 'nobody complains' "$(grep -v waiting err.*)" ''
if command -v xbps-rindex >/dev/null; then
	XBPS_TARGET_ARCH=x86_64
	export XBPS_TARGET_ARCH
	many xbps-rindex spiff-index
	is 'xbps-rindex among them: none is lost' \
		"$(indexed x86_64-repodata | grep -c '^index p')" 80
	is 'and the index is whole at any time' "$(cat reader)" 0
	# several of them lose what they add, to each other alone
	many xbps-rindex spiff-index xbps-rindex spiff-index xbps-rindex spiff-index \
		xbps-rindex spiff-index
	n=0
	i=0
	while [ $i -lt 80 ]; do
		i=$((i + 2))
		indexed x86_64-repodata | grep -q "^index p$i-1_1 " || n=$((n + 1))
	done
	is 'several xbps-rindex: what spiff-index adds stays' $n 0
	is 'and the index is whole at any time' "$(cat reader)" 0
else
	skip 'xbps-rindex among them' 'no xbps-rindex'
fi
plan

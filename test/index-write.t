#!/bin/sh
# An index that cannot be written: the old one stays, or the new one is there.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"
SPIFF_ARCH=x86_64
export SPIFF_ARCH

# noise N: a property that does not compress
noise() {
	strings noise "$(head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n')"
}

mkdir repo
cd repo || exit
pkg a-1_1 x86_64
spiff-index -a a-1_1.x86_64.xbps >/dev/null
sum=$(cksum <x86_64-repodata)
pkg b-1_1 x86_64 "$(noise 20000)"

# unchanged NAME: the index is the old one, and no part of a new one is left
unchanged() {
	is "the old index stays: $1" "$(cksum <x86_64-repodata)" "$sum"
	is "and nothing beside it: $1" "$(echo x86_64-repodata.*)" x86_64-repodata.lock
}

# a limit on the size of files, in blocks of 512 bytes, stands for a full disk
limited() {
	(
		trap '' XFSZ
		ulimit -f 8
		exec "$@"
	)
}
exits 111 'a file that cannot grow' limited spiff-index -a b-1_1.x86_64.xbps
has 'is named' err 'spiff-index: ./x86_64-repodata: '
is 'nothing is said to be added' "$(cat out)" ''
unchanged 'full'

if [ "$(id -u)" -eq 0 ] && mkdir ../small &&
	mount -t tmpfs -o size=128k tmpfs ../small 2>/dev/null; then
	# shellcheck disable=SC2317
	cleanup() { umount "$work/small"; }
	cp a-1_1.x86_64.xbps b-1_1.x86_64.xbps ../small
	(cd ../small && spiff-index -a a-1_1.x86_64.xbps) >/dev/null
	cp ../small/x86_64-repodata ../old
	dd if=/dev/zero of=../small/filler bs=1k 2>/dev/null
	exits 111 'a full disk' spiff-index -a ../small/b-1_1.x86_64.xbps
	has 'is said' err 'No space left on device'
	check 'and the old index stays' cmp ../old ../small/x86_64-repodata
	rm ../small/filler
	exits 0 'when there is room again' spiff-index -a ../small/b-1_1.x86_64.xbps
	spool
	job c-1_1.x86_64 c
	pkg c-1_1 x86_64 "$(noise 4000)"
	deliver c-1_1.x86_64 c-1_1.x86_64.xbps
	dd if=/dev/zero of=../small/filler bs=1k 2>/dev/null
	exits 111 'a delivery to a full disk' spiff-index -i -s spool ../small
	is 'waits' "$(where c-1_1.x86_64)" 'built incoming '
	rm ../small/filler
	exits 0 'until there is room' spiff-index -i -s spool ../small
	is 'in another file system it is copied' "$(where c-1_1.x86_64)" 'done '
	exits 0 'right' spiff-index -v ../small
	umount ../small
	cleanup() { :; }
	rm -rf spool
else
	skip 'a full disk' 'no right to mount'
fi

# killed at any write: the signal of the same limit, at every block
n=0
for i in 0 1 2 3 4 6 8 12 16 24 32 38; do
	# the shell that waits says what killed it
	(
		(
			ulimit -f $i
			exec spiff-index -a b-1_1.x86_64.xbps
		)
		:
	) >out 2>&1
	repodata x86_64-repodata >/dev/null || n=$((n + 1))
	[ "$(cksum <x86_64-repodata)" = "$sum" ] || n=$((n + 1))
done
is 'killed in the middle of a write, the old index stays' $n 0
check 'it leaves something behind' [ "$(echo .x86_64-*)" != '.x86_64-*' ]
for f in .c-1_1.x86_64.xbps.1.2.3.4.tmp .c-1_1.noarch.xbps.sig2.1.2.3.4.tmp \
	.c-1_1.aarch64.xbps.1.2.3.4.tmp .aarch64-repodata.1.2.3.4.tmp .c.tmp; do
	echo half >$f
done
exits 0 'that is removed' spiff-index -r .
is 'with what is obsolete, but for what is of others' "$(echo .*.tmp)" \
	'.aarch64-repodata.1.2.3.4.tmp .c-1_1.aarch64.xbps.1.2.3.4.tmp .c.tmp'
rm -f .*.tmp
pkg b-1_1 x86_64 "$(noise 20000)"

if [ "$(id -u)" -ne 0 ]; then
	chmod a-w .
	exits 111 'a directory that cannot be written' spiff-index -a b-1_1.x86_64.xbps
	chmod u+w .
	unchanged 'read-only'
elif command -v setpriv >/dev/null; then
	chmod -R go+rX .. "$work"
	chmod 1777 .
	chmod 755 .
	exits 111 'a directory that cannot be written' \
		setpriv --reuid=65534 --clear-groups spiff-index -a b-1_1.x86_64.xbps
	has 'is named' err 'spiff-index: ./x86_64-repodata.lock: Permission denied'
	unchanged 'read-only'
	exits 0 'it can be read' setpriv --reuid=65534 --clear-groups spiff-index -l .
	exits 0 'and verified' setpriv --reuid=65534 --clear-groups spiff-index -v .
	spool
	job d-1_1.x86_64 d
	pkg d-1_1 x86_64
	deliver d-1_1.x86_64 d-1_1.x86_64.xbps
	chmod -R a+rX . && chown -R 65534 spool
	exits 111 'nor can a delivery be put there' \
		setpriv --reuid=65534 --clear-groups spiff-index -i -s spool .
	has 'it says why' err ': Permission denied'
	is 'it waits' "$(where d-1_1.x86_64)" 'built incoming '
	unchanged 'read-only, with a delivery'
	rm -r spool
else
	skip 'a directory that cannot be written' 'only root is here'
fi
exits 0 'after all that' spiff-index -a b-1_1.x86_64.xbps

# few open files, more each time: what cannot be read now is not unsound, nor gone
# few N COMMAND...: with N of them
few() {
	(
		# shellcheck disable=SC3045
		ulimit -n "$1"
		shift
		exec "$@"
	)
}
# tries NAME LEAST COMMAND...: with so many files and more, until it succeeds; before
# that it fails for want of them, and leaves the index as it was
tries() {
	tries_name=$1
	n=$2
	shift 2
	wrong=
	while [ "$n" -lt 100 ]; do
		few "$n" "$@" >out 2>&1
		status=$?
		case $status in
		0) break ;;
		111 | 127) ;;
		*) wrong="$wrong $n:$status" ;;
		esac
		[ "$(spiff-index -l .)" = "$list" ] || wrong="$wrong $n:changed"
		n=$((n + 1))
	done
	is "$tries_name" "$wrong$([ "$n" -lt 100 ] || echo ' never')" ''
}
list=$(spiff-index -l .)
tries 'with few files, none is dropped' 4 spiff-index -c -C .
is 'and all are there in the end' "$(spiff-index -l .)" "$list"
tries 'nor is the index wrong' 4 spiff-index -v .
for name in d e g h i j k l; do
	pkg $name-1_1 x86_64 "$(noise 4000)"
done
tries 'packages are not unsound' 4 spiff-index -a ./[d-l]-1_1.x86_64.xbps
spool
job f-1_1.x86_64 f
pkg f-1_1 x86_64
deliver f-1_1.x86_64 nonfree/f-1_1.x86_64.xbps
list=$(spiff-index -l .)
tries 'and deliveries are not bad' 4 spiff-index -i -s spool .
spiff-index -i -s spool .
is 'but taken in' "$(where f-1_1.x86_64)$(spiff-index -l nonfree | cut -f 1)" 'done f-1_1'
rm -r spool

# a signature that cannot be removed
pkg a-0_1 x86_64
mkdir -p a-0_1.x86_64.xbps.sig2/full
exits 111 'what cannot be removed' spiff-index -r .
check 'is left with its package' [ -e a-0_1.x86_64.xbps ]
rmdir a-0_1.x86_64.xbps.sig2/full a-0_1.x86_64.xbps.sig2
: >a-0_1.x86_64.xbps.sig2
exits 0 'by which the next run' spiff-index -r .
is 'finds it' "$(echo a-0_1*)" 'a-0_1*'
plan

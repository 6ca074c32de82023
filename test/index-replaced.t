#!/bin/sh
# Files that are replaced: by force, in all indexes that name them; by somebody else,
# while spiff-index works. And who may write to what it makes.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"
SPIFF_ARCH=x86_64
export SPIFF_ARCH

# other ARGS...: for the other architecture
other() { SPIFF_ARCH=aarch64 spiff-index "$@"; }

# a noarch package in two indexes
mkdir repo
(cd repo && pkg n-1_1 noarch && spiff-index -a n-1_1.noarch.xbps &&
	other -a n-1_1.noarch.xbps) >said
pkg n-1_1 noarch && pkg n-1_1 noarch && mv n-1_1.noarch.xbps repo
exits 1 'other bytes' spiff-index -a repo/n-1_1.noarch.xbps
exits 0 'by force' spiff-index -a -f repo/n-1_1.noarch.xbps
exits 0 'are in the one index' spiff-index -v repo
exits 0 'and in the other' other -v repo
(cd repo && pkg m-1_1 noarch && spiff-index -a m-1_1.noarch.xbps) >said
pkg m-1_1 noarch && pkg m-1_1 noarch && mv m-1_1.noarch.xbps repo
exits 1 'to another index' other -a repo/m-1_1.noarch.xbps
has 'not what the first has otherwise' err \
	'm-1_1.noarch.xbps: the index for x86_64 has other bytes of this version: -f'
exits 0 'by force' other -a -f repo/m-1_1.noarch.xbps
exits 0 'they are in both' spiff-index -v repo
is 'nothing is left' "$(find repo -name '*forced*')" ''

# both indexes change, or neither, also when one call fails
cp "$top/build/test/faults.so" .
pkg n-1_1 noarch
cp -r repo whole
n=0
: >wrong
while n=$((n + 1)); do
	rm -rf repo hit
	cp -r whole repo
	cp n-1_1.noarch.xbps repo
	printf '%s\n' FAULT_PROGRAM=spiff-index FAULT_KIND=open "FAULT_AT=$n" \
		FAULT_ERROR=24 "FAULT_HIT=$work/hit" >faults.so.conf
	LD_PRELOAD=$work/faults.so ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 \
		spiff-index -a -f repo/n-1_1.noarch.xbps >said 2>err
	status=$?
	[ -e hit ] || break
	grep Sanitizer err >>wrong
	if [ $status -eq 0 ]; then
		cmp n-1_1.noarch.xbps repo/n-1_1.noarch.xbps >>wrong
	elif [ ! -s err ]; then
		echo "$n: status $status without a word" >>wrong
	else
		spiff-index -a -f repo/n-1_1.noarch.xbps >said 2>&1
	fi
	{ spiff-index -v repo && other -v repo; } >>wrong 2>&1 ||
		echo "$n: status $status, then broken" >>wrong
done
within 'there were files to open' 10 "$n" 1000
is 'when one cannot be opened, the indexes agree' "$(cat wrong)" ''

# the tool that signs lets somebody replace what it has signed
mkdir bin
WITH=$work/with
echo '#!/bin/sh' >bin/xbps-rindex
echo "WITH=$WITH" >>bin/xbps-rindex
cat >>bin/xbps-rindex <<'END'
what=$1
shift 3
if [ "$what" = --sign-pkg ]; then
	for f; do
		echo signed >"$f.sig2"
		[ ! -e "$WITH" ] || mv "$WITH" "$f"
	done
	exit 0
fi
cd "$3" || exit
: >stage.plist
echo '<plist version="1.0"><dict/></plist>' >index.plist
echo '<plist version="1.0"><dict><key>signature-by</key><string>x</string></dict></plist>' \
	>index-meta.plist
tar cf - index.plist index-meta.plist stage.plist | gzip >noarch-repodata
END
chmod +x bin/xbps-rindex
echo key >key
signing() {
	PATH=$work/bin:$PATH SPIFF_PRIVKEY=$work/key SPIFF_SIGNEDBY=x "$@"
}
rm -rf repo
mkdir repo
pkg a-1_1 x86_64 && mv a-1_1.x86_64.xbps with
pkg a-1_1 x86_64 && mv a-1_1.x86_64.xbps repo
exits 111 'replaced while it is added' signing spiff-index -a repo/a-1_1.x86_64.xbps
has 'which is said' err 'repo/a-1_1.x86_64.xbps: was replaced while it was added'
check 'there is no index of it' [ ! -e repo/x86_64-repodata ]
exits 0 'again' signing spiff-index -a repo/a-1_1.x86_64.xbps
exits 0 'it is what the index says' spiff-index -v repo
spool
pkg b-1_1 x86_64 && mv b-1_1.x86_64.xbps with
pkg b-1_1 x86_64
job b-1_1.x86_64 b
deliver b-1_1.x86_64 b-1_1.x86_64.xbps
exits 111 'a delivery' signing spiff-index -i -s spool repo
is 'no index has it' "$(indexed repo/x86_64-repodata | grep b-1)" ''
check 'nor has the repository' [ ! -e repo/b-1_1.x86_64.xbps ]
exits 1 'again' signing spiff-index -i -s spool repo
has 'it is not what the manifest says' spool/fail/b-1_1.x86_64 ' with hash '

# somebody writes on while files are added
rm -rf repo
mkdir repo
for i in 1 2 3 4; do
	pkg c-1_1 x86_64
	mv c-1_1.x86_64.xbps "c.$i"
done
cp c.1 repo/c-1_1.x86_64.xbps
(
	i=0
	while [ ! -e stop ]; do
		i=$((i % 4 + 1))
		case $i in
		2) cat "c.$i" >repo/c-1_1.x86_64.xbps ;;
		*) cp "c.$i" c.new && mv c.new repo/c-1_1.x86_64.xbps ;;
		esac
	done
) &
wrong=
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	spiff-index -a -f repo/c-1_1.x86_64.xbps >/dev/null 2>&1
	[ -e repo/x86_64-repodata ] || continue
	hash=$(repodata repo/x86_64-repodata | awk '{ print $6 }')
	sha256sum c.[1-4] | grep -q "^$hash" || wrong="$wrong $n:$hash"
done
touch stop
wait $!
is 'the index has the hash of one of them' "$wrong" ''
exits 0 'when that ends' spiff-index -a -f repo/c-1_1.x86_64.xbps
exits 0 'it is sound' spiff-index -v repo

# a key for a repository that is there
rm -rf repo
mkdir -p repo/nonfree repo/debug
(cd repo && pkg d-1_1 x86_64 && cd nonfree && pkg e-1_1 x86_64 && cd ../debug &&
	pkg f-1_1 x86_64)
for d in repo repo/nonfree repo/debug; do
	spiff-index -a $d/*.xbps >said
done
(cd repo && pkg g-1_1 x86_64)
exits 0 'with a key' signing spiff-index -a repo/g-1_1.x86_64.xbps
for f in repo/d repo/g repo/nonfree/e repo/debug/f; do
	check "$f is signed" [ -s $f-1_1.x86_64.xbps.sig2 ]
	check 'and its index says so' sh -c \
		"repodata -m ${f%/*}/x86_64-repodata | grep -q signature-by"
done

# who may write
rm -rf repo spool
spool
(
	umask 000
	pkg h-1_1 x86_64
	job h-1_1.x86_64 h
	deliver h-1_1.x86_64 nonfree/h-1_1.x86_64.xbps
	spiff-index -i -s spool repo
	cd repo && pkg i-1_1 x86_64 && spiff-index -a i-1_1.x86_64.xbps
) >said 2>err
check 'all is there' [ -e repo/nonfree/h-1_1.x86_64.xbps -a -e repo/x86_64-repodata ]
is 'with umask 0 nobody else may write' "$(find repo -perm -002)" ''
plan

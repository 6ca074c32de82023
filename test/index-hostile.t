#!/bin/sh
# Packages made to harm: refused with the reason, and nothing else is affected.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"
SPIFF_ARCH=x86_64
export SPIFF_ARCH

mkdir repo
cd repo || exit
pkg good-1_1 x86_64
spiff-index -a good-1_1.x86_64.xbps >/dev/null
sum=$(cksum <x86_64-repodata)
mkdir in

# props LINES: the properties of x-1_1, with these
props() {
	printf '<plist version="1.0"><dict>\n%s\n</dict></plist>\n' "$1" >in/props.plist
}
name='<key>pkgver</key><string>x-1_1</string>'
arch='<key>architecture</key><string>x86_64</string>'

# pack MEMBER...: x-1_1.x86_64.xbps of these
pack() {
	tar cf - -C in "$@" | gzip >x-1_1.x86_64.xbps
}

# refused NAME REASON [SECONDS]: so is x-1_1, and a good one beside it is not
n=0
refused() {
	n=$((n + 1))
	pkg good$n-1_1 x86_64
	exits 1 "$1" spiff-index -a x-1_1.x86_64.xbps good$n-1_1.x86_64.xbps
	has "the reason: $1" err "spiff-index: x-1_1.x86_64.xbps: $2"
	is "the other is added: $1" "$(cat out)" "added	good$n-1_1	x86_64"
	spiff-index -c . >/dev/null
	rm -f good$n-1_1.x86_64.xbps x-1_1.x86_64.xbps
	spiff-index -c . >/dev/null
	[ "$(cksum <x86_64-repodata)" = "$sum" ] || echo "# the index differs"
}

# names
for s in ../x-1_1 /etc/x-1_1 x/y-1_1 'x y-1_1' .x-1_1 -x-1_1 x-1 x '' "x'-1_1" \
	'x&lt;-1_1' 'x
-1_1' 'é-1_1'; do
	props "<key>pkgver</key><string>$s</string>$arch"
	pack ./props.plist
	refused "the name $(printf %s "$s" | tr '\n' ' ')" 'has a bad pkgver'
done
for s in ../x86_64 'x86 64' '' 'x.y' /; do
	props "$name<key>architecture</key><string>$s</string>"
	pack ./props.plist
	refused "the architecture $s" 'has a bad architecture'
done
props "$name"
pack ./props.plist
refused 'no architecture' 'has a bad architecture'
props "$name$arch<key>pkgname</key><string>y</string>"
pack ./props.plist
refused 'two names' 'its pkgname and version are not its pkgver x-1_1'
props "$name$arch<key>version</key><string>2_1</string>"
pack ./props.plist
refused 'two versions' 'its pkgname and version are not its pkgver x-1_1'
props "<key>pkgver</key><string>y-1_1</string>$arch"
pack ./props.plist
refused 'the name of another' 'is y-1_1.x86_64 by its contents'
props "<key>pkgver</key><array><string>x-1_1</string></array>$arch"
pack ./props.plist
refused 'a name that is a list' 'has a bad pkgver'

# the archive
props "$name$arch"
ln -s props.plist in/link
mv in/props.plist in/real
ln -s real in/props.plist
pack ./props.plist ./real
refused 'properties that are a link' 'props.plist is not a regular file'
rm in/props.plist
mkfifo in/props.plist
pack ./props.plist
refused 'properties that are a pipe' 'props.plist is not a regular file'
rm in/props.plist
mkdir in/props.plist
pack ./props.plist
refused 'properties that are a directory' 'does not begin with a props.plist'
rmdir in/props.plist
if [ "$(id -u)" -eq 0 ] && mknod in/props.plist c 1 3 2>/dev/null; then
	pack ./props.plist
	refused 'properties that are a device' 'props.plist is not a regular file'
	rm in/props.plist
fi
mv in/real in/props.plist
ln in/props.plist in/hard
pack ./hard ./props.plist
refused 'properties that are a hard link' 'props.plist is not a regular file'
pack ./hard
refused 'no properties' 'does not begin with a props.plist'
mkdir -p in/a in/b in/c in/d in/e in/f in/g in/h
pack ./a ./b ./c ./d ./e ./f ./g ./h ./props.plist
refused 'properties behind much else' 'does not begin with a props.plist'
rm -r in/?
tar cf - -T /dev/null | gzip >x-1_1.x86_64.xbps
refused 'an archive of nothing' 'is empty'
: >x-1_1.x86_64.xbps
refused 'a file of nothing' 'Unrecognized archive format'
echo hello >x-1_1.x86_64.xbps
refused 'a file of words' 'Unrecognized archive format'
ln -s /dev/zero x-1_1.x86_64.xbps
refused 'a device' 'is not a regular file'
mkfifo x-1_1.x86_64.xbps
refused 'a pipe' 'is not a regular file'
mkdir x-1_1.x86_64.xbps
exits 1 'a directory' spiff-index -a x-1_1.x86_64.xbps
rmdir x-1_1.x86_64.xbps
exits 1 'nothing there' spiff-index -a x-1_1.x86_64.xbps
has 'is said' err 'x-1_1.x86_64.xbps: No such file'
head -c 100000 /dev/urandom >in/noise
pack ./props.plist ./noise
head -c 90000 x-1_1.x86_64.xbps >short
mv short x-1_1.x86_64.xbps
refused 'an archive cut short' 'Truncated input'
if command -v zstd >/dev/null; then
	head -c 1000000 /dev/urandom >in/noise
	tar cf - -C in ./props.plist ./noise | zstd -q >whole
	head -c 1000000 whole >x-1_1.x86_64.xbps
	refused 'an archive of zstd cut short' 'is cut short'
	cp whole x-1_1.x86_64.xbps
	echo more >>x-1_1.x86_64.xbps
	refused 'an archive of zstd with more behind it' 'is cut short, or goes on'
	cat whole whole >x-1_1.x86_64.xbps
	exits 0 'an archive of zstd in two frames' spiff-index -a x-1_1.x86_64.xbps
	rm x-1_1.x86_64.xbps
	spiff-index -c . >/dev/null
else
	skip 'archives of zstd' 'no zstd'
fi

# the property list
props "$name$arch<key>n</key>$(awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "<array>" }')"
pack ./props.plist
refused 'a million lists in each other' 'props.plist:2: is nested too deeply'
printf '<!DOCTYPE plist [<!ENTITY a "b">]><plist version="1.0"><dict>%s%s</dict></plist>' \
	"$name" "$arch" >in/props.plist
pack ./props.plist
refused 'entities of its own' 'props.plist:1: declares entities'
props "$name$arch<key>d</key><string>&xxe;</string>"
pack ./props.plist
refused 'an unknown entity' 'props.plist:2: has an unknown entity'
for s in '\000' '\001' '\0377' '\0300\0200' '\0355\0240\0200' '\0364\0220\0200\0200' '\0303' '\0177\0200'; do
	props "$name$arch<key>d</key><string>$(printf %s X)</string>"
	sed 's/X/Y/' in/props.plist | awk -v RS=Y 'NR == 1 { printf "%s", $0 }' >a
	sed 's/X/Y/' in/props.plist | awk -v RS=Y 'NR == 2 { printf "%s", $0 }' >b
	{ cat a; printf '%b' "$s"; cat b; } >in/props.plist
	rm a b
	pack ./props.plist
	refused "the bytes $s" 'props.plist is not UTF-8 text'
done
props "$name$arch<key>d</key><string>$(printf 'h\303\251llo \342\202\254 \360\237\230\200\ttab')</string>"
pack ./props.plist
exits 0 'UTF-8' spiff-index -a x-1_1.x86_64.xbps
rm x-1_1.x86_64.xbps
spiff-index -c . >/dev/null
echo '<plist version="1.0"><array/></plist>' >in/props.plist
pack ./props.plist
refused 'a list in place of a dictionary' 'props.plist is not a dictionary'
truncate -s 2G in/props.plist 2>/dev/null &&
	tar cSf x-1_1.x86_64.xbps -C in ./props.plist 2>/dev/null
if [ -s x-1_1.x86_64.xbps ]; then
	(
		# what a sanitizer reserves is more
		# shellcheck disable=SC3045
		[ -n "${ASAN_OPTIONS-}" ] || ulimit -v 1000000
		spiff-index -a x-1_1.x86_64.xbps >out 2>err
	)
	is 'properties of 2 GB' $? 1
	has 'are too large' err 'x-1_1.x86_64.xbps: props.plist: has too large a file'
	rm x-1_1.x86_64.xbps
	mv in/props.plist in/INSTALL
	props "$name$arch"
	tar cSf x-1_1.x86_64.xbps -C in ./INSTALL ./props.plist
	refused 'a script of 2 GB before them' 'does not begin with a props.plist'
	rm in/INSTALL
else
	skip 'properties of 2 GB' 'no sparse files in tar'
fi
rm in/props.plist
props "$name$arch$(strings run_depends '')<key>shlib-provides</key><array><integer>1</integer></array><key>filename-size</key><string>x</string><key>filename-sha256</key><integer>7</integer>"
pack ./props.plist
exits 0 'strange but sound' spiff-index -a x-1_1.x86_64.xbps
exits 1 'is in the index' spiff-index -v .
is 'with a dependency that nothing meets' "$(cat out)" 'broken	x-1_1	x86_64	'
is 'and lists' "$(spiff-index -l . | tail -1)" "x-1_1	x86_64	$(wc -c <x-1_1.x86_64.xbps)"
plan

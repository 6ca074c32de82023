#!/bin/sh
# spiff-fetch: sources ahead of a build, from mirrors or the template's URLs, each under
# its hash, whatever the fetching program does.
. "$(dirname "$0")/lib/lib.sh"

# a web that is a directory; it says what it was asked for
mkdir -p bin web/a web/pub/thing-1.0
cat >bin/xbps-fetch <<'END'
#!/bin/sh
echo "$3" >>asked
case $3 in
http://site/*) cp "web/${3#http://site/}" "$2" ;;
http://half/*)
	echo half >"$2.part"
	exit 1
	;;
*) exit 1 ;;
esac
END
chmod +x bin/xbps-fetch
PATH=$work/bin:$PATH

hash() { sha256sum <"$1" | cut -c 1-64; }
# shown [URL HASH]...: what xbps-src shows
shown() {
	printf '%s:\t%s\n' pkgname thing version 1.0 revision 1
	urls='' sums=''
	while [ $# -gt 0 ]; do
		urls="$urls $1" sums="$sums $2"
		shift 2
	done
	[ -z "$urls" ] || printf 'distfiles:\t%s\n' $urls
	[ -z "$sums" ] || printf 'checksum:\t%s\n' $sums
	printf 'maintainer:\t%s\n' 'A * <a@b>'
}
# has: the names below the hostdir, without most of the hashes
there() {
	find host -type f | sed 's,.*/,,; s/^\(.....\)[0-9a-f]\{59\}_/\1 /' | sort |
		tr '\n' ,
}
echo one >web/a/one.tgz
echo two >web/a/two
cp web/a/two web/pub/mirrored
one=$(hash web/a/one.tgz) two=$(hash web/a/two)

exits 2 'no hostdir' spiff-fetch
shown >list
exits 0 'no sources' spiff-fetch host <list
is 'nothing is made' "$(ls -d host 2>/dev/null)" ''
shown http://site/a/one.tgz "$one" 'http://site/a/two>second' "$two" >list
exits 0 'two sources' spiff-fetch host <list
is 'have their hashes, and the names that the template gives' "$(there)" \
	"$(printf '%.5s one.tgz\n%.5s second\n' "$one" "$two" | sort | tr '\n' ,)"
cmp -s "host/sources/by_sha256/${two}_second" web/a/two
ok $? 'and their contents'
rm asked
exits 0 'what is there' spiff-fetch host <list
is 'is not fetched again' "$(cat asked 2>/dev/null)" ''
mkdir -p other/sources/thing-1.0
cp web/a/one.tgz other/sources/thing-1.0
shown http://site/a/one.tgz "$one" >list
exits 0 'nor what an earlier build fetched' spiff-fetch other <list
is 'in the way of xbps-src' "$(cat asked 2>/dev/null)" ''

rm -rf host
shown http://gone/mirrored "$two" >list
exits 0 'a mirror' spiff-fetch host http://gone http://site/pub <list
is 'is asked first' "$(tr '\n' ' ' <asked)" 'http://gone/mirrored http://site/pub/mirrored '
rm -rf host asked
exits 1 "the distribution's" spiff-fetch host http://sources.voidlinux.example <list
is 'has a directory for each version' "$(head -n 1 asked)" \
	http://sources.voidlinux.example/thing-1.0/mirrored
has 'what no place has is named' err 'http://gone/mirrored: cannot be fetched'
shown http://half/file "$one" http://site/a/two "$one" http://site/a/one.tgz "$one" >list
exits 1 'half of a file, and another file' spiff-fetch host <list
has 'are named, the one' err 'http://half/file: cannot be fetched'
has 'and the other' err 'http://site/a/two: has another checksum than the template'
is 'and neither is kept; the rest is fetched' "$(ls -A host/sources/by_sha256)" \
	"${one}_one.tgz"

rm -rf host asked
shown http://site/a/one.tgz "@$one" http://site/a/two '../x' http://site/.. "$one" \
	'http://site/a/two>' "$two" 'http://site/*' "$two" 'http://site/a/one.tgz' '' >list
spiff-fetch host <list 2>err
is 'what has no hash, or no name, is left to xbps-src' "$(cat asked)" 'http://site/*'
is 'and nothing is kept' "$(find host -type f)" ''
mkdir -p host/sources
rmdir host/sources/by_sha256
echo file >host/sources/by_sha256
shown http://site/a/one.tgz "$one" >list
exits 111 'no place for it' spiff-fetch host <list
plan

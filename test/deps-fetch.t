#!/bin/sh
# Main repositories behind URLs: their indexes are fetched into the cache.
. "$(dirname "$0")/lib/lib.sh"

cp -R "$test/void-packages" tree
export SPIFF_DISTDIR=tree SPIFF_HOST=x86_64 SPIFF_REPO=ours
url=http://127.0.0.1:1/main

# a repository that has seed, made as ours would be
spool
printf 'pkgver seed-1.0_1\narch x86_64\ntries 1\n' >spool/run/seed-1.0_1.x86_64
SPIFF_SPOOL=spool spiff-build spool/run/seed-1.0_1.x86_64 >log 2>&1
mkdir main
cp spool/incoming/*/*.xbps main
spiff-index -a main/*.xbps >/dev/null

# the fetching program of this test copies from main/, says what it was asked
# for, or fails as it is told to
mkdir bin
cat >bin/xbps-fetch <<END
#!/bin/sh
# -s -o FILE URL
echo "\$4" >>$work/asked
case \$(cat $work/mode) in
good) cp $work/main/\${4##*/} "\$3" ;;
junk) echo junk >"\$3" ;;
none) ;;
*) echo half | tee "\$3.part" >"\$3"; exit 1 ;;
esac
END
chmod +x bin/xbps-fetch
PATH=$work/bin:$PATH

echo bad >mode
exits 111 'no copy and no server' spiff-deps -R "$url" sprout
has 'the URL is named' err "$url/x86_64-repodata: cannot be fetched"
echo good >mode
: >asked
exits 0 'an index that is not there is fetched' spiff-deps -R "$url" sprout
is 'what it has is not built' "$(cut -f1 out)" sprout-1.0_1
is 'from the repository, for the architecture' "$(cat asked)" \
	"$url/x86_64-repodata"
spiff-deps -R "$url" sprout >/dev/null
is 'once' "$(wc -l <asked | tr -d ' ')" 1
is 'package files are told by their URL' "$(spiff-deps -R "$url" -u sprout)" \
	"$url/seed-1.0_1.x86_64.xbps"

spiff-index -r -D . main >/dev/null 2>&1
rm main/seed* && spiff-index -c main >/dev/null
exits 0 'the copy is used while nobody asks for another' \
	spiff-deps -R "$url" sprout
is 'as it was' "$(cut -f1 out)" sprout-1.0_1
for mode in bad junk none; do
	echo $mode >mode
	exits 0 "a fetch that goes wrong ($mode) keeps the copy" \
		spiff-deps -S -R "$url" sprout
	is 'as it was' "$(cut -f1 out)" sprout-1.0_1
	check 'and is said' test -s err
done
is 'nothing half is left in the cache' \
	"$(find cache/repos -type f | wc -l | tr -d ' ')" 1
echo good >mode
exits 0 'fetched anew' spiff-deps -S -R "$url/" sprout
is 'what is there now counts' "$(cut -f1 out | tr '\n' ' ')" \
	'seed-1.0_1 sprout-1.0_1 '

plan

#!/bin/sh
# The sources of jobs that wait are fetched while others build: none that a build needs
# at once, none twice, and a job whose sources are not to be had says so and is built.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

cp -R "$test/void-packages" all
unset SPIFF_BUILD
export SPIFF_DISTDIR=all SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 SPIFF_REPO=repo \
	SPIFF_SPOOL=spool SPIFF_SLOTS=1

mkdir bin web
cat >bin/xbps-fetch <<END
#!/bin/sh
echo "\$3" >>$work/asked
case \$3 in
*/slow) exec sleep 600 ;;
esac
cp "$work/web/\${3##*/}" "\$2"
END
chmod +x bin/xbps-fetch
PATH=$work/bin:$PATH
# meta NAME LINE...: a template that builds nothing but what the lines say
meta() {
	meta_name=$1
	mkdir "all/srcpkgs/$1"
	{
		printf '%s\n' "pkgname=$1" version=1 revision=1 short_desc=test \
			'maintainer="spiff <spiff@example.org>"' license=ISC \
			homepage=https://example.org
		shift
		printf '%s\n' "$@"
	} >"all/srcpkgs/$meta_name/template"
}
for n in first second; do
	echo $n >web/$n
	sum=$(sha256sum <web/$n | cut -c 1-64)
	meta $n metapackage=yes "distfiles=http://site/$n" "checksum=$sum"
done
meta gone metapackage=yes distfiles=http://site/gone "checksum=$sum"
meta slow metapackage=yes distfiles=http://site/slow "checksum=$sum"
# builds until the file go is there
meta holder 'do_install() {' "while [ ! -e $work/go ]; do sleep 0.05; done" \
	'vmkdir usr/share' 'echo x >$DESTDIR/usr/share/holder' '}'
has_source() { [ -n "$(find hostdir/sources -name "*_$1" 2>/dev/null)" ]; }
asked() { grep -c "/$1\$" asked 2>/dev/null; }
# holding: spiff-run, whose only slot builds until there is a file go
holding() {
	rm -rf spool go asked hostdir/sources
	background
	spiff-enqueue -f holder >/dev/null
	await lies run holder-1_1
}

holding
spiff-enqueue first second gone >/dev/null
await has_source first
await has_source second
cannot() { spiff-status -l gone-1_1.x86_64 2>/dev/null | grep -q 'sources: '; }
await cannot
is 'while another package is built, what can be had is there' \
	"$(find hostdir/sources -type f | sed 's/.*_//' | sort | tr '\n' ' ')" 'first second '
is 'what cannot is said in the list' "$(spiff-status -l gone-1_1.x86_64 |
	sed 's/.*	sources: //')" \
	'http://site/gone: cannot be fetched'
spiff-status -y gone >out
has 'and with the reasons' out 'sources: http://site/gone'
has 'and by spiff-run' log \
	'spiff-run: gone-1_1.x86_64: sources: http://site/gone'
: >go
for p in holder first second gone; do
	await lies 'done' $p-1_1
	ok $? "$p is built"
done
is 'and nothing is said of its sources any more' "$(attr gone-1_1 'done' sources)" ''
is 'each was asked for once' "$(asked first) $(asked second) $(asked gone)" '1 1 1'
end

# it never holds anything up
fetches() { [ -n "$(pgrep -f "xbps-fetch -o .*$work")" ]; }
rests() { ! fetches; }
PATH=$work/bin:$PATH
holding
spiff-enqueue slow >/dev/null
await asked slow >/dev/null
mv spool/wait/slow-1_1.x86_64 spool/cancel 2>/dev/null ||
	mv spool/ready/slow-1_1.x86_64 spool/cancel
await rests
ok $? 'what is cancelled is not fetched any longer'
rm asked
mv spool/cancel/slow-1_1.x86_64 spool/new
await asked slow >/dev/null
ok $? 'when it comes back it is'
end
ok $? 'spiff-run ends meanwhile'
await rests
ok $? 'and what fetches with it'

rm -rf spool asked
: >go
spool
: >spool/pause
spiff-enqueue slow >/dev/null
: >log
background
await grep -q 'and the file pause is there' log
is 'while the spool is paused' "$(pgrep -P "$run")" ''
is 'nobody asks' "$(cat asked 2>/dev/null)" ''
end

rm -rf spool
export SPIFF_FETCH=no
spiff-enqueue -f holder first second >/dev/null
exits 0 'without' spiff-run -1
is 'nobody asks either' "$(cat asked 2>/dev/null)" ''

# fetching the sources of a job that is being built
built=hostdir/binpkgs/first-1_1.x86_64
mkdir -p "$built"
: >"$built/first-1_1.x86_64.xbps"
exits 0 'sources are fetched by hand' spiff-build -f "spool/done/first-1_1.x86_64"
check 'what its build has made stays' [ -e "$built/first-1_1.x86_64.xbps" ]
rm -r "$built"

# what is wrong with the machine is not said of the sources
rm -f hostdir/spiff/trees.lock
mkdir hostdir/spiff/trees.lock
exits 111 'no tree' spiff-build -f "spool/done/first-1_1.x86_64"
has 'is the fault of the machine' out 'spiff-build: no tree can be made of '
plan

#!/bin/sh
# Repositories as planners see them: index and stage, sub-repositories, virtual
# packages, and indexes that cannot be read.
. "$(dirname "$0")/lib/lib.sh"

# entry NAME PKGVER ARCH [MORE]: one package of a list
entry() {
	printf '<key>%s</key><dict><key>architecture</key><string>%s</string>' "$1" "$3"
	printf '<key>pkgver</key><string>%s</string>' "$2"
	printf '<key>filename-size</key><integer>12</integer>%s</dict>\n' "${4-}"
}

# list: makes a property list of entries on standard input
list() {
	printf '<plist version="1.0"><dict>\n'
	cat
	printf '</dict></plist>\n'
}

# pack FILE: makes a repodata of index.plist, index-meta.plist and stage.plist
pack() {
	mkdir -p "$(dirname "$1")"
	[ -e index-meta.plist ] || : >index-meta.plist
	[ -e stage.plist ] || : >stage.plist
	tar cf - index.plist index-meta.plist stage.plist | gzip >"$1"
	rm -f stage.plist index-meta.plist
}

provides='<key>provides</key><array><string>smtp-server-1_1</string><string>sendmail-8.2_1</string></array>'
depends='<key>run_depends</key><array><string>libx&gt;=1.0_1</string></array>'
{
	entry app app-1.0_1 x86_64 "$depends"
	entry libx libx-1.0_1 x86_64
	entry mail-a mail-a-1.0_1 noarch "$provides"
	entry old old-1_1 x86_64
} | list >index.plist
{
	entry libx libx-2.0_1 x86_64
	entry new new-1.0_1 x86_64
} | list >stage.plist
pack r/x86_64-repodata
{
	entry libx libx-9_1 x86_64
	entry nvidia nvidia-5_2 x86_64
	entry mail-b mail-b-1.0_1 x86_64 \
		'<key>provides</key><array><string>smtp-server-2_1</string></array>'
} | list >index.plist
pack r/nonfree/x86_64-repodata
entry wine wine-1_1 x86_64 | list >index.plist
pack r/multilib/nonfree/x86_64-repodata
entry other other-1_1 aarch64 | list >index.plist
pack r/aarch64-repodata

is 'all packages' "$(repo r/ x86_64)" 'app app-1.0_1 x86_64 12 r/app-1.0_1.x86_64.xbps libx>=1.0_1
libx libx-2.0_1 x86_64 staged 12 r/libx-2.0_1.x86_64.xbps
mail-a mail-a-1.0_1 noarch 12 r/mail-a-1.0_1.noarch.xbps ~smtp-server-1_1 ~sendmail-8.2_1
mail-b mail-b-1.0_1 x86_64 12 r/nonfree/mail-b-1.0_1.x86_64.xbps ~smtp-server-2_1
new new-1.0_1 x86_64 staged 12 r/new-1.0_1.x86_64.xbps
nvidia nvidia-5_2 x86_64 12 r/nonfree/nvidia-5_2.x86_64.xbps
old old-1_1 x86_64 12 r/old-1_1.x86_64.xbps
wine wine-1_1 x86_64 12 r/multilib/nonfree/wine-1_1.x86_64.xbps
r 8'
is 'another architecture' "$(repo r aarch64)" \
	'other other-1_1 aarch64 12 r/other-1_1.aarch64.xbps
r 1'
is 'by name' "$(repo r x86_64 libx wine none lib libxx | cut -d' ' -f1,2)" \
'libx libx-2.0_1
wine wine-1_1
none -
lib -
libxx -'
is 'by what it provides' "$(repo r x86_64 ~smtp-server '~smtp-server>=2' \
	'~smtp-server>=3' ~sendmail-8.2_1 ~sendmail-8.3_1 '~sendmail<9' ~send \
	~app ~smtp | cut -d' ' -f1,2)" \
'mail-a mail-a-1.0_1
mail-b mail-b-1.0_1
~smtp-server>=3 -
mail-a mail-a-1.0_1
~sendmail-8.3_1 -
mail-a mail-a-1.0_1
~send -
~app -
~smtp -'

cp r/x86_64-repodata x
is 'stale when replaced' "$(repo r x86_64 +: '+mv x r/x86_64-repodata')" \
	'fresh
stale'
mkdir e
exits 1 'no index is an error' repo e x86_64
has 'which is named' err 'repo: e/x86_64-repodata: no such index'
exits 1 'no directory is one too' repo none x86_64
exits 0 'an absent one is empty when it may' repo -m none x86_64
is 'it has nothing' "$(cat out)" 'none 0'
is 'stale when one was made' \
	"$(repo -m e x86_64 '+cp r/x86_64-repodata e/x86_64-repodata')" stale
exits 1 'a URL that XBPS does not know' repo https://spiff.invalid/x y
has 'where its index would be' err '/var/db/xbps/https___spiff_invalid_x/y-repodata'

# what cannot be read
n=0
size=$(wc -c <r/x86_64-repodata)
for i in 0 1 10 100 $((size / 2)) $((size - 30)); do
	head -c "$i" r/x86_64-repodata >e/x86_64-repodata
	repo -m e x86_64 >/dev/null 2>err || n=$((n + 1))
done
is 'an index cut short' $n 6
has 'is named' err 'repo: e/x86_64-repodata: '
echo hello, this is no archive at all >e/x86_64-repodata
exits 1 'a foreign file' repo -m e x86_64
gzip -c "$test/lib/lib.sh" >e/x86_64-repodata
exits 1 'a compressed foreign file' repo -m e x86_64
rm e/x86_64-repodata
mkdir e/x86_64-repodata
exits 1 'a directory' repo -m e x86_64
rmdir e/x86_64-repodata
tar czf e/x86_64-repodata stage.plist index.plist 2>/dev/null
exits 1 'wrong files' repo -m e x86_64
tar czf e/x86_64-repodata index.plist
exits 1 'no metadata' repo -m e x86_64
has 'which is said' err 'e/x86_64-repodata: has no index-meta.plist'
echo '<plist><array/></plist>' >index.plist
pack e/x86_64-repodata
exits 1 'an array' repo -m e x86_64
has 'which is said' err 'e/x86_64-repodata: index.plist is not a dictionary'
printf '<plist>\n<dict><key>x</key>' >index.plist
pack e/x86_64-repodata
exits 1 'a bad list' repo -m e x86_64
has 'with its line' err 'e/x86_64-repodata: index.plist:2: ends too early'
printf DEADBEEF >index-meta.plist
entry a a-1_1 x86_64 | list >index.plist
pack e/x86_64-repodata
exits 0 'old metadata' repo e x86_64
{
	entry a ../a-1_1 x86_64
	entry b b-1_1 ../x86_64
	entry c d-1_1 x86_64
	entry e e x86_64
	printf '<key>f</key><string>x</string><key>g</key><dict/>'
	entry h h-1_1 x86_64
} | list >index.plist
pack e/x86_64-repodata
exits 0 'unsound entries' repo e x86_64
is 'are left out' "$(cut -d' ' -f1 out | tr -d '\n')" he
is 'and named' "$(cut -d: -f3 err | tr -d '\n')" ' a b c e f g'
plan

#!/bin/sh
# Signatures: every package has one before the index names it, the index says the
# key, and a key or tool that is missing stops all before anything moves. With
# xbps-rindex and openssl on PATH they are real; a stand-in is tried always.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"
SPIFF_ARCH=x86_64
SPIFF_SIGNEDBY='A Tester <tester@example.org>'
SPIFF_PRIVKEY=$work/key
export SPIFF_ARCH

# shellcheck source=test/lib/sign.sh
. "$test/lib/sign.sh"
LOG=$work/log
path=$PATH
PATH=$work/bin:$PATH

# unsigned DIR: the package files whose signature is not that of the key
unsigned() {
	for f in "$1"/*.xbps; do
		[ "$(cat "$SPIFF_PRIVKEY" "$f" | cksum)" = "$(cat "$f.sig2" 2>/dev/null)" ] ||
			printf '%s ' "${f##*/}"
	done
}

# meta DIR: who the index says has signed
meta() {
	repodata -m "$1/x86_64-repodata" | sed -n 's/.*<string>\(.*&.*\)<.*/\1/p'
}

mkdir repo
spool
cd repo || exit
pkg a-1_1 x86_64
exits 0 'add, unsigned' spiff-index -a a-1_1.x86_64.xbps
export SPIFF_PRIVKEY SPIFF_SIGNEDBY

# nothing is touched without a key, a tool, a name
pkg b-1_1 x86_64
echo * >../before
exits 111 'no key' spiff-index -a b-1_1.x86_64.xbps
has 'it is named' err "spiff-index: SPIFF_PRIVKEY: $SPIFF_PRIVKEY: No such file"
: >"$SPIFF_PRIVKEY"
exits 111 'a key that is none' spiff-index -a b-1_1.x86_64.xbps
has 'the tool is named' err 'spiff-index: xbps-rindex --sign: '
echo secret >"$SPIFF_PRIVKEY"
mkdir ../nothing
for c in /bin/* /usr/bin/*; do
	case ${c##*/} in
	xbps-*) ;;
	*) [ -e "../nothing/${c##*/}" ] || ln -s "$c" ../nothing 2>/dev/null ;;
	esac
done
exits 111 'no tool' env PATH="$top/bin:$work/nothing" spiff-index -a b-1_1.x86_64.xbps
has 'is named' err 'spiff-index: xbps-rindex: No such file'
exits 111 'no name to sign in' env SPIFF_SIGNEDBY= spiff-index -a b-1_1.x86_64.xbps
has 'is said' err 'spiff-index: SPIFF_PRIVKEY is set, but not SPIFF_SIGNEDBY'
mv ../bin/xbps-rindex ../bin/saved
printf '#!/bin/sh\nexit 7\n' >../bin/xbps-rindex
chmod +x ../bin/xbps-rindex
cd .. || exit
pkg c-1_1 x86_64
job c-1_1.x86_64 c
deliver c-1_1.x86_64 c-1_1.x86_64.xbps
exits 111 'a tool that fails' spiff-index -i -s spool repo
is 'and a delivery waits' "$(where c-1_1.x86_64)" 'built incoming '
cd repo || exit
mv ../bin/saved ../bin/xbps-rindex
echo * | diff - ../before >../diff
is 'nothing was touched' "$(cat ../diff)" ''
is 'the index neither' "$(indexed x86_64-repodata)" 'index a-1_1 x86_64'

# from the first signature on all is signed
exits 0 'add, signed' spiff-index -a b-1_1.x86_64.xbps
is 'the tool says nothing on standard output' "$(cat out)" "added	b-1_1	x86_64"
is 'what was there before is signed too' "$(unsigned .)" ''
is 'the index says the key' "$(meta .)" 'A Tester &lt;tester@example.org&gt;'
: >"$LOG"
exits 0 'add again' spiff-index -a b-1_1.x86_64.xbps
is 'nothing is signed twice' "$(grep -c sign-pkg "$LOG")" 0
pkg b-1_1 x86_64
exits 0 'other bytes, forced' spiff-index -a -f b-1_1.x86_64.xbps
is 'are signed anew' "$(unsigned .)" ''
rm a-1_1.x86_64.xbps
exits 0 'clean' env -u SPIFF_PRIVKEY -u SPIFF_SIGNEDBY spiff-index -c .
is 'keeps the key' "$(meta .)" 'A Tester &lt;tester@example.org&gt;'
exits 0 'obsolete' spiff-index -r .
pkg a-2_1 x86_64
exits 0 'back again' spiff-index -a a-2_1.x86_64.xbps

# deliveries
cd .. || exit
pkg d-1_1 x86_64
pkg d-doc-1_1 noarch
job d-1_1.x86_64 'd d-doc'
deliver d-1_1.x86_64 nonfree/d-1_1.x86_64.xbps d-doc-1_1.noarch.xbps
echo forged >spool/incoming/d-1_1.x86_64/nonfree/d-1_1.x86_64.xbps.sig2
: >"$LOG"
exits 0 'deliveries' spiff-index -i -s spool repo
is 'are done' "$(where c-1_1.x86_64)$(where d-1_1.x86_64)" 'done done '
is 'signed by one call' "$(grep -c sign-pkg "$LOG")" 1
is 'all of them' "$(unsigned repo)$(unsigned repo/nonfree)" ''
is 'in each index' "$(meta repo/nonfree)" 'A Tester &lt;tester@example.org&gt;'
is 'nothing is left' "$(ls -A -I .lock spool/incoming)" ''

# a noarch package that only another architecture's index has, from before there
# was a key: ours names what is there
pkg f-1_1 noarch
mv f-1_1.noarch.xbps repo
env -u SPIFF_PRIVKEY -u SPIFF_SIGNEDBY SPIFF_ARCH=armv7l \
	spiff-index -a repo/f-1_1.noarch.xbps >/dev/null
pkg f-1_1 noarch
job f-1_1.x86_64 f
deliver f-1_1.x86_64 f-1_1.noarch.xbps
exits 0 'one that another index has, unsigned' spiff-index -i -s spool repo
is 'is added' "$(where f-1_1.x86_64)" 'done '
is 'and signed' "$(unsigned repo)" ''

pkg g-1_1 noarch
mv g-1_1.noarch.xbps repo
env -u SPIFF_PRIVKEY -u SPIFF_SIGNEDBY SPIFF_ARCH=armv7l \
	spiff-index -a repo/g-1_1.noarch.xbps >/dev/null
job g-1_1.x86_64 g 'noarch 1'
exits 0 'the same, not built' spiff-index -i -s spool repo
is 'is added' "$(where g-1_1.x86_64)" 'done '
is 'and signed' "$(unsigned repo)" ''

# the setting is gone, the key in the index is not
pkg k-1_1 x86_64
mv k-1_1.x86_64.xbps repo
exits 0 'a signed index without the setting' env -u SPIFF_PRIVKEY -u SPIFF_SIGNEDBY \
	spiff-index -a repo/k-1_1.x86_64.xbps
has 'says who cannot install what is not signed' err \
	'without a signature in a signed index, which users cannot install: 1: set SPIFF_PRIV'
exits 0 'with the setting' spiff-index -a -f repo/k-1_1.x86_64.xbps
is 'it is signed' "$(unsigned repo)" ''

# another key, another name
echo another >"$SPIFF_PRIVKEY"
SPIFF_SIGNEDBY='B Tester <b@example.org>'
pkg e-1_1 x86_64
mv e-1_1.x86_64.xbps repo
exits 0 'a new key' spiff-index -a repo/e-1_1.x86_64.xbps
is 'signs all anew' "$(unsigned repo)" ''
PATH=$path

if ! command -v xbps-rindex >/dev/null || ! command -v openssl >/dev/null ||
	! command -v xbps-install >/dev/null || ! command -v xbps-create >/dev/null; then
	skip 'real signatures' 'no xbps-rindex or no openssl'
	plan
	exit
fi
SPIFF_ARCH=$(uname -m)
openssl genrsa -traditional -out "$SPIFF_PRIVKEY" 2048 2>/dev/null ||
	openssl genrsa -out "$SPIFF_PRIVKEY" 2048 2>/dev/null
mkdir real dest
echo hello >dest/hello
(cd real && xbps-create -q -A "$SPIFF_ARCH" -n hello-1_1 -s hello ../dest)
exits 0 'a real signature' spiff-index -a "real/hello-1_1.$SPIFF_ARCH.xbps"
openssl rsa -in "$SPIFF_PRIVKEY" -pubout -out pub 2>/dev/null
openssl dgst -sha256 -verify pub -signature "real/hello-1_1.$SPIFF_ARCH.xbps.sig2" \
	"real/hello-1_1.$SPIFF_ARCH.xbps" >out 2>&1
has 'is right' out 'Verified OK'
exits 0 'xbps-rindex --sign' xbps-rindex --sign --privkey "$SPIFF_PRIVKEY" \
	--signedby "$SPIFF_SIGNEDBY" "$PWD/real"
is 'has nothing to change' "$(cat out)" ''

# installs ROOT REPO: hello from there into a new root, where every key is taken
installs() {
	yes | xbps-install -i -R "$2" -r "$1" -Sy hello
}
exits 0 'xbps-install takes the key' installs root "$PWD/real"
is 'from a local repository' "$(cat root/hello)" hello
is 'which is ours' "$(cat root/var/db/xbps/keys/*.plist |
	sed -n 's/.*<string>\(.*@.*\)<.*/\1/p')" 'B Tester &lt;b@example.org&gt;'
exits 0 'xbps-pkgdb' xbps-pkgdb -r root -a
is 'finds all in order' "$(cat out err)" ''
if command -v busybox >/dev/null && busybox --list | grep -qx httpd &&
	command -v curl >/dev/null; then
	port=$((20000 + $$ % 20000))
	while curl -s -o index "http://127.0.0.1:$port/"; do
		port=$((port + 1))
	done
	busybox httpd -f -p "127.0.0.1:$port" -h real &
	server=$!
	cleanup() { kill "$server"; }
	await curl -s -o index "http://127.0.0.1:$port/$SPIFF_ARCH-repodata"
	exits 0 'over a network xbps-install checks signatures' \
		installs root2 "http://127.0.0.1:$port"
	has 'and finds them right' out 'hello-1_1: verifying RSA signature'
	is 'it installs' "$(cat root2/hello)" hello
	head -c 256 /dev/urandom >"real/hello-1_1.$SPIFF_ARCH.xbps.sig2"
	exits 1 'a wrong one' installs root3 "http://127.0.0.1:$port"
	has 'is found' err 'hello-1_1: the RSA signature is not valid'
else
	skip 'over a network' 'no busybox with httpd, or no curl'
fi
plan

# A tool that signs with the key's checksum, ./bin/xbps-rindex: sourced after lib.sh.
# It writes its arguments to ./log, and its environment to ./signer.

# shellcheck disable=SC2154
mkdir bin
echo '#!/bin/sh' >bin/xbps-rindex
echo "work=$work" >>bin/xbps-rindex
cat >>bin/xbps-rindex <<'END'
echo "$@" >>"$work/log"
env >>"$work/signer"
what=$1 key=$3
[ -s "$key" ] || exit 1
shift 3
if [ "$what" = --sign-pkg ]; then
	for f; do
		[ -e "$f.sig2" ] || cat "$key" "$f" | cksum >"$f.sig2"
		echo "signed successfully $f"
	done
	exit 0
fi
cd "$3" || exit
: >stage.plist
echo '<plist version="1.0"><dict/></plist>' >index.plist
cat >index-meta.plist <<-EOM
<plist version="1.0"><dict>
<key>public-key</key><data>$(base64 "$key")</data>
<key>public-key-size</key><integer>4096</integer>
<key>signature-by</key><string>$(printf '%s' "$2" | sed 's/</\&lt;/; s/>/\&gt;/')</string>
<key>signature-type</key><string>rsa</string>
</dict></plist>
EOM
tar cf - index.plist index-meta.plist stage.plist | gzip >noarch-repodata
END
chmod +x bin/xbps-rindex

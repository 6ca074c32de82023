#!/bin/sh
# No secret of the environment reaches what spiff starts, or a file: a word in
# every variable that nobody needs, and a look for it everywhere afterwards.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/sign.sh
. "$test/lib/sign.sh"
PATH=$work/bin:$PATH

word=canary$$
cp -R "$test/void-packages" .
cat >spiff.conf <<END
SPIFF_REPO=hostdir/binpkgs
SPIFF_ARCH=x86_64
SPIFF_HOST=x86_64
SPIFF_WWW=www
SPIFF_SLOTS=1
SPIFF_PRIVKEY=key
SPIFF_SIGNEDBY=A Tester
END
echo key >key
SPIFF_CONF=$work/spiff.conf
export SPIFF_CONF
unset SPIFF_CACHE

# a template, a build and a hook each show what they see
mkdir -p home void-packages/srcpkgs/spy seen spool/hooks
cat >void-packages/srcpkgs/spy/template <<'END'
pkgname=spy
version=1.0
revision=1
short_desc="$(env | tr '\n' ' ')"
maintainer="spiff <spiff@example.org>"
license="BSD-2-Clause"
homepage="https://example.org"
env | sort
do_install() {
	env | sort
	vmkdir usr/share
	env | sort >"${DESTDIR}/usr/share/spy"
}
END
for hook in started built 'done' idle; do
	printf '#!/bin/sh\nenv | sort >%s/seen/%s\n' "$work" "$hook" \
		>"spool/hooks/$hook"
	chmod +x "spool/hooks/$hook"
done

HOME=$work/home
export HOME
for name in XBPS_PASSPHRASE XBPS_SECRET XBPS_KEY SPIFF_SECRET SPIFF_TOKEN \
	SPIFF_JOB_SECRET AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY SSH_AUTH_SOCK \
	SSH_ASKPASS NOMAD_TOKEN NOMAD_ADDR VAULT_TOKEN CONSUL_HTTP_TOKEN \
	GITHUB_TOKEN GPG_AGENT_INFO PASSWORD DBUS_SESSION_BUS_ADDRESS; do
	export "$name=$word.$name"
done

# ran WHAT COMMAND...: it succeeds, and shows no secret
ran() {
	ran_name=$1
	shift
	exits 0 "$ran_name" "$@"
	is "$ran_name: shows none" "$(cat out err | grep -o "${word}[.A-Z_]*")" ''
}

ran 'a plan' spiff-deps spy
ran 'it is queued' spiff-enqueue spy
ran 'and built' spiff-run -1
ran 'the queue' spiff-status
ran 'the site' spiff-status -w site
cp -R void-packages/srcpkgs/spy void-packages/srcpkgs/again
sed -i 's/^pkgname=.*/pkgname=again/' void-packages/srcpkgs/again/template
printf 'again\n' >spool/tmp/a && mv spool/tmp/a spool/new/a
ran 'a request' spiff-run -1
ls spool/done/again-1.0_1.x86_64 >out 2>&1
ok $? 'it was met'
mv spool/done/spy-1.0_1.x86_64 spool/run
rm -rf spool/incoming/spy* hostdir/binpkgs/spy*
ran 'a build by hand' spiff-build spool/run/spy-1.0_1.x86_64

# the program nomad, which is given a job to keep and a token
cat >bin/nomad <<END
#!/bin/sh
env >>$work/clients
case "\$1 \$2" in
'job dispatch')
	echo "\$@" >$work/seen/dispatch
	cat >$work/seen/payload
	echo 'Dispatched Job ID = spiff-build/dispatch-spy-1'
	;;
*) echo '[]' ;;
esac
END
chmod +x bin/nomad
cp -R void-packages/srcpkgs/spy void-packages/srcpkgs/far
sed -i 's/^pkgname=.*/pkgname=far/' void-packages/srcpkgs/far/template
ran 'another is queued' spiff-enqueue far
spiff-run -b nomad >out 2>&1 &
run=$!
await [ -s seen/payload ]
ok $? 'it goes to Nomad'
kill "$run"
wait "$run"
is 'spiff-run shows none' "$(grep -o "${word}[.A-Z_]*" out)" ''

# whoever needs a secret has it, and no other
secrets() {
	tr ' ' '\n' <"$1" | sed -n "s/=$word\..*//p" | sort -u | tr '\n' ' '
}
is 'who signs has the passphrase alone' "$(secrets signer)" 'XBPS_PASSPHRASE '
is 'the program nomad has the token alone, and where' "$(secrets clients)" \
	'NOMAD_ADDR NOMAD_TOKEN '
rm signer clients
for hook in started built 'done' idle; do
	check "the hook $hook ran" [ -s "seen/$hook" ]
done
find . -name '*.gz' -exec sh -c 'gzip -cd "$1" >"$1.text"' - {} \;
find . -name '*.xbps' -exec sh -c \
	'mkdir "$1.d" && { tar -xf "$1" -C "$1.d" || :; } 2>/dev/null' - {} \;
check 'the build was seen' grep -q ^PATH= hostdir/binpkgs/*/usr/share/spy
is 'no file has it' "$(grep -rlF "$word" . 2>/dev/null)" ''

plan

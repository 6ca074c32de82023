#!/bin/sh
# A library with twenty users gets a new soname: one pipe raises revisions and
# queues the rebuilds, two slots build them, and whoever installs in between can.
. "$(dirname "$0")/lib/lib.sh"

cp -R "$test/void-packages" void
rm -r void/srcpkgs/*
mkdir -p over/srcpkgs over/common
export SPIFF_DISTDIR=over:void SPIFF_HOST=x86_64 SPIFF_ARCH=x86_64 \
	SPIFF_REPO=repo SPIFF_SPOOL=spool SPIFF_SLOTS=2

# library VERSION: with its soname in common/shlibs
library() {
	template void libmany "$1_1" 'do_install() {' \
		'vmkdir usr/lib' \
		"echo 'int many(void) { return $1; }' >many.c" \
		"cc -shared -fPIC -Wl,-soname,libmany.so.$1 -o \$DESTDIR/usr/lib/libmany.so.$1 many.c" \
		"ln -s libmany.so.$1 \$DESTDIR/usr/lib/libmany.so" '}'
	cp "$test/void-packages/common/shlibs" void/common/shlibs
	echo "libmany.so.$1 libmany-${1}_1" >>void/common/shlibs
}

# user TREE N: the Nth user, the even ones needing the one before
user() {
	u_deps=libmany
	[ $(($2 % 2)) -eq 1 ] || u_deps="$u_deps user$(($2 - 1))"
	template "$1" "user$2" 1_1 "makedepends=\"$u_deps\"" 'do_install() {' \
		'vmkdir usr/bin' \
		'echo "int many(void); int main(void) { return many(); }" >u.c' \
		"cc -L\$XBPS_MASTERDIR/usr/lib -o \$DESTDIR/usr/bin/user$2 u.c -lmany" '}'
}
users=
i=1
while [ $i -le 20 ]; do
	tree=over
	[ $((i % 5)) -ne 0 ] || tree=void
	user $tree $i
	users="$users user$i"
	i=$((i + 1))
done
library 1
# the words of a list are words
# shellcheck disable=SC2086
spiff-enqueue $users >/dev/null
exits 0 'a library and its users' spiff-run -1
is 'all of them are there' "$(spiff-index -l | cut -f1 | grep -c '^user.*-1_1$')" 20

library 2
spiff-enqueue libmany >/dev/null
spiff-run -1 2>log
is 'a new soname is staged' "$(spiff-deps -B | grep -c 'staged libmany.so.1$')" 20

# What is far away shows no stage to who installs. installs: whether the library and
# all users can be installed from there
server=
cleanup() { [ -z "$server" ] || kill "$server"; }
installs() {
	# shellcheck disable=SC2086
	XBPS_ARCH=x86_64 xbps-install -r root -C none -i -n -M \
		-R "http://127.0.0.1:$(cat port)" libmany $users >installed 2>&1
}
mkdir root none
if command -v xbps-install >/dev/null && command -v python3 >/dev/null; then
	python3 -c '
import functools, http.server
class Quiet(http.server.SimpleHTTPRequestHandler):
	def log_message(self, *args):
		pass
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
	functools.partial(Quiet, directory="repo"))
open("port.tmp", "w").write(str(s.server_port))
__import__("os").rename("port.tmp", "port")
s.serve_forever()' &
	server=$!
	await [ -e port ]
	installs
	ok $? 'who installs sees nothing of it'
else
	skip 'who installs sees nothing of it' 'no xbps-install or python3'
fi
exits 0 'one pipe' sh -c \
	'spiff-deps -B | spiff-bump -c - 2>bumped | spiff-enqueue -k -'
is 'queues all users' "$(grep -c '^queued	user.*-1_2.x86_64$' out)" 20
is 'those of void-packages were copied' "$(ls -d over/srcpkgs/user* | wc -l)" 20
spiff-run -1 2>log &
run=$!
broken=
while kill -0 $run 2>/dev/null; do
	[ -z "$server" ] || installs || { broken=yes; break; }
	sleep 0.2
done
wait $run
ok $? 'they are built'
if [ "$server" ]; then
	[ -z "$broken" ]
	ok $? 'and can be installed at every moment'
	[ -z "$broken" ] || sed 's/^/# /' installed
	installs
	ok $? 'and at last'
else
	skip 'and can be installed at every moment' 'no xbps-install or python3'
	skip 'and at last' 'no xbps-install or python3'
fi
is 'the stage is open' "$(spiff-deps -B)" ''
is 'with the new ones' "$(spiff-index -l | cut -f1 | grep -c '^user.*-1_2$')" 20
is 'none was built before the one it needs' "$(awk '
	/: done$/ { split($2, a, /[-:]/); done[a[1]] = NR }
	/: run$/ { split($2, a, /[-:]/); run[a[1]] = NR }
	END {
		for (i = 2; i <= 20; i += 2)
			if (run["user" i] < done["user" i - 1])
				print i
	}' log)" ''
plan

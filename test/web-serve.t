#!/bin/sh
# The examples of doc/www with real servers on loopback, over a repository and a
# site: types and caching, whole packages, parts, what has not changed; and, where
# XBPS is there, what it installs from them.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/pkg.sh"

command -v curl >/dev/null || {
	skip 'servers' 'no curl'
	plan
	exit 0
}
SPIFF_ARCH=$(uname -m) SPIFF_HOST=$(uname -m) SPIFF_REPO=www/repo
export SPIFF_ARCH SPIFF_HOST SPIFF_REPO
package=repo/hello-1_1.$SPIFF_ARCH.xbps
index=repo/$SPIFF_ARCH-repodata
log=status/log/hello-1_1.$SPIFF_ARCH.log.gz

# a repository, signed where that is possible, since XBPS asks for it
real=y
for c in xbps-create xbps-install xbps-rindex openssl; do
	command -v $c >/dev/null || real=
done
mkdir -p www/repo
if [ "$real" ]; then
	SPIFF_PRIVKEY=$work/key SPIFF_SIGNEDBY='A Tester <tester@example.org>'
	export SPIFF_PRIVKEY SPIFF_SIGNEDBY
	openssl genrsa -traditional -out key 2048 2>/dev/null ||
		openssl genrsa -out key 2048 2>/dev/null
	mkdir dest
	echo hello >dest/hello
	head -c 100000 /dev/urandom >dest/data
	(cd www/repo && xbps-create -q -A "$SPIFF_ARCH" -n hello-1_1 -s hello \
		../../dest)
else
	pkg hello-1_1 "$SPIFF_ARCH"
	mv hello-1_1."$SPIFF_ARCH".xbps www/repo
fi
spiff-index -a "www/$package" >out || exit 1
spool
job "hello-1_1.$SPIFF_ARCH" hello
mv "spool/built/hello-1_1.$SPIFF_ARCH" "spool/done"
echo 'all is well' | gzip >"spool/log/hello-1_1.$SPIFF_ARCH.log.gz"
spiff-status -w www/status || exit 1

server=
cleanup() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
}
up() {
	curl -s -o /dev/null "http://127.0.0.1:$port/"
}
# config FILE: an example of doc/www with this directory and the port
config() {
	sed "s|8080|$port|; s|/home/build/www|$work/www|" "$top/doc/www/$1"
}
# serves NAME: starts its function on a port that is free
serves() {
	name=$1
	port=$((20000 + $$ % 20000))
	while up; do
		port=$((port + 1))
	done
	"$name" >server.out 2>&1 &
	server=$!
	await up
}
ends() {
	kill $server
	wait $server 2>/dev/null
	server=
}
# header NAME FILE [HEADER]
header() {
	curl -s -o /dev/null -D - -H "${3-X: y}" "http://127.0.0.1:$port/$2" |
		tr -d '\r' | sed -n "s/^$1: //Ip"
}
# type FILE: without the character set
type() {
	header Content-Type "$1" | cut -d';' -f1
}
# code FILE HEADER
code() {
	curl -s -o /dev/null -w '%{http_code}' -H "$2" \
		"http://127.0.0.1:$port/$1"
}
# common: what each of them must do
common() {
	curl -s -o got "http://127.0.0.1:$port/$package"
	is "$name: a package has the hash that the index has" \
		"$(sha256sum <got | cut -c 1-16)" \
		"$(repodata "www/$index" | awk '{ print $6 }')"
	curl -s -o got "http://127.0.0.1:$port/$index"
	check 'the index is whole' cmp got "www/$index"
	curl -s -r 100-199 -o part "http://127.0.0.1:$port/$package"
	tail -c +101 "www/$package" | head -c 100 >want
	check 'a part of a package' cmp part want
	for f in index.html:text/html jobs.tsv:text/tab-separated-values \
		style.css:text/css icon.svg:image/svg+xml \
		failures.atom:application/atom+xml; do
		is "the type of ${f%:*}" "$(type "status/${f%:*}")" "${f#*:}"
	done
	case $(type status/site.js) in
	*/javascript) true ;;
	*) false ;;
	esac
	ok $? 'the type of a script'
}
# unchanged HEADER OF: what is not sent again when the request has this header,
# with what the answer had in that one
unchanged() {
	is "what is unchanged is not sent again, by $1" "$(code "$index" \
		"$1: $(header "$2" "$index")")" 304
	is 'what has changed is' "$(code "$index" \
		"$1: $3")" 200
}
bytime() {
	unchanged If-Modified-Since Last-Modified 'Sat, 01 Jan 2000 00:00:00 GMT'
}
bytag() {
	unchanged If-None-Match ETag '"x"'
}
# caching: the index is asked for each time, packages are kept, and a packed log
# is text to a browser
caching() {
	is 'packages are kept for ever' "$(header Cache-Control "$package")" \
		'public, max-age=31536000, immutable'
	for f in "$index" status/index.html "$log"; do
		is "and not ${f##*/}" "$(header Cache-Control "$f")" no-cache
	done
	is 'a log is text' "$(type "$log")" text/plain
	is 'and unpacked by the browser' "$(curl -s --compressed \
		"http://127.0.0.1:$port/$log")" 'all is well'
}
# installs: XBPS syncs and installs from it
installs() {
	[ "$real" ] || {
		skip 'XBPS installs' 'no XBPS or no openssl'
		return
	}
	yes | xbps-install -i -R "http://127.0.0.1:$port/repo" -r "root-$name" \
		-Sy hello >out 2>err
	is 'XBPS installs' "$(cat "root-$name/hello")" hello
}

# their own ports are known when they start
nginxd() {
	config nginx.conf | sed "s/listen /&127.0.0.1:/" >site.conf
	cat >nginx.conf <<-END
		daemon off; master_process off; pid $work/pid; error_log stderr;
		events { }
		http {
			include /etc/nginx/mime.types; access_log off;
			default_type application/octet-stream;
			client_body_temp_path $work/t1; proxy_temp_path $work/t2;
			fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4;
			scgi_temp_path $work/t5;
			include $work/site.conf;
		}
	END
	exec nginx -c "$work/nginx.conf"
}
lighttpdd() {
	config lighttpd.conf >site.conf
	echo 'server.bind = "127.0.0.1"' >>site.conf
	exec lighttpd -D -f site.conf
}
busyboxd() {
	exec busybox httpd -f -p "127.0.0.1:$port" -h www \
		-c "$top/doc/www/httpd.conf"
}
darkhttpdd() {
	exec darkhttpd www --addr 127.0.0.1 --port "$port" \
		--mimetypes "$top/doc/www/darkhttpd.types"
}

PATH=$PATH:/usr/sbin
if command -v nginx >/dev/null; then
	serves nginxd
	common
	bytime
	bytag
	caching
	installs
	ends
else
	skip nginx 'no nginx'
fi
if command -v lighttpd >/dev/null; then
	serves lighttpdd
	common
	bytime
	bytag
	caching
	installs
	ends
else
	skip lighttpd 'no lighttpd'
fi
if command -v busybox >/dev/null && busybox --list | grep -qx httpd; then
	serves busyboxd
	common
	bytag
	installs
	ends
else
	skip 'busybox httpd' 'no busybox with it'
fi
if command -v darkhttpd >/dev/null; then
	serves darkhttpdd
	common
	bytime
	installs
	ends
else
	skip darkhttpd 'no darkhttpd'
fi
plan

#!/bin/sh
# The examples of doc/www with real servers on loopback: what they say of types
# and caching, whole packages, parts, and what has not changed.
. "$(dirname "$0")/lib.sh"

command -v curl >/dev/null || {
	skip 'servers' 'no curl'
	plan
	exit 0
}
mkdir -p www/repo www/status/log
head -c 100000 /dev/urandom >www/repo/a-1_1.x86_64.xbps
head -c 5000 /dev/urandom >www/repo/x86_64-repodata
echo '<h1>x</h1>' >www/status/index.html
echo 'x' >www/status/jobs.tsv
echo '<feed/>' >www/status/failures.atom
echo 'all is well' | gzip >www/status/log/a-1_1.x86_64.log.gz
hash=$(sha256sum <www/repo/a-1_1.x86_64.xbps)

server=
cleanup() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
}
up() {
	curl -s -o /dev/null "http://127.0.0.1:$port/"
}
# serves COMMAND...: starts a server on a port that is free
serves() {
	port=$((20000 + $$ % 20000))
	while up; do
		port=$((port + 1))
	done
	sed "s|8080|127.0.0.1:$port|; s|/home/build/www|$work/www|" \
		"$top/doc/www/nginx.conf" >site.conf
	"$@" >server.out 2>&1 &
	server=$!
	await up
}
# header NAME FILE
header() {
	curl -sI "http://127.0.0.1:$port/$2" | tr -d '\r' | sed -n "s/^$1: //Ip"
}
# code FILE HEADER
code() {
	curl -s -o /dev/null -w '%{http_code}' -H "$2" \
		"http://127.0.0.1:$port/$1"
}
# common NAME: what each of them must do
common() {
	is "$1: a package has its hash" "$(curl -s \
		"http://127.0.0.1:$port/repo/a-1_1.x86_64.xbps" | sha256sum)" "$hash"
	curl -s -r 1000-1999 "http://127.0.0.1:$port/repo/a-1_1.x86_64.xbps" >part
	tail -c +1001 www/repo/a-1_1.x86_64.xbps | head -c 1000 >want
	check 'a part of it' cmp part want
	is 'a page' "$(header Content-Type status/index.html | cut -d';' -f1)" \
		text/html
	is 'the feed' "$(header Content-Type status/failures.atom)" \
		application/atom+xml
	is 'the data' "$(header Content-Type status/jobs.tsv | cut -d';' -f1)" \
		text/tab-separated-values
	is 'what is unchanged is not sent again' "$(code repo/x86_64-repodata \
		"If-None-Match: $(header ETag repo/x86_64-repodata)")" 304
}

if command -v nginx >/dev/null; then
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
	serves nginx -c "$work/nginx.conf"
	common nginx
	is 'packages are kept for ever' \
		"$(header Cache-Control repo/a-1_1.x86_64.xbps)" \
		'public, max-age=31536000, immutable'
	for f in repo/x86_64-repodata status/index.html \
		status/log/a-1_1.x86_64.log.gz; do
		is "and not $f" "$(header Cache-Control $f)" no-cache
	done
	is 'nor when only the time is known' "$(code repo/x86_64-repodata \
		"If-Modified-Since: $(header Last-Modified repo/x86_64-repodata)")" \
		304
	is 'a log is text' "$(header Content-Type \
		status/log/a-1_1.x86_64.log.gz | cut -d';' -f1)" text/plain
	is 'and unpacked by the browser' "$(curl -s --compressed \
		"http://127.0.0.1:$port/status/log/a-1_1.x86_64.log.gz")" \
		'all is well'
	kill $server
	wait $server
	server=
else
	skip nginx 'no nginx'
fi
# the port is known when it starts
busyboxd() {
	exec busybox httpd -f -p "127.0.0.1:$port" -h www \
		-c "$top/doc/www/httpd.conf"
}
if command -v busybox >/dev/null && busybox --list | grep -qx httpd; then
	serves busyboxd
	common busybox
else
	skip 'busybox httpd' 'no busybox with it'
fi
plan

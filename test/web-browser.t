#!/bin/sh
# The site in headless Chromium, wide and narrow: nothing is complained about,
# nothing sticks out, nothing foreign acts, and the filter filters. Where AXE names
# axe-core's file it judges the pages too; where SHOTS names a directory, pictures
# of them go there for a look.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/spool.sh"

for c in chromedriver curl chromium base64; do
	command -v $c >/dev/null || {
		skip 'the site in a browser' "no $c"
		plan
		exit 0
	}
done

# where Debian and npm put it
for d in /usr/share/nodejs /usr/lib/node_modules /usr/local/lib/node_modules; do
	[ "${AXE-}" ] || [ ! -r $d/axe-core/axe.min.js ] ||
		AXE=$d/axe-core/axe.min.js
done
[ "${AXE-}" ] || skip 'axe-core judges the pages' 'there is none'

spool
evil='<script>window.hit=1</script><img src=x onerror=window.hit=1>'
job wait apple-1_1 'needs bread-1_1.x86_64'
job wait cake-1_1 'needs apple-1_1.x86_64' 'needs ready-1_1.x86_64'
job ready ready-1_1
job run busy-1_1 'started 1000' "node $evil"
printf '%s\n' "$evil" >spool/log/busy-1_1.x86_64.log
job fail "$(printf '%090d' 1)-1_1" 'class package'
job 'done' lib-1_1 'started 1000' 'ended 1100'
job fail bread-1_1 'logline 3002' 'started 1000' 'ended 1001' 'class package' "reason $evil" \
	'tries 1' 'memory 536870912' 'node builder.with.a.long.name.example.org'
{
	seq 3000
	printf '=> x: running do_build\nx.c:1:1: error: %s%0500d\n' "$evil" 1
	seq 3000
} | gzip >spool/log/bread-1_1.x86_64.log.gz
printf 'x\n' >"spool/new/$(printf '%s' "$evil" | tr -d /)"
# a stage, the table with the longest headings
mkdir repo
(
	# shellcheck source=test/lib/pkg.sh
	. "$test/lib/pkg.sh"
	cd repo || exit
	pkg libx-1_1 x86_64 "$(strings shlib-provides libx.so.1)"
	pkg cake-1_0 x86_64 "$(strings shlib-requires libx.so.1)"
	spiff-index -a ./*.xbps
	pkg libx-2_1 x86_64 "$(strings shlib-provides libx.so.2)"
	spiff-index -a libx-2_1.x86_64.xbps
) >said || exit 1
holding spool/lock spiff-status -w www || exit 1
# as if a scheduler had written it an hour ago
sed 's/id="asof"/& data-fresh="120"/; s/\(As of <time datetime="\)[^"]*/\12020-01-01T00:00:00Z/' \
	www/index.html >www/old.html
pages='index.html packages.html schedule.html history.html
	pkg/bread.x86_64.html pkg/busy.x86_64.html log/bread-1_1.x86_64.html'

chromedriver --port=0 >driver 2>&1 &
driver=$!
session=
cleanup() {
	[ -z "$session" ] || wd DELETE "" >/dev/null
	kill $driver
}
started() {
	grep -q 'successfully on port [0-9]' driver 2>/dev/null
}
await started || exit 1
port=$(sed -n 's/.*successfully on port \([0-9]*\).*/\1/p' driver)

# wd METHOD PATH [JSON]: one call of the session; what comes back
wd() {
	curl -s -X "$1" ${3:+-H 'Content-Type: application/json' -d "$3"} \
		"http://127.0.0.1:$port/session${session:+/$session}${2:+/$2}"
}

# script: code on standard input, as a call's arguments
script() {
	printf '{"args": [], "script": "'
	tr '\n\t' '  ' | sed 's/\\/\\\\/g; s/"/\\"/g'
	printf '"}'
}

# js CODE [KIND]: what the code returns, a string
js() {
	printf '%s' "$1" | script >code
	wd POST "execute/${2-sync}" @code | sed 's/^{"value":"\(.*\)"}$/\1/'
}

# shows N: whether the page shows so many rows
shows() {
	[ "$(js "return $shown")" = "$1" ]
}

# open WIDTH HEIGHT SCHEME: a browser of that size, light or dark
open() {
	session=
	session=$(wd POST '' '{"capabilities": {"alwaysMatch": {
		"timeouts": {"script": 3600000, "pageLoad": 3600000},
		"goog:loggingPrefs": {"browser": "ALL"},
		"goog:chromeOptions": {
			"args": ["--headless=new", "--no-sandbox",
				"--disable-gpu", "--disable-dev-shm-usage"],
			"mobileEmulation": {"deviceMetrics": {"width": '"$1"',
				"height": '"$2"', "pixelRatio": 1,
				"touch": false}}}}}}' |
		sed -n 's/.*"sessionId":"\([^"]*\)".*/\1/p')
	[ -n "$session" ] && wd POST goog/cdp/execute "{
		\"cmd\": \"Emulation.setEmulatedMedia\", \"params\": {\"features\": [
			{\"name\": \"prefers-color-scheme\", \"value\": \"$3\"}]}}" |
		grep -q '^{"value":{}}'
}

# visit PAGE
visit() {
	wd POST url "{\"url\": \"file://$work/www/$1\"}" >/dev/null
}

for size in '1200 900 light' '870 900 light' '360 740 dark'; do
	# a width, a height, and a scheme of colours
	# shellcheck disable=SC2086
	check "a browser, $size" open $size
	for page in $pages; do
		visit "$page"
		is "$page: has its title" "$(js \
			'return String(document.title.length > 4)')" true
		is 'no complaint' "$(wd POST se/log '{"type": "browser"}')" \
			'{"value":[]}'
		is 'nothing foreign acts' \
			"$(js 'return String(window.hit)')" undefined
		# innerWidth would grow with what sticks out
		is 'nothing sticks out' "$(js "return String(
			document.documentElement.scrollWidth <= ${size%% *})")" \
			true
		is 'no heading lies upon its neighbour' "$(js 'return Array.from(
			document.querySelectorAll("th")).filter(h => h.scrollWidth >
			h.clientWidth + 1).map(h => h.textContent).join()')" ''
		is 'no text of a picture is cut off' "$(js 'return Array.from(
			document.querySelectorAll("svg text")).filter(t => {
				const a = t.getBoundingClientRect();
				const b = t.ownerSVGElement.getBoundingClientRect();
				return a.left < b.left - 1 || a.right > b.right + 1;
			}).map(t => t.textContent).join()')" ''
		is 'the line below a link is clear of its underscores' "$(js 'return Array
			.from(document.querySelectorAll("main a")).filter(a => {
				const s = getComputedStyle(a);
				return s.textDecorationLine == "underline" &&
				parseFloat(s.textUnderlineOffset) <
				.3 * parseFloat(s.fontSize);
			}).map(a => a.textContent).join()')" ''
		is 'the colours are those asked for' "$(js 'return getComputedStyle(
			document.body).backgroundColor')" \
			"$(case $size in *dark) echo 'rgb(22, 23, 22)' ;;
			*) echo 'rgb(253, 253, 251)' ;; esac)"
		is 'its style is there' "$(js \
			'return getComputedStyle(document.querySelector("header"))
			.display')" flex
		if [ "${AXE-}" ]; then
			# it has comments that end with the line
			{
				printf '{"args": [], "script": "'
				tr '\001-\011\013-\037' ' ' <"$AXE" |
					sed 's/\\/\\\\/g; s/"/\\"/g' |
					awk '{ printf "%s\\n", $0 }'
				printf '"}'
			} >code
			wd POST execute/sync @code >/dev/null
			is 'axe finds nothing' "$(js '
				const done = arguments[0];
				axe.run({ preload: false }).then(r => done(r.violations
					.map(v => v.id + ": " + v.nodes[0].html)
					.join()))' async)" ''
		fi
		if [ "${SHOTS-}" ]; then
			wd GET screenshot | sed 's/^{"value":"//; s/"}$//' |
				base64 -d >"$SHOTS/$(printf '%s' "$page-$size" |
				tr '/ ' '_x').png"
		fi
	done

	visit old.html
	is 'a page that should be newer says so' "$(js 'return String(document
		.querySelector(".note").textContent.includes("should be newer"))')" \
		true
	visit 'log/bread-1_1.x86_64.html#fault'
	is 'the line that shows the failure is in view' "$(js '
		const r = document.getElementById("fault")
			.getBoundingClientRect();
		return String(r.top >= 0 && r.top < innerHeight)')" true

	visit packages.html
	shown='String(Array.from(document.querySelectorAll("table"))
		.filter(t => !t.hidden).flatMap(t => [...t.tBodies[0].rows])
		.length)'
	is 'all packages are shown' "$(js "return $shown")" 7
	js "const i = document.querySelector('input');
		i.value = 'EA d';
		i.dispatchEvent(new Event('input'));" >/dev/null
	check 'the filter leaves those with the words' await shows 2
	visit index.html
	visit 'packages.html#?bread'
	check 'and takes them from the address' await shows 1
	wd DELETE '' >/dev/null
	session=
done
plan

#!/bin/sh
# spiff-status -w: the site, on spools made by hand.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/spool.sh"

SPIFF_SLOTS=1
export SPIFF_SLOTS

# links DIR: links of its pages that lead nowhere
links() {
	(
		cd "$1" || exit
		find . -type f | sed 's|^\./||' >../files
		# shellcheck disable=SC2016 # it is awk that expands
		find . -name '*.html' -o -name '*.atom' | sed 's|^\./||' |
			xargs awk '
			FILENAME == "../files" { there[$0]; next }
			{
				while (match($0, /(href|src|id)="[^"]*"/)) {
					what = substr($0, RSTART, RLENGTH - 1)
					$0 = substr($0, RSTART + RLENGTH)
					at = index(what, "\"")
					if (what ~ /^id/)
						there[FILENAME "#" substr(what, at + 1)]
					else
						links[FILENAME "\"" substr(what, at + 1)]
				}
			}
			END {
				for (link in links) {
					at = index(link, "\"")
					to = substr(link, at + 1)
					dir = page = substr(link, 1, at - 1)
					sub(/[^\/]*$/, "", dir)
					if (to ~ /^#/)
						to = page to
					else if (to ~ /^\.\.\//)
						to = substr(to, 4)
					else
						to = dir to
					gsub(/%2B/, "+", to)
					gsub(/%3A/, ":", to)
					gsub(/%7E/, "~", to)
					gsub(/%5E/, "^", to)
					file = to
					sub(/#.*/, "", file)
					if (!(file in there) || !(to in there))
						print page ": " to
				}
			}' ../files
	)
}

# written: the files that are newer than the mark, which is set again
written() {
	find www -type f -newer mark ! -name '.*' | sort | tr '\n' ' '
	sleep 0.02
	touch mark
	sleep 0.02
}

spool
exits 0 'the site of an empty spool' spiff-status -w www
is 'is whole' "$(links www)" ''
has 'and says so' www/index.html 'Nothing is left to build.'
exits 111 'a file in place of the directory' spiff-status -w spool/run/../../www/index.html
has 'is named' err 'spiff-status: spool/run/../../www/index.html'
exits 2 'operands' spiff-status -w www hello

# one of each kind, and what people and compilers may write
job new asked-1_1
job wait next-1_1 'needs busy-1_1.x86_64' 'needs gtk+-2:1~rc_1.x86_64'
job wait stuck-1_1 'needs bad-1_1.x86_64'
job wait far-1_1 'needs stuck-1_1.x86_64'
job ready 'gtk+-2:1~rc_1'
job run busy-1_1 "started $(($(date +%s) - 100))" 'node <b>"other"</b>'
printf 'first\n\033[1m<script>alert(1)</script>\n' >spool/log/busy-1_1.x86_64.log
job 'done' lib-0.9_1 'started 2000' 'ended 2125' 'tries 1' 'node one' \
	'memory 1610612736'
job 'done' lib-1_1 'started 3000' 'tries 1' 'node one' 'ended 3010' \
	'exit exit 1' 'reason no space' 'started 3020' 'tries 2' 'node two' 'ended 3900'
printf 'all is well\n' | gzip >spool/log/lib-1_1.x86_64.log.gz
job fail bad-1_1 'started 3000' 'ended 3001' 'class package' \
	'reason <script>alert("2")</script> & more' 'tries 1' 'logline 3'
printf '=> bad-1_1: running do_build ...\ncc -c x.c\nx.c:1:2: error: <img src=x onerror=alert(3)>\nmake: *** [Makefile:1: x] Error 1\n' |
	gzip >spool/log/bad-1_1.x86_64.log.gz
job cancel old-1_1 'reason superseded by old-2_1.x86_64' 'by old-2_1.x86_64'
printf 'x\n' >'spool/new/<script>alert(4)<'
printf 'x\n' >'spool/fail/<script>alert(5)<'
printf 'y\n' >'spool/fail/<script>alert(5)<.reason'
exits 0 'one of each' spiff-status -w www
is 'every link leads somewhere' "$(links www)" ''
is 'nothing acts' "$(find www \( -name '*.html' -o -name '*.atom' \) \
	-exec grep -lF -e '<script>' -e '<img' -e '<b>"' {} +)" ''
is 'but the one script' "$(grep -rho '<script [^>]*>' www | sort -u)" \
	'<script src="site.js" defer>'
is 'every page forbids others' "$(find www -name '*.html' \
	-exec grep -L "default-src 'none'" {} +)" ''
has 'a name is shown' www/index.html '&lt;script&gt;alert(5)&lt;'
has 'a reason too' www/pkg/bad.x86_64.html \
	'&lt;script&gt;alert(&quot;2&quot;)&lt;/script&gt; &amp; more'
has 'where the log shows the failure' www/pkg/bad.x86_64.html \
	'x.c:1:2: error: &lt;img src=x onerror=alert(3)&gt;'
has 'which is marked in it' www/log/bad-1_1.x86_64.html \
	'<mark id="fault">x.c:1:2: error: &lt;img'
has 'with the number of the line' www/log/bad-1_1.x86_64.html \
	'<a id="L3" href="#L3">3</a> <mark'
has 'and the whole log beside' www/log/bad-1_1.x86_64.html \
	'<a href="../log/bad-1_1.x86_64.log.gz">the whole log</a>'
has 'the page has the command that repeats the build' www/pkg/bad.x86_64.html \
	'<code>spiff-build -k spool/fail/bad-1_1.x86_64</code>'
has 'from where its page is found' www/log/bad-1_1.x86_64.html \
	'<a href="../pkg/bad.x86_64.html">'
has 'what it blocks' www/pkg/bad.x86_64.html '<dt>Blocks</dt><dd>2</dd>'
has 'what blocks it' www/pkg/far.x86_64.html \
	'<dt>Blocked by</dt><dd><a href="bad.x86_64.html">'
has 'what it waits for' www/pkg/next.x86_64.html \
	'<a href="gtk%2B.x86_64.html">gtk+-2:1~rc_1.x86_64</a>'
has 'its dependents' www/pkg/gtk+.x86_64.html '<a href="next.x86_64.html">next</a>'
is 'its versions' "$(grep -o '<tr><td>lib-[^<]*' www/pkg/lib.x86_64.html)" \
	'<tr><td>lib-1_1
<tr><td>lib-0.9_1'
has 'its tries' www/pkg/lib.x86_64.html 'try 1</td><td data-label="State">no space'
has 'the memory that it took' www/pkg/lib.x86_64.html '>1.5 GiB<'
has 'how long they took' www/pkg/lib.x86_64.html '14m40s'
is 'a log, as it is' "$(zcat www/log/lib-1_1.x86_64.log.gz)" 'all is well'
is 'one that grows' "$(head -n 1 www/log/busy-1_1.x86_64.txt)" first
has 'when it will be built' www/index.html \
	'<dt>expected end, if a scheduler starts now</dt><dd>? <span'
for p in www/*.html www/*/*.html; do
	for t in table tr td th ul li a span h2 dl dd pre svg code main; do
		o=$(grep -o "<${t}[ >]" "$p" | wc -l)
		c=$(grep -o "</$t>" "$p" | wc -l)
		[ "$o" -eq "$c" ] || echo "$p: $t $o $c"
	done
done >unclosed
is 'elements are closed' "$(cat unclosed)" ''
if command -v xmllint >/dev/null; then
	check 'the feed is XML' xmllint --noout www/failures.atom
	sed -n '/<svg role/,/<\/svg>/p' www/schedule.html >schedule.svg
	check 'the picture too' xmllint --noout schedule.svg
else
	skip 'the feed is XML' 'no xmllint'
fi
# the W3C's checks of HTML and CSS, where npm or Debian put them
for f in /usr/share/java/vnu.jar /usr/lib/node_modules/vnu-jar/build/dist/vnu.jar \
	/usr/local/lib/node_modules/vnu-jar/build/dist/vnu.jar; do
	[ "${VNU-}" ] || [ ! -r "$f" ] || VNU=$f
done
if [ "${VNU-}" ] && command -v java >/dev/null; then
	is 'the checks of W3C find nothing' "$(java -Xss4m -jar "$VNU" --errors-only \
		--also-check-css --stdout www/*.html www/style.css www/pkg/*.html \
		www/log/*.html)" ''
else
	skip 'the checks of W3C find nothing' 'no vnu.jar, or no java'
fi
is 'one entry for each failure' "$(grep -c '<entry>' www/failures.atom)" 2
# RFC 4287, 4.1: what a feed and an entry must have
count() {
	grep -c "$1" www/failures.atom
}
is 'each with a title, a time, a text, and where it leads' "$(count \
	'^<title>') $(count '^<updated>....-..-..T..:..:..Z<') $(count \
	'^<summary>') $(count '^<link href=')" '3 3 2 3'
is 'and a name of its own' "$(sed -n 's/^<id>urn:uuid:\([-0-9a-f]*\)<.*/\1/p' \
	www/failures.atom | awk 'length($0) == 36' | sort -u | wc -l)" 3
is 'the feed is as new as what is newest' "$(sed -n \
	's/^<updated>\(.*\)<.*/\1/p' www/failures.atom | sed -n 1p)" \
	"$(sed -n 's/^<updated>\(.*\)<.*/\1/p' www/failures.atom | sed 1d |
		sort | tail -n 1)"
grep '^<id>' www/failures.atom >ids
mv spool moved
spiff-status -s moved -w copy
mv moved spool
is 'what failed has the same names where the spool moves' \
	"$(grep '^<id>' copy/failures.atom | sed 1d)" "$(sed 1d ids)"
rm -r www copy
spiff-status -w www
is 'names stay when all is written again' "$(grep '^<id>' www/failures.atom)" \
	"$(cat ids)"
is 'every bar of the schedule says its name, what it is, and how long' \
	"$(grep -c '<title>[^<]*, [a-z ,]*, [0-9a-z ,]*</title><rect class="stint' \
		www/schedule.html)" 4
is 'and leads to its package' \
	"$(grep -c '^<a href="pkg/.*<rect class="stint' www/schedule.html)" 4
is 'the table has the same' "$(sed -n '/id="table"/,/<.table>/p' \
	www/schedule.html | grep -c '^<tr><td><a href="pkg/')" 4
is 'the data' "$(cut -f 1,2 www/jobs.tsv | grep ^bad)" 'bad-1_1.x86_64	fail'
is 'with as many fields in each line' \
	"$(awk -F '\t' '{ print NF }' www/jobs.tsv | sort -u)" 13

if command -v python3 >/dev/null; then
	check 'the same as JSON' python3 -c 'import json, sys
rows = [l.rstrip("\n").split("\t") for l in open("www/jobs.tsv")]
d = json.load(open("www/jobs.json"))
names = [n.replace(" ", "_").replace("holds_up", "blocks") for n in rows[0]]
want = [{k: v for k, v in zip(names, r) if v} for r in rows[1:]]
got = [{k: str(v) for k, v in j.items()} for j in d["jobs"]]
sys.exit(d["version"] != 1 or want != got)'
else
	skip 'the same as JSON' 'no python3'
fi
is 'and numbers for Prometheus' \
	"$(grep -c '^spiff_[a-z_]*\({[a-z]*="[a-z]*"}\)\{0,1\} [0-9]*$' \
		www/metrics.prom) $(grep '^spiff_jobs{state="fail"}' www/metrics.prom)" \
	'20 spiff_jobs{state="fail"} 2'

# an index by letter has large and small ones together
job wait Zebra-1_1
job wait aardvark-1_1
job wait zoo-1_1
spiff-status -w www
is 'packages are in the order of the alphabet' "$(grep -o 'pkg/[aAzZ][a-z]*' \
	www/packages.html | tr '\n' ' ')" 'pkg/aardvark pkg/asked pkg/Zebra pkg/zoo '
has 'and a letter leads to the first of them' www/packages.html \
	'<tr id="z"><td><a href="pkg/Zebra'
rm spool/wait/Zebra* spool/wait/zoo* spool/wait/aardvark*
spiff-status -w www

# only what has changed
rm spool/run/* spool/log/busy*
job ready busy-1_1
spiff-status -w www
sleep 0.02
touch mark
sleep 0.02
spiff-status -w www
is 'nothing has changed, nothing is written' "$(written)" ''
touch mark
spiff-status -w www 9<mark 8<mark 7<mark 6<mark 5<mark 4<mark 3<mark
is 'nor looked at, whatever files are open' "$(find www/.pages -newer mark)" ''
touch mark
mv spool/cancel/old-1_1.x86_64 spool/wait/
spiff-status -w www
written >changed
has 'what changed is written' changed 'www/pkg/old.x86_64.html'
is 'its page and those about all' "$(cat changed)" \
	'www/index.html www/jobs.json www/jobs.tsv www/metrics.prom www/packages.html www/packages.js '"$(
	)www/pkg/old.x86_64.html www/schedule.html "
check 'and not the rest' [ "$(grep -c 'lib.x86_64\|style.css\|/log/' changed)" -eq 0 ]
rm spool/wait/old-1_1.x86_64
spiff-status -w www
check 'what is gone is removed' [ ! -e www/pkg/old.x86_64.html ]
is 'links are whole again' "$(links www)" ''

# what it remembers is expendable
: >www/pkg/lib.x86_64.html
touch spool/ready/busy-1_1.x86_64
spiff-status -w www
has 'a page that a crash emptied is written again' www/pkg/lib.x86_64.html '</html>'
rm www/index.html www/pkg/lib.x86_64.html
spiff-status -w www
is 'pages that somebody removed are too, with the first one' "$(links www)" ''
printf 'mine\n' >keep
printf 'spiff pages 1 0\n0 0 ../keep\t\n0 0 /etc/x\t\n0\n\nx' >www/.pages
spiff-status -w www
is 'a list that lies removes nothing elsewhere' "$(cat keep)" mine
rm www/.pages
exits 0 'without it' spiff-status -w www
is 'nothing is lost' "$(links www)" ''
find www -name '*.tmp' >tmp
is 'nothing is left over' "$(cat tmp)" ''

# a library's update that waits in the stage
spool
job wait prog-1_2
mkdir -p repo
(
	# shellcheck source=test/lib/pkg.sh
	. "$test/lib/pkg.sh"
	cd repo || exit
	pkg libx-1_1 x86_64 "$(strings shlib-provides libx.so.1)"
	pkg prog-1_1 x86_64 "$(strings shlib-requires libx.so.1)"
	pkg 'tool-1_1' noarch "$(strings shlib-requires libx.so.1)"
	spiff-index -a ./*.xbps
	pkg libx-2_1 x86_64 "$(strings shlib-provides libx.so.2)"
	spiff-index -a libx-2_1.x86_64.xbps
	mkdir nonfree
	pkg paid-1_1 x86_64
) >said
exits 0 'a stage' spiff-status -w www
has 'what a package is' www/pkg/prog.x86_64.html \
	'<p>a &lt;test&gt; &amp; no more</p>'
SPIFF_TREEURL='https://example.org/t?a&p=' spiff-status -w linked
has 'where its template is' linked/pkg/prog.x86_64.html \
	'<a href="https://example.org/t?a&amp;p=prog">prog</a>'
SPIFF_TREEURL='javascript:alert(1);' spiff-status -w linked
is 'but for what may act' "$(grep -c '<dt>Template' linked/pkg/prog.x86_64.html)" 0
is 'the overview says what is to be rebuilt' "$(sed -n '/id="stage"/,/<.table>/p' \
	www/index.html | sed -n 's/<[^>]*>/ /g; s/  */ /gp' | grep libx)" \
	' prog x86_64 libx.so.1 libx waiting 
 tool x86_64 libx.so.1 libx '
has 'the list of packages too' www/packages.html \
	'1 staged, until these are rebuilt: <a href="pkg/prog.x86_64.html">prog</a>, tool'
has 'and its page' www/pkg/prog.x86_64.html \
	'<dt>To be rebuilt</dt><dd>for libx.so.1 of libx</dd>'
is 'the data' "$(cut -f 1,2,4 www/jobs.tsv | grep -v '^job\|	wait')" \
	'libx-2_1.x86_64	staged	
prog-1_1.x86_64	rebuild	libx.so.1
tool-1_1.noarch	rebuild	libx.so.1'
is 'with as many fields as jobs have' \
	"$(awk -F '\t' '{ print NF }' www/jobs.tsv | sort -u)" 13
is 'every link leads somewhere, with a stage' "$(links www)" ''
(
	cd repo || exit
	# shellcheck source=test/lib/pkg.sh
	. "$test/lib/pkg.sh"
	pkg poor-1_1 x86_64 "$(strings shlib-requires libgone.so.7)"
	spiff-index -a poor-1_1.x86_64.xbps
) >said
spiff-status -w www
is 'what cannot be installed is said' "$(sed -n '/id="broken"/,/<.table>/p' \
	www/index.html | sed -n 's/<[^>]*>/ /g; s/  */ /gp' | grep poor)" \
	' poor-1_1 x86_64 broken libgone.so.7 '
is 'for programs too' "$(grep broken www/jobs.tsv | cut -f 1,2,4)" \
	'poor-1_1.x86_64	broken	libgone.so.7'
spiff-status >said
has 'by the table' said 'cannot be installed: poor'
spiff-status -l >said
has 'and by lines' said 'broken	poor-1_1	libgone.so.7'
mv repo/paid-1_1.x86_64.xbps repo/nonfree
spiff-index -a repo/nonfree/paid-1_1.x86_64.xbps >said
spiff-status -w www
has 'what comes to a sub-repository is seen' www/packages.html '<td>paid</td>'
rm -rf repo

# a line that has no end
spool
job fail long-1_1 'class package' 'logline 2'
printf '=> x: running do_build\nx.c:1:1: error: %0200000d\nmore\n' 1 |
	gzip >spool/log/long-1_1.x86_64.log.gz
exits 0 'a long line' spiff-status -w www
check 'is cut where it is told' [ "$(cat www/index.html www/pkg/long.x86_64.html \
	www/.pages | wc -c)" -lt 20000 ]

# a log of which not all is shown
spool
job fail long-1_1 'class package' 'logline 299990'
{
	seq 300000 | sed 's/$/ a line of the log/'
	echo the end
} | tee whole | gzip >spool/log/long-1_1.x86_64.log.gz
exits 0 'a long log' spiff-status -w www
page=www/log/long-1_1.x86_64.html
first=$(sed -n 's/.*<a id="L\([0-9]*\)".*/\1/p' $page | sed -n 1p)
has 'begins with a line, and says which' $page "from line $first on"
has 'that is whole' $page ">$first</a> $first a line of the log"
within 'a mebibyte of it' 900000 "$(tail -n +"$first" whole | wc -c)" 1048576
has 'the line that shows the failure' $page \
	'<mark id="fault">299990 a line of the log'
has 'and those around it are on the page of the package' \
	www/pkg/long.x86_64.html '299992 a line of the log'
is 'the whole log is there' "$(zcat www/log/long-1_1.x86_64.log.gz | cmp - whole)" ''
spool
job fail long-1_1 'class package' 'logline 299990'
cp whole spool/log/long-1_1.x86_64.log
rm -r www
spiff-status -w www
has 'the same of one that is not packed' $page ">$first</a> $first a line of the log"

# what decides the end: a and b on one slot, c, d and e on the other, and f behind b
spool
took() {
	job 'done' "$1-0_1" 'started 1000' "ended $((1000 + $2))"
}
took a 1000
took b 2000
took c 500
took d 600
took e 700
took f 300
asked=$(date +%s)
job ready a-1_1
job wait b-1_1 'needs a-1_1.x86_64'
job ready c-1_1
job ready d-1_1
job ready e-1_1
job wait f-1_1 'needs b-1_1.x86_64'
SPIFF_SLOTS=2 spiff-status -w www
asked=1000
is 'the chain that decides the end' "$(sed -n '/id="chain"/,/<.table>/p' \
	www/index.html | sed -n 's/^<tr><td><a[^>]*>\([^<]*\)<.*/\1/p' | tr '\n' ' ')" \
	'a-1_1.x86_64 b-1_1.x86_64 f-1_1.x86_64 '
has 'what would help most' www/index.html \
	'>b-1_1.x86_64</a> took half its time, all would be built 16m40s sooner'
is 'it is marked in the schedule' "$(grep -o '<title>[a-f]-[^<]*</title><rect[^>]*chain' \
	www/schedule.html | cut -c 8 | sort | tr '\n' ' ')" 'a b f '
is 'and in its table' "$(grep -c '<tr>.*, in the chain' www/schedule.html)" 3
# seconds ROW...: from the beginning to the end in the rows of the table
seconds() {
	sed -n "/id=\"table\"/,/<.table>/s/^<tr>.*>$1-1_1.*datetime=\"\([^\"]*\)\".*datetime=\"\([^\"]*\)\".*/\1 \2/p" \
		www/schedule.html | while read -r from to; do
		echo $(($(date -d "$to" +%s) - $(date -d "$from" +%s)))
	done
}
is 'whose times are as long as the builds' "$(seconds c)" 500
is 'the counts are those of spiff-status' "$(sed -n '/aria-label="All jobs/,/<.ul>/p' \
	www/index.html | sed 's/<[^>]*>//g' | grep -o '[0-9]* [a-z]*' | tr '\n' ' ')" \
	"$(spiff-status | sed -n '1s/ *\([a-z]*\) \([0-9]*\)/\2 \1 /gp' |
		sed 's/\b0 [a-z]* //g; s/ wait / waiting /; s/ done/ built/')"

# what is in the way but has not failed
spool
job wait a-1_1 'needs nowhere-1_1.x86_64'
job wait b-1_1 'needs gone-1_1.x86_64'
job 'done' gone-1_1
spiff-status -w www
is 'what is in the way is no failure' "$(grep -c 'id="fail"' www/index.html)" 0
has 'but said' www/index.html 'Nothing failed, 2 blocked.'
is 'with why' "$(sed -n '/id="way"/,/<.table>/p' www/index.html |
	grep -o 'not in the spool\|built, but in no repository now' | sort -u)" \
	'built, but in no repository now
not in the spool'

# what a job waits for that waits for no other
spool
job wait taken-1_1
job ready slot-1_1
job ready again-1_1 'started 1000' 'ended 1001' 'tries 1' 'troubles 1' 'class machine' \
	'reason no space'
job ready pause-1_1 'started 1000' "ended $(date +%s)" 'tries 1' 'troubles 1' \
	'class machine' 'reason no space'
# waits PACKAGE: as its page has it, and as the overview has it
waits() {
	sed -n 's/<[^>]*>//g; s/^Waits for//p' "www/pkg/$1.x86_64.html"
	grep "pkg/$1.x86_64" www/index.html | sed -n 's/.*"Waits for">//p' |
		sed 's/<[^>]*>//g'
}
exits 0 'what waits for no other job' env SPIFF_PAUSE=7200 SPIFF_LIMITS="$work/limits" \
	spiff-status -w www
is 'waits for the scheduler' "$(waits taken)" 'the scheduler
the scheduler'
is 'for a slot' "$(waits slot | sed 's/;.*//')" 'a slot
a slot'
is 'also after a failure' "$(waits again | sed 's/;[^,]*//')" \
	'a slot, after a failure: machine: no space
a slot'
is 'or for its next try' "$(waits pause | sed 's/[0-9: -]*[0-9]/ T/')" \
	'its next try, at T, after a failure: machine: no space
its next try, at T'
has 'the page has the command that holds it' www/pkg/slot.x86_64.html \
	"<code>echo hold slot.x86_64 &gt;&gt;$work/limits</code>"
has 'and the one that cancels it' www/pkg/slot.x86_64.html \
	'<code>mv spool/ready/slot-1_1.x86_64 spool/cancel/</code>'
has 'and the version of the tree' www/pkg/slot.x86_64.html \
	'<dt>In the tree</dt><dd>1_1</dd>'
spool
echo hello >spool/new/request
spiff-status -w www
is 'a request is something to build' "$(grep -c 'Nothing is left' www/index.html)" 0

# more jobs than a picture has room for
rm -rf spool/wait/* spool/ready/* spool/fail/* spool/new/*
i=0
while [ $i -lt 400 ]; do
	i=$((i + 1))
	job wait "p$i-1_1" "needs p$((i / 2))-1_1.x86_64"
done
rm spool/wait/p1-1_1.x86_64
job ready p1-1_1
exits 0 'four hundred jobs' spiff-status -w www
bars=$(grep -o '<title>[^<]*</title><rect class="stint' www/schedule.html |
	sed 's/.* \([0-9]*\) builds, .*/\1/; s/^<.*/1/')
is 'all are in the picture' "$(echo "$bars" | awk '{ n += $1 } END { print n }')" 400
within 'neighbours as one bar' 30 "$(echo "$bars" | wc -l)" 200
is 'no link leads nowhere' "$(links www)" ''
job run now-1_1 "started $(date +%s)"
SPIFF_SLOTS=1 holding spool/lock spiff-status -w www
has 'what is built now has its own' www/schedule.html \
	'<title>now-1_1.x86_64, building, '

# a scheduler that is gone, which left a build
spool
job run half-1_1 'started 1000'
spiff-status -w www
has 'a scheduler that is gone' www/index.html \
	'When it ended, <a href="#run">1</a> had not been built to the end.'
has 'does not build it' www/index.html '<h2 id="run">Not built to the end '
is 'nor in the schedule' "$(sed -n '/id="table"/,/<.table>/p' www/schedule.html |
	sed -n 's/.*data-label="What">\([^<,]*\).*/\1/p')" 'to come'
holding spool/lock spiff-status -w www
has 'one that works does' www/index.html '<h2 id="run">Building '
has 'in the schedule too' www/schedule.html 'data-label="What">building'

# what is held, and what a main repository has newer, comes first
spool
rm -f stage.plist
repo old-1_1 same-1_1
mkdir main
mv repo/x86_64-repodata main
repo old-1_0 same-1_1 new-2_1
echo 'hold h* for its maintainer' >limits
job wait held-1_1
job fail bad-1_1 'class package' 'reason do_build: x.c:1:2: error: no such thing as this' \
	'logline 2'
printf 'one\nx.c:1:2: error: no such thing as this one\nthree\n' >spool/log/bad-1_1.x86_64.log
job fail path-1_1 'class package' 'logline 1' \
	'reason do_build: y.c:1:2: error: nothing like this is declared in any header'
printf '/build/of/it/y.c:1:2: error: nothing like this is declared in any header\n' \
	>spool/log/path-1_1.x86_64.log
job fail worse-1_1 'class package' 'reason no space' 'logline 1'
printf 'the line\n' >spool/log/worse-1_1.x86_64.log
exits 0 'what is held or behind' env SPIFF_LIMITS=limits SPIFF_REPOS="$work/main" \
	spiff-status -w www
is 'are the first lines' "$(sed -n '/class="verdict"/,/<.ul>/p' www/index.html |
	sed -n 's/<[^>]*>//g; /./p' | head -n 2)" '1 held by the limits.
1 behind a main repository.'
is 'with what is held, and why' "$(sed -n '/id="way"/,/<.table>/p' www/index.html |
	grep -o 'held: [a-z ]*' | sort -u)" 'held: for its maintainer'
is 'and what is behind' "$(sed -n '/id="behind"/,/<.table>/p' www/index.html |
	grep -o '[a-z]*-[0-9]_[0-9]<' | tr -d '<' | tr '\n' ' ')" 'old-1_0 old-1_1 '
is 'a reason that the log has is there once' "$(sed -n '/id="fail"/,/<.table>/p' \
	www/index.html | grep -o 'no such thing' | wc -l)" 1
is 'also where it leaves out a path' "$(sed -n '/id="fail"/,/<.table>/p' \
	www/index.html | grep -o 'nothing like' | wc -l)" 1
is 'another one beside the line of the log' "$(sed -n '/id="fail"/,/<.table>/p' \
	www/index.html | grep -o 'the line\|no space' | tr '\n' ' ')" 'the line no space '
is 'no link leads nowhere' "$(links www)" ''

cp -Rp www before
cp repo/x86_64-repodata index
echo garbage >repo/x86_64-repodata
exits 111 'an index that cannot be read' spiff-status -w www
has 'is named' err 'repo/x86_64-repodata'
check 'and the site stays as it was' diff -r before www
exits 111 'also the second time' spiff-status -w www
mv index repo/x86_64-repodata
exits 0 'until it can be read' spiff-status -w www
plan

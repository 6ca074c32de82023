#!/bin/sh
# The site of a spool of several architectures: the overview of all has a table of them,
# and each has an overview of its own.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/spool.sh"

# for_arch ARCH STATE PKGVER [LINE]...: puts a job of an architecture into a state
for_arch() {
	fa_arch=$1 fa_file=spool/$2/$3.$1 fa_pkgver=$3
	shift 3
	{
		printf 'pkgver %s\narch %s\nasked 1000\nmakes %s\n' "$fa_pkgver" \
			"$fa_arch" "${fa_pkgver%-*}"
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$fa_file"
}
# lacks NAME FILE TEXT: the text is not in the file
lacks() {
	is "$1" "$(grep -F -e "$3" "$2")" ''
}
# row PAGE ARCH: the cells of the architecture in the table
row() {
	sed -n '/<h2 id="archs"/,/<\/table>/p' "www/$1" | grep ">$2</a>" |
		sed 's/<\/td><td[^>]*>/|/g; s/<[^>]*>//g'
}

spool
repo one-1_1 two-1_1
for_arch x86_64 'done' one-1_1 'started 2000' 'ended 2100' 'tries 1'
for_arch x86_64 wait two-1_1 'needs bad-1_1.x86_64'
for_arch x86_64 fail bad-1_1 'started 2000' 'ended 2001' 'class package' 'reason oops' 'tries 1'
exits 0 'one architecture' spiff-status -w www
lacks 'there is no table of them' www/index.html 'Architectures'
is 'and no other overview' "$(ls www/arch-* 2>/dev/null)" ''

for_arch aarch64 run one-1_1 "started $(date +%s)" 'tries 1'
for_arch aarch64 ready two-1_1
for_arch aarch64-musl 'done' one-1_1 'started 2000' 'ended 2100' 'tries 1'
exits 0 'three' spiff-status -w www
has 'there is a table' www/index.html 'Architectures <span class="dim">3</span>'
is 'of what is built, to go, building, failed, blocked, in the repository' \
	"$(row index.html x86_64)" 'x86_64|1|||1|1|2|'
is 'for each' "$(row index.html aarch64 | cut -d'|' -f1-7)" 'aarch64||2|1|||'
is 'with libc' "$(row index.html aarch64-musl)" 'aarch64-musl|1||||||'
has 'that links to its overview' www/index.html 'href="arch-aarch64.html"'
has 'which has its jobs' www/arch-aarch64.html 'two-1_1.aarch64'
lacks 'and no others' www/arch-aarch64.html 'x86_64</'
lacks 'nor their failures' www/arch-aarch64.html 'failed</a>'
has 'those are on their own' www/arch-x86_64.html '1 failed</a>, 1 blocked by it'
lacks 'alone' www/arch-x86_64.html 'aarch64</'
has 'each leads to all' www/arch-aarch64.html '<a href="index.html">all architectures</a>'
has 'the overview of all has all' www/index.html 'two-1_1.aarch64'

rm spool/*/*.aarch64 spool/*/*.aarch64-musl
exits 0 'one is left' spiff-status -w www
is 'the other overviews are gone' "$(ls www/arch-* 2>/dev/null)" ''

plan

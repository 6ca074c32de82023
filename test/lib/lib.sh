# TAP for the tests: sourced first by every test/*.t. Each test runs in a
# fresh directory of its own, with the programs of this checkout on PATH.

set -u
LC_ALL=C
export LC_ALL

test=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$test")
. "$test/lib/plain.sh"
PATH=$top/bin:$top/build/test:$PATH
SPIFF_CONF=/dev/null
export PATH SPIFF_CONF

work=$(mktemp -d "${TMPDIR:-/tmp}/spiff-test.XXXXXX") || exit 1
SPIFF_CACHE=$work/cache
export SPIFF_CACHE
count=0

# cleanup: what a test adds runs before its directory goes
cleanup() { :; }
finish() {
	status=$?
	trap - EXIT
	cleanup
	# directories alone: a file may be a link to one of the checkout
	cd / && find "$work" -type d ! -perm -700 -exec chmod u+rwx {} \;
	rm -rf "$work"
	exit "$status"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1

# ok STATUS NAME: one test point
ok() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		printf 'ok %d - %s\n' "$count" "$2"
	else
		printf 'not ok %d - %s\n' "$count" "$2"
	fi
}

# check NAME COMMAND...: the command succeeds
check() {
	check_name=$1
	shift
	"$@"
	ok $? "$check_name"
}

# within NAME LEAST GOT MOST: the number is one of these, or between
within() {
	[ "$2" -le "$3" ] && [ "$3" -le "$4" ]
	within_status=$?
	ok $within_status "$1"
	[ $within_status -eq 0 ] || echo "# got $3, wanted $2 to $4"
}

# is NAME GOT WANTED: the two strings are equal
is() {
	[ "$2" = "$3" ]
	is_status=$?
	ok $is_status "$1"
	if [ $is_status -ne 0 ]; then
		printf '%s\n' "$2" | sed 's/^/# got    /'
		printf '%s\n' "$3" | sed 's/^/# wanted /'
	fi
}

# exits STATUS NAME COMMAND...: the command ends so; its output is in out, err
exits() {
	exits_want=$1 exits_name=$2
	shift 2
	"$@" >out 2>err
	exits_got=$?
	[ $exits_got -eq "$exits_want" ]
	exits_status=$?
	ok $exits_status "$exits_name"
	if [ $exits_status -ne 0 ]; then
		printf '# exit %d, wanted %d\n' "$exits_got" "$exits_want"
		sed 's/^/# out: /' out
		sed 's/^/# err: /' err
	fi
}

# has NAME FILE TEXT: the file has a line with this text in it
has() {
	grep -qF -e "$3" "$2"
	has_status=$?
	ok $has_status "$1"
	if [ $has_status -ne 0 ]; then
		printf '# no %s in:\n' "$3"
		sed 's/^/# /' "$2"
	fi
}

# skip NAME WHY: a point that cannot be tried here
skip() {
	count=$((count + 1))
	printf 'ok %d - %s # skip %s\n' "$count" "$1" "$2"
}

# await COMMAND...: waits until it succeeds; gives up when the last process that was
# begun in the background has been gone for a while, or when all is lost
await() {
	await_n=0
	until "$@"; do
		if [ -n "${!-}" ] && ! kill -0 "$!" 2>/dev/null; then
			await_n=$((await_n + 20))
		fi
		await_n=$((await_n + 1))
		if [ $await_n -gt 6000 ]; then
			printf '# gave up waiting for: %s\n' "$*"
			return 1
		fi
		sleep 0.05
	done
}

# spool: an empty one, in the current directory
spool() {
	rm -rf spool
	for d in new wait ready run built 'done' fail cancel tmp incoming log; do
		mkdir -p "spool/$d"
	done
}

# template TREE NAME VERSION_REVISION [LINE...]: writes one that xbps-src takes, with
# these lines after the fields that every template has
template() {
	t_dir=$1/srcpkgs/$2
	mkdir -p "$t_dir"
	{
		printf 'pkgname=%s\nversion=%s\nrevision=%s\n' "$2" \
			"${3%_*}" "${3#*_}"
		cat <<-'END'
		short_desc="A test"
		maintainer="spiff <spiff@example.org>"
		license="BSD-2-Clause"
		homepage="https://example.org"
		END
		shift 3
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$t_dir/template"
}

# metapackage TREE NAME VERSION_REVISION [LINE...]: a template that builds nothing
metapackage() {
	template "$@" metapackage=yes
}

# plan: the last line of a test
plan() {
	printf '1..%d\n' "$count"
}

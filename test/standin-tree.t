#!/bin/sh
# Holds the stand-in's xbps-src against the real one: its options, its targets and
# every message. TREE names a whole void-packages; make check-real runs this too.
. "$(dirname "$0")/lib/lib.sh"

if [ -z "${TREE-}" ]; then
	skip 'the stand-in and the real xbps-src' 'TREE names no void-packages'
	plan
	exit
fi
ours=$test/void-packages

# messages TREE: what the scripts can say of errors, where the value of
# any variable or command is an @
messages() {
	(cd "$1" && find xbps-src common -type f \( -name '*.sh' -o -name xbps-src \) \
		-exec cat {} +) | grep -o 'msg_\(error\|red\|warn\) "[^"]*"' |
		sed 's/^[^"]*"//; s/"$//; s/\${[^}]*}/@/g; s/\$([^)]*)/@/g
			s/\$[A-Za-z_0-9]*/@/g; s/[][*?]/?/g; s/@/*/g' | sort -u
}
messages "$ours" >ours
messages "$TREE" >real
check 'the stand-in has messages' [ "$(wc -l <ours)" -gt 20 ]
# a variable there may be a word here
comm -23 ours real | while read -r message; do
	found=
	while read -r other && [ -z "$found" ]; do
		# shellcheck disable=SC2254
		case $message in
		$other) found=1 ;;
		esac
		# shellcheck disable=SC2254
		case $other in
		$message) found=1 ;;
		esac
	done <real
	[ -n "$found" ] || echo "$message"
done >others
is 'each of them is one of the real xbps-src' "$(cat others)" ''

options() {
	sed -n 's/^XBPS_OPTSTRING="\(.*\)"/\1/p' "$1/xbps-src"
}
is 'the options are the same' "$(options "$ours")" "$(options "$TREE")"

# targets FILE: the names in its main switch, which is its outermost one
targets() {
	sed -n 's/^\(    \|\t\)\([a-z][a-z| -]*\))$/\2/p' "$1" |
		tr -d ' ' | tr '|' '\n' | sort -u
}
targets "$ours/xbps-src" >ours
targets "$TREE/xbps-src" >real
check 'the stand-in has targets' [ "$(wc -l <ours)" -gt 10 ]
is 'each of them is one of the real xbps-src' "$(comm -23 ours real)" ''

# What both do with wrong command lines. The real one refuses root, which is how
# tests are often run.
as=
if [ "$(id -u)" -eq 0 ]; then
	chown nobody .
	chmod 755 .
	as="setpriv --reuid nobody --regid $(id -g nobody) --clear-groups env HOME=$work"
fi
if ! command -v xbps-uhelper >/dev/null || ! $as test -r "$ours/xbps-src"; then
	skip 'wrong command lines' 'no XBPS, or the tree cannot be read by an ordinary user'
	plan
	exit
fi
# refused NAME ARGUMENT...: both end alike and say the same first
refused() {
	refused_name=$1
	shift
	for tree in "$ours" "$TREE"; do
		$as "$tree/xbps-src" -N -H "$PWD/host" -m "$PWD/master" "$@" >out 2>err
		echo "exit $?"
		grep -e '^getopt:' -e '^=> ERROR' err | sed "s,$tree,TREE,g; 2q"
	done >both
	n=$(($(wc -l <both) / 2))
	is "refused: $refused_name" "$(head -n "$n" both)" "$(tail -n +$((n + 1)) both)"
}
refused 'no target'
refused 'an unknown target' frobnicate
refused 'an unknown option' -Z frobnicate
refused 'an option without its argument' pkg -a
refused 'an operand of binary-bootstrap' binary-bootstrap x86_64
refused 'a package that is not there' pkg nosuch
refused 'no package' pkg
refused 'an unknown machine' -a pdp11 pkg nosuch
plan

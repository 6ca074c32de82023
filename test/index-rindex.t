#!/bin/sh
# 120 steps of a repository's life, as xbps-rindex recorded them: after each the
# same index, the same stage, the same files.
. "$(dirname "$0")/lib/lib.sh"

SPIFF_ARCH=x86_64
export SPIFF_ARCH

tar xzf "$test/data/rindex/pkgs.tar.gz"
mkdir repo want
gzip -dc "$test/data/rindex/steps.txt.gz" |
	awk 'BEGIN { RS = "" } { print > sprintf("want/%03d", NR) }'

# state: what the recording says after a step
state() {
	repodata repo/x86_64-repodata
	for f in repo/*.xbps; do
		[ -e "$f" ] && printf '%s\n' "${f#repo/}"
	done | sort >names
	printf 'files %d %.16s\n' "$(wc -l <names)" \
		"$(printf %s "$(cat names)" | sha256sum)"
}

# step COMMAND FILE...
step() {
	step_what=$1
	shift
	step_files=
	for f; do
		case $step_what in
		rm) rm -f "repo/$f" ;;
		*) cp "pkgs/$f" repo ;;
		esac
		step_files="$step_files repo/$f"
	done
	# shellcheck disable=SC2086
	case $step_what in
	add) spiff-index -a $step_files ;;
	force) spiff-index -a -f $step_files ;;
	clean) spiff-index -c repo ;;
	obsoletes) spiff-index -r repo ;;
	esac >out 2>err
	case $step_what in
	rm) ;;
	*) echo "exit $?" ;;
	esac
}

# replay FILE: does the steps of one stanza; what they leave is as it says
replay() {
	: >got
	while read -r line; do
		case $line in exit*) break ;; esac
		# shellcheck disable=SC2086
		step $line >>got
	done <"$1"
	state >>got
	grep -vE '^(add|force|rm|clean|obsoletes)' "$1" | diff - got >diff.out
}

for w in want/*; do
	replay "$w"
	r=$?
	ok $r "$(grep -E '^(add|force|rm|clean|obsoletes)' "$w" | tr '\n' ' ')"
	if [ $r -ne 0 ]; then
		sed 's/^/# /' diff.out err
		break
	fi
done
is 'all steps were done' "$count" 120
plan

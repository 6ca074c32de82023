#!/bin/sh
# 120 steps of a repository's life, as xbps-rindex recorded them: after each the
# same index, the same stage, the same files. By spiff-index's own rule for the stage
# too, as long as they agree: what either has is the same, and so is the index where
# xbps-rindex has nothing in the stage, but for libraries that came and went there.
. "$(dirname "$0")/lib/lib.sh"

SPIFF_ARCH=x86_64 SPIFF_STAGE=xbps
export SPIFF_ARCH SPIFF_STAGE

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

# newest: of index and stage together what builds see
newest() {
	grep -E '^(index|stage) ' "$1" | sort -k2,2 -k1,1r | awk '!seen[$2]++ {
		$1 = ""
		print
	}'
}

rm -r repo
mkdir repo
unset SPIFF_STAGE
wrong=
alike=0
for w in want/*; do
	replay "$w"
	newest "$w" >want.newest
	newest got >got.newest
	cmp -s want.newest got.newest || wrong="$wrong ${w#*/}"
	grep -q '^stage ' "$w" && continue
	if ! grep -q '^stage ' got; then
		alike=$((alike + 1))
	elif ! spiff-index -l repo | grep -q '^rebuild	'; then
		wrong="$wrong ${w#*/}"
	fi
done
is 'the same packages by the own rule' "$wrong" ''
check 'and the same index most of the time' [ $alike -gt 60 ]
plan

#!/bin/sh
# spiff-deps -d -e on a whole void-packages against that tree's own xbps-src,
# asked `show-build-deps` package by package: natively and for other machines.
# Without TREE there is nothing to compare.
#
#	TREE=DIR	the tree
#	ANSWERS=DIR	keeps xbps-src's answers, and has those of a tree with the
#			same contents; what is stopped goes on there (build/answers)
#	ARCHS='A B'	what to build for (this machine, armv7l, i686, aarch64-musl)
#	SAMPLE=N	compare N packages spread over the tree, not all
#	JOBS=N		xbps-srcs at a time (2)
#
# The answers for one machine take xbps-src about 20 minutes of CPU. It needs the
# XBPS tools, but no chroot and no network.
. "$(dirname "$0")/lib/lib.sh"

if [ -z "${TREE-}" ]; then
	echo '1..0 # SKIP no tree given, as in make check-tree TREE=void-packages'
	exit
fi
bail() {
	printf 'Bail out! %s\n' "$*"
	exit 1
}
# relative names are the caller's
tree=$(cd "$OLDPWD" && cd "$TREE" && pwd -P) || bail "$TREE: no such tree"
[ -x "$tree/xbps-src" ] || bail "$tree: no xbps-src"
for c in git xbps-uhelper; do
	command -v $c >/dev/null || bail "no $c, which xbps-src needs"
done
keep=${ANSWERS-$top/build/answers}
keep=$(cd "$OLDPWD" && mkdir -p "$keep" && cd "$keep" && pwd) ||
	bail "$keep: no such directory"
host=$(xbps-uhelper -C /dev/null arch) || bail 'xbps-uhelper: no architecture'
jobs=${JOBS-2}

# xbps-src refuses root
as=
if [ "$(id -u)" -eq 0 ]; then
	as='setpriv --reuid 65534 --regid 65534 --clear-groups'
	chmod 755 .
fi
note() {
	printf '# %s\n' "$*" >&2
}


# digest: of all that the tree says
digest() {
	cd "$tree" || exit
	find common etc srcpkgs xbps-src -type l -exec ls -ld {} + |
		sed 's/.* \([^ ]* -> \)/\1/' | sort
	find common etc srcpkgs xbps-src -type f | sort | tr '\n' '\0' |
		xargs -0 sha256sum
}
keep=$keep/$(digest | sha256sum | cut -c 1-16)
mkdir -p "$keep" || bail "$keep: no such directory"

# ask ARCH DIR: the answers to the names on standard input; DIR is for xbps-src.
# Exit status 0 is not all: what fails in a subshell of it only says so.
ask() {
	set -- "$1" "$2" ''
	[ "$1" = "$host" ] || set -- "$1" "$2" "-a $1"
	mkdir "$2"
	[ -z "$as" ] || chown 65534:65534 "$2"
	while read -r name; do
		# words
		# shellcheck disable=SC2086
		deps=$(cd "$2" && $as env -i PATH="$PATH" HOME="$2" TMPDIR="$2" \
			XBPS_MACHINE="$host" "$tree/xbps-src" -m "$2/m" -H "$2/h" $3 \
			show-build-deps "$name" 2>&3 3>&-) 3>"$2.err" </dev/null
		status=$?
		if [ $status -ne 0 ] || grep -q '=> ERROR' "$2.err"; then
			printf '%s! exit %d: %s\n' "$name" $status \
				"$({ grep '=> ERROR' "$2.err" ||
					tail -n 1 "$2.err"; } | head -n 1)"
		else
			printf '%s: %s\n' "$name" "$(echo "$deps" | tr '\n' ' ' |
				sed 's/ $//')"
		fi
	done
}

# taken COMMAND...: sets secs to how long it took; its exit status
taken() {
	taken_from=$(date +%s.%N)
	"$@"
	taken_status=$?
	secs=$(echo "$(date +%s.%N) $taken_from" | awk '{ print $1 - $2 }')
	return $taken_status
}

# spread N FILE: N of the lines, evenly
spread() {
	awk -v n="$1" -v all="$(wc -l <"$2")" \
		'int(NR * n / all) > int((NR - 1) * n / all)' "$2"
}

# lines FILE SET: the lines of FILE whose package is in SET
lines() {
	awk -F '[:!] ' 'NR == FNR { set[$0]; next } $1 in set' "$2" "$1" | sort
}

# compare ARCH
compare() {
	# what was stopped left its parts; a failure without a word of xbps-src's
	# is none of its answers
	cat "$keep/$1" "$keep/$1".* 2>/dev/null |
		grep -e '^[^ !]*: ' -e '=> ERROR' | sort -u >"kept.$1"
	sed 's/[:!] .*//' "kept.$1" | sort | comm -13 - names >lack
	if [ -s lack ]; then
		note "$1: asking xbps-src about $(wc -l <lack) packages"
		i=0
		while [ $i -lt "$jobs" ]; do
			awk -v i=$i -v n="$jobs" 'NR % n == i' lack |
				ask "$1" "$work/$1.$i" >"$keep/$1.$$.$i" &
			i=$((i + 1))
		done
		wait
		cat "$keep/$1".* >>"kept.$1"
		# lest a passing trouble of the system is taken for an answer
		sed -n 's/! .*//p' "kept.$1" | ask "$1" "$work/$1.again" >again
		grep -v '^[^ ]*! ' "kept.$1" | cat - again >whole
		mv whole "kept.$1"
	fi
	if [ -e "$keep/$1.$$.0" ] || [ ! -e "$keep/$1" ]; then
		sort -u "kept.$1" >"$keep/$1.new" && mv "$keep/$1.new" "$keep/$1" &&
			rm -f "$keep/$1".*
	fi
	lines "$keep/$1" names >answers

	rm -rf "$SPIFF_CACHE"
	taken spiff-deps -D "$tree" -A "$host" -a "$1" -d -e >out 2>err
	status=$?
	ours=$secs
	lines out names >got
	grep -v '^[^ ]*! ' answers >want
	cmp -s got want
	ok $? "$1: as xbps-src, $(wc -l <want) packages"
	diff got want | sed -n 's/^</# got    /p; s/^>/# wanted /p' | head -n 20
	sed -n 's/! .*//p' answers >bad
	is "$1: and named where xbps-src fails" "$(while read -r name; do
		grep -q -e "^spiff-deps: $name: " -e "/srcpkgs/$name/template: " err &&
			echo "$name"
	done <bad)" "$(cat bad)"
	if [ -s bad ] || cmp -s names all; then
		wanted=0
		[ ! -s bad ] || wanted=1
		is "$1: exit status" $status $wanted
	fi

	# again, for the time, and in case these are not the tree's answers
	spread 50 names >some
	taken ask "$1" "$work/$1.some" <some >again
	lines answers some >want
	is "$1: what xbps-src still says" "$(cat again)" "$(cat want)"
	echo "$secs $(wc -l <some) $ours $(wc -l <all)" | awk -v a="$1" '{
		printf "# %s: xbps-src %.1f ms a package, spiff-deps %.2f ms, " \
			"%.0f times less\n", a, 1000 * $1 / $2, 1000 * $3 / $4,
			$1 / $2 / $3 * $4
	}'
}

cd "$tree/srcpkgs" || bail "$tree: no srcpkgs"
for d in *; do
	[ -L "$d" ] || [ ! -f "$d/template" ] || echo "$d"
done | sort >"$work/all"
cd "$work" || exit
spread "${SAMPLE-$(wc -l <all)}" all >names
for arch in ${ARCHS-$host armv7l i686 aarch64-musl}; do
	compare "$arch"
done
plan

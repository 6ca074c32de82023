#!/bin/sh
# A random life of a repository, led by spiff-index and by xbps-rindex side by
# side: after each step the same index and stage, byte for byte, and the same
# files. SEED=number repeats one that failed.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"

if ! command -v xbps-rindex >/dev/null; then
	skip 'a random life' 'no xbps-rindex'
	plan
	exit
fi
# by default fewer packages wait in the stage
SPIFF_STAGE=xbps
export SPIFF_STAGE
SEED=${SEED:-$(date +%s)}
SPIFF_ARCH=x86_64
XBPS_TARGET_ARCH=x86_64
export SPIFF_ARCH XBPS_TARGET_ARCH

# 120 packages, and 100 steps with them
awk -v seed="$SEED" 'BEGIN {
	srand(seed)
	for (i = 0; i < 120; i++) {
		if (r(3) == 0) {
			name = "lib" r(4) (r(4) ? "" : "-devel")
			# two steps in soname for ten in version
			v = r(10)
			prov = name ".so." int(v / 5)
		} else {
			name = "app" r(6)
			v = r(10)
			prov = ""
		}
		arch = r(5) ? "x86_64" : r(2) ? "noarch" : "aarch64"
		rev = r(3) + 1
		file = name "-1." v "_" rev " " arch
		if (file in had)
			continue
		had[file] = 1
		files[n++] = name "-1." v "_" rev "." arch ".xbps"
		more = ""
		if (prov && name !~ /devel/)
			more = more " provides " prov
		if (name ~ /app/ && r(2))
			more = more " requires lib" r(4) ".so." r(2)
		if (r(8) == 0)
			more = more " reverts 1." (v + r(3)) "_" (r(3) + 1)
		print "pkg", file more
	}
	for (i = 0; i < 100; i++) {
		c = r(20)
		s = c < 13 ? "add" : c < 14 ? "force" : c < 16 ? "rm" : \
			c < 17 ? "spoil" : c < 18 ? "clean" : c < 19 ? "cleanC" : \
			"obsoletes"
		if (c < 17)
			for (k = r(4); k >= 0; k--)
				s = s " " files[r(n)]
		print s
	}
}
function r(n) { return int(rand() * n) }' >life

mkdir pkgs ours theirs
cd pkgs || exit
grep '^pkg' ../life | while read -r _ pkgver arch more; do
	lines=
	# shellcheck disable=SC2086
	set -- $more
	while [ $# -gt 0 ]; do
		case $1 in
		provides) lines=$lines$(strings shlib-provides "$2" libc.so.6) ;;
		requires) lines=$lines$(strings shlib-requires "$2" libc.so.6) ;;
		reverts) lines=$lines$(strings reverts "$2") ;;
		esac
		shift 2
	done
	pkg "$pkgver" "$arch" "$lines"
done
cd .. || exit

# index DIR OPTIONS: either tool in its directory
ours() {
	(cd ours && spiff-index "$@") >out 2>err
}
theirs() {
	# it fails to open what is not there before the first package
	(cd theirs && xbps-rindex "$@") >out.theirs 2>err.theirs
}

# both WHAT FILE...: one step in both directories
both() {
	step=$1
	shift
	for f; do
		case $step in
		rm) rm -f "ours/$f" "theirs/$f" ;;
		spoil)
			for d in ours theirs; do
				[ ! -e "$d/$f" ] || echo spoilt >>"$d/$f"
			done ;;
		*) cp "pkgs/$f" ours && cp "pkgs/$f" theirs ;;
		esac
	done
	case $step in
	add) ours -a "$@"; theirs -a "$@" ;;
	force) ours -a -f "$@"; theirs -f -a "$@" ;;
	rm | clean) ours -c .; theirs -c "$PWD/theirs" ;;
	spoil | cleanC) ours -c -C .; theirs -c -C "$PWD/theirs" ;;
	obsoletes) ours -r .; theirs -r "$PWD/theirs" ;;
	esac
}

# same: both have the same
same() {
	[ -e theirs/x86_64-repodata ] || [ ! -e ours/x86_64-repodata ] || return 1
	[ -e theirs/x86_64-repodata ] || return 0
	for l in -i -m -s; do
		repodata $l ours/x86_64-repodata >a &&
			repodata $l theirs/x86_64-repodata >b &&
			cmp a b || return 1
	done
	(cd ours && echo *.xbps) >a
	(cd theirs && echo *.xbps) >b
	cmp a b
}

grep -v '^pkg' life >steps
while read -r line; do
	# shellcheck disable=SC2086
	both $line
	same >cmp.out 2>&1
	r=$?
	ok $r "$line"
	if [ $r -ne 0 ]; then
		sed 's/^/# /' cmp.out err err.theirs
		diff a b | sed 's/^/# /'
		echo "# SEED=$SEED"
		break
	fi
done <steps
is 'all steps were done' "$count" 100
plan

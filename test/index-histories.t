#!/bin/sh
# Random histories of a repository with a sub-repository beside a main one: libraries
# change their sonames, users are rebuilt, packages go, the main repository moves on,
# spiff-index is killed. Whatever then cannot be installed, by xbps-install's own word,
# spiff-index -v has named, and nothing else; and what was added has broken nobody.
# ROUNDS: how many histories; SEED: of the first.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"

if ! command -v xbps-install >/dev/null; then
	skip 'random histories' 'no xbps-install'
	plan
	exit
fi
ROUNDS=${ROUNDS:-4}
SEED=${SEED:-$(date +%s)}
SPIFF_ARCH=x86_64 XBPS_TARGET_ARCH=x86_64
SPIFF_REPO=$work/repo SPIFF_REPOS=$work/main
export SPIFF_ARCH XBPS_TARGET_ARCH SPIFF_REPO SPIFF_REPOS

# steps SEED: a history, a line each: a package with its directory, version, what it
# has and needs, or another thing that happens
steps() {
	awk -v seed="$1" 'function r(n) { return int(rand() * n) }
	function home(name) { return name ~ /[13]$/ ? "repo/nonfree" : "repo" }
	function make(name, dir,   k, n) {
		version[name]++
		line = dir " " name "-" version[name] "_1"
		if (name ~ /^lib/) {
			if (r(2))
				soname[name]++
			line = line " have=" name ".so." (soname[name] + 0)
		}
		for (k = r(3); k > 0; k--) {
			n = "lib" r(4)
			if (n < name || name !~ /^lib/)
				line = line " need=" n ".so." \
					(r(8) ? soname[n] + 0 : r(4)) " dep=" n ">=" \
					(r(8) ? 0 : "99_1")
		}
		if (r(6) == 0)
			line = line " dep=app" r(4) ">=0"
		if (r(12) == 0)
			line = line " conflict=app" r(4)
		print line
	}
	BEGIN {
		srand(seed)
		for (i = 0; i < 4; i++) {
			make("lib" i, i < 2 ? "main" : home("lib" i))
			make("app" i, i % 2 ? "main" : home("app" i))
		}
		for (i = 0; i < 14; i++) {
			name = (r(2) ? "lib" : "app") r(4)
			k = r(24)
			if (k < 3)
				make(name, "main")
			else if (k < 19)
				make(name, home(name))
			else
				print (k == 19 ? "gone" : k == 20 ? "rm" : \
					k == 21 ? "old" : "kill"), name
		}
	}'
}

# properties WORD...: of a package
properties() {
	for kind in have:shlib-provides need:shlib-requires dep:run_depends \
		conflict:conflicts; do
		list=
		for word; do
			case $word in
			"${kind%%:*}="*) list="$list ${word#*=}" ;;
			esac
		done
		# shellcheck disable=SC2086
		[ -z "$list" ] || strings "${kind#*:}" $list
	done
}

# add DIR PKGVER WORD...: makes the package and adds it
add() {
	dir=$1 pkgver=$2
	shift 2
	pkg "$pkgver" x86_64 "$(properties "$@")"
	mkdir -p "$dir"
	mv "$pkgver.x86_64.xbps" "$dir"
	if [ "$dir" = main ]; then
		SPIFF_STAGE=xbps SPIFF_REPO=$work/main SPIFF_REPOS='' \
			spiff-index -a -f "main/$pkgver.x86_64.xbps"
	else
		index -a "$dir/$pkgver.x86_64.xbps" ||
			rm "$dir/$pkgver.x86_64.xbps"
	fi >said 2>&1
}

# index ARG...: spiff-index, killed if that is to happen to the next one; killed it may
# have been at its end, or not
index() {
	if [ -z "$kill" ]; then
		spiff-index "$@"
		return
	fi
	spiff-index "$@" &
	sleep "0.0$kill"
	kill -9 $! 2>/dev/null
	wait $!
	kill=
	return 0
}

# broken FILE: what -v names
broken() {
	spiff-index -v repo >"$1" 2>&1
	grep -v '^broken	' "$1" | sed 's/^/# /'
}

# Clients of a served repository do not see the stage.
served() {
	rm -rf web
	for d in repo repo/nonfree main; do
		[ -e "$d/x86_64-repodata" ] || continue
		mkdir -p "web/$d"
		repodata -i "$d/x86_64-repodata" >web/index.plist
		: >web/index-meta.plist
		: >web/stage.plist
		tar cf - -C web index.plist index-meta.plist stage.plist |
			gzip >"web/$d/x86_64-repodata"
	done
}

# indexes: the packages that the indexes have
indexes() {
	for d in repo repo/nonfree; do
		[ ! -e $d/x86_64-repodata ] || indexed $d/x86_64-repodata
	done | awk '$1 == "index" { print $2 }'
}

# installs NAME: what xbps-install says against it, a line each
installs() {
	rm -rf root
	xbps-install -n -C "$work/none" -r root -i \
		--repository=web/repo --repository=web/repo/nonfree \
		--repository=web/main "$1" 2>&1 |
		sed -n 's/^MISSING: //p
			s/^\([^ ]*\): broken, unresolvable shlib `\(.*\)'"'"'.*/\1 \2/p
			s/^CONFLICT: \([^ ]*\) with \([^ ]*\)-[^ ]* in .*/\1 conflicts with \2/p'
}

# agree: -v and xbps-install say the same of each package in the index
agree() {
	cut -f2,4 named | tr '\t' ' ' >words
	served
	indexes >all
	while read -r pkgver; do
		installs "${pkgver%-*}" >against
		while read -r line; do
			case $line in
			*' conflicts with '*)
				a=${line%% *} b=${line##* }
				grep -qE "(${a%-*}-[^ ]* conflicts with $b|$b-[^ ]* conflicts with ${a%-*})\$" \
					words ;;
			*' '*) grep -qxF -e "$line" words ||
				grep -qF -e "${line#* } of ${line% *}" words ;;
			*) grep -qE " $line( of |\$)" words ;;
			esac || echo "not named: $pkgver: $line"
		done <against
		grep -q "^$pkgver " words && ! [ -s against ] && echo "named: $pkgver"
	done <all
	return 0
}

wrong=
i=0
while [ $i -lt "$ROUNDS" ]; do
	seed=$((SEED + i))
	i=$((i + 1))
	rm -rf repo main vp
	mkdir -p repo main vp/srcpkgs none
	for p in lib0 lib1 lib2 lib3 app0 app1 app2 app3; do
		mkdir vp/srcpkgs/$p
		: >vp/srcpkgs/$p/template
	done
	kill=
	steps $seed >life
	broken named
	while read -r what rest; do
		cut -f2,4 named | sort >before
		indexes >was
		case $what in
		gone)
			rm -rf "vp/srcpkgs/$rest"
			index -r -D vp repo >said 2>&1
			index -r -D vp repo/nonfree >said 2>&1
			mkdir -p "vp/srcpkgs/$rest"
			: >"vp/srcpkgs/$rest/template"
			;;
		rm)
			rm -f repo/"$rest"-* repo/nonfree/"$rest"-*
			index -c repo >said 2>&1
			index -c repo/nonfree >said 2>&1
			;;
		old) index -r repo >said 2>&1 ;;
		kill) kill=$((${#rest} % 3 + 1)) ;;
		*)
			# shellcheck disable=SC2086
			add "$what" $rest
			;;
		esac </dev/null
		broken named
		case $what in
		repo*)
			# nobody is worse off who was in an index
			cut -f2,4 named | grep -v ' conflicts with ' | sort |
				comm -13 before - |
				awk -F '\t' 'NR == FNR { had[$1] = 1; next }
					$1 in had' was - >worse
			[ ! -s worse ] || {
				echo "# $seed: $what $rest"
				sed 's/^/#	/' worse
				wrong="$wrong $seed"
			}
			;;
		esac
	done <life
	agree >differs
	[ ! -s differs ] || {
		sed "s/^/# $seed: /" differs
		wrong="$wrong $seed"
	}
done
is "$ROUNDS histories from $SEED" "$wrong" ''
plan

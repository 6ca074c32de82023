# The repositories, and what of them is unpacked in the masterdir.

# Those for the machine $1, in the order in which they are asked.
repo_dirs() {
	local alt=$XBPS_ALT_REPOSITORY dir=$XBPS_DISTDIR/etc/xbps.d
	local conf=("$dir/repos-local.conf")

	[ "$1" != x86_64 ] || conf+=("$dir/repos-local-x86_64-multilib.conf")
	{
		[ -z "$alt" ] || sed "s,/host/binpkgs,&/$alt," "${conf[@]}"
		cat "${conf[@]}" "$dir"/custom/*.conf 2>/dev/null
	} | sed -n "s,^repository=,,p" | sed "s,^/host/,$XBPS_HOSTDIR/,"
}

# One line for each package in the repositories for the machine $1; the stage
# comes before the index, as in the chroots of xbps-src:
# pkgname|pkgver|file|its SHA-256|run_depends|provides
repo_list() {
	local dir dict

	repo_dirs "$1" | while read -r dir; do
		[ -f "$dir/$1-repodata" ] || continue
		echo "repository $dir"
		for dict in stage index; do
			tar -xOf "$dir/$1-repodata" "$dict.plist" 2>/dev/null
		done
	done | awk '
	function text(s) {
		gsub(/^\t*<[a-z]+>|<\/[a-z]+>$/, "", s)
		gsub(/&lt;/, "<", s); gsub(/&gt;/, ">", s); gsub(/&amp;/, "\\&", s)
		return s
	}
	sub(/^repository /, "") { dir = $0 }
	/^\t<key>/ { name = text($0); split("", p) }
	/^\t\t<key>/ { key = text($0) }
	/^\t\t<string>/ { p[key] = text($0) }
	/^\t\t\t<string>/ { p[key] = p[key] " " text($0) }
	/^\t<\/dict>/ && !(name in seen) {
		seen[name]
		printf "%s|%s|%s|%s|%s|%s\n", name, p["pkgver"], \
			dir "/" p["pkgver"] "." p["architecture"] ".xbps", \
			p["filename-sha256"], p["run_depends"], p["provides"]
	}'
}

# Fills the tables repo_*, whose keys are "machine pkgname", for this machine
# and, in a cross build, for the target.
read_repos() {
	local arch name ver file sha deps provides p

	declare -gA repo_pkgver=() repo_file=() repo_sha=() repo_deps=() repo_provider=()
	for arch in $(printf '%s\n' "$XBPS_MACHINE" "$XBPS_TARGET_MACHINE" | sort -u); do
		while IFS='|' read -r name ver file sha deps provides; do
			repo_pkgver[$arch $name]=$ver
			repo_file[$arch $name]=$file
			repo_sha[$arch $name]=$sha
			repo_deps[$arch $name]=$deps
			for p in $provides; do
				repo_provider[$arch ${p%-*}]=$name
			done
		done < <(repo_list "$arch")
	done
}

# The name in foo, foo-1.0_1, foo>=1.0 and virtual?foo.
dep_name() {
	local name=${1#*\?}

	if [[ $name = *[\<\>]* ]]; then
		name=${name%%[<>]*}
	elif [[ $name =~ ^(.+)-[^-]*[0-9][^-]*_[0-9]+$ ]]; then
		name=${BASH_REMATCH[1]}
	fi
	echo "$name"
}

# Unpacks packages for the machine $1, and all that they need to run, below $2.
install_pkg_from_repos() {
	local arch=$1 root=$2 name file db=$2/.autodeps
	shift 2

	mkdir -p "$db"
	while [ $# -gt 0 ]; do
		name=$(dep_name "$1")
		[ "${repo_file[$arch $name]}" ] || name=${repo_provider[$arch $name]}
		file=${repo_file[$arch $name]}
		if [ -z "$file" ]; then
			echo "MISSING: $1"
			return 1
		elif [ ! -e "$db/$name.plist" ]; then
			echo "${repo_sha[$arch $name]}  $file" | sha256sum -c --quiet &&
			tar -xf "$file" -C "$root" --no-same-owner \
				--exclude=./props.plist \
				--transform="s,^\./files\.plist$,./.autodeps/$name.plist," ||
			return 1
						set -- "$@" ${repo_deps[$arch $name]}
		fi
		shift
	done
}

# The lists of what is unpacked: in the masterdir, and in its sysroots for cross
# builds.
autodeps() {
	compgen -G "$XBPS_MASTERDIR/.autodeps/*.plist"
	compgen -G "$XBPS_MASTERDIR/usr/*/.autodeps/*.plist"
}

remove_pkg_autodeps() {
	local f

	msg_normal "${pkgver:-xbps-src}: removing autodeps, please wait...\n"
	for f in $(autodeps); do
		awk '/<key>file</ { getline; gsub(/^\t*<string>|<\/string>$/, ""); print "." $0 }' "$f" |
			sort -r |
			(cd "${f%/.autodeps/*}" && xargs -r -d '\n' rm -df -- 2>/dev/null)
		rm -f "$f"
	done
}

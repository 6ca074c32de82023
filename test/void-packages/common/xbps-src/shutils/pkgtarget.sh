# What is asked of a package before, and removed after, its build.

# archs is a list of patterns, ~ excludes; noarch is for every machine.
check_pkg_arch() {
	local f match negated

	[ "${archs// /}" != noarch ] || return 0
	[ "$archs" ] || return 0
	set -f
	for f in $archs; do
		negated=
		[[ $f != \~* ]] || negated=1
		[[ $XBPS_TARGET_MACHINE != ${f#\~} ]] || { match=1; break; }
	done
	set +f
	[ "$match" != "$negated" ] ||
		report_broken "$sourcepkg-${version}_$revision: this package cannot be built for $XBPS_TARGET_MACHINE.\n"
}

# With -E there is nothing to do for what a repository has.
skip_if_exists() {
	local key="$XBPS_TARGET_MACHINE ${pkgver%-*}"

	[ "$XBPS_BINPKG_EXISTS" ] || return 0
	read_repos
	[ "${repo_pkgver[$key]}" = "$pkgver" ] || return 0
	[ "$XBPS_DEPENDENCY" ] ||
		msg_normal "xbps-src: $pkgver: found ($XBPS_TARGET_MACHINE) (${repo_file[$key]%/*})\n"
	exit 0
}

remove_pkg_wrksrc() {
	[ -d "$wrksrc" ] || return 0
	msg_normal "$pkgver: cleaning build directory...\n"
	rm -rf "$wrksrc"
}

remove_pkg() {
	local f

	for f in $sourcepkg $subpackages; do
		[ -d "${DESTDIR%/*}/$f-$version" ] || continue
		msg_normal "$f: removing files from destdir...\n"
		rm -rf "${DESTDIR%/*}/$f-$version"
	done
}

# A package has files, unless it is a metapackage. Its shared libraries should be
# in common/shlibs; without, only packages that use them fail.

hook() {
	local files soname

	while read -r soname; do
		grep -q "^${soname}[[:blank:]]" "$XBPS_COMMONDIR/shlibs" ||
			msg_normal "$pkgver: $soname not found in common/shlibs.\n"
	done <"$XBPS_STATEDIR/$pkgname-shlib-provides"

	files=$(find "$PKGDESTDIR" ! -type d -print -quit)
	if [ "$metapackage" = yes ] && [ "$files" ]; then
		msg_red "$pkgver: PKGDESTDIR of meta package is not empty\n"
	elif [ "$metapackage" != yes ] && [ -z "$files" ]; then
		msg_red "$pkgver: PKGDESTDIR is empty and metapackage != yes\n"
	else
		return 0
	fi
	msg_error "$pkgver: cannot continue with installation!\n"
}

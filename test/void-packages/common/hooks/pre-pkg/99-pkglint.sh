# A package has files, unless it is a metapackage.

hook() {
	local files

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

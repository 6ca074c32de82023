# Helpers for do_install and pkg_install.

# vinstall FILE MODE DIRECTORY [NAME]
vinstall() {
	if [ $# -lt 3 ]; then
		msg_red "$pkgver: vinstall: 3 arguments expected: <file> <mode> <target-directory>\n"
		return 1
	elif [ ! -r "$1" ]; then
		msg_red "$pkgver: vinstall: cannot find '$1'...\n"
		return 1
	fi
	install -Dm"$2" "$1" "$PKGDESTDIR/$3/${4:-${1##*/}}"
}

vbin() {
	vinstall "$1" 755 usr/bin "$2"
}

vman() {
	vinstall "$1" 644 "usr/share/man/man${1##*.}" "$2"
}

vdoc() {
	vinstall "$1" 644 "usr/share/doc/$pkgname" "$2"
}

vconf() {
	vinstall "$1" 644 etc "$2"
}

vlicense() {
	vinstall "$1" 644 "usr/share/licenses/$pkgname" "$2"
}

vmkdir() {
	install -dm"${2:-755}" "$PKGDESTDIR/$1"
}

# vcopy PATTERN DIRECTORY
vcopy() {
	cp -a $1 "$PKGDESTDIR/$2"
}

# vmove PATTERN: from the template's destdir to the subpackage's
vmove() {
	local dir=$PKGDESTDIR

	if [ "$DESTDIR" = "$PKGDESTDIR" ]; then
		msg_red "$pkgver: vmove is intended to be used in pkg_install\n"
		return 1
	fi
	[[ $1 != */* ]] || dir+=/${1%/*}
	mkdir -p "$dir"
	mv "$DESTDIR"/$1 "$dir"
}

# Makes the package from the destdir, as xbps-create does: a tar compressed with
# zstd, first props.plist and files.plist, then all files, but no directories.

plist_awk='
function xml(s) {
	gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/>/, "\\&gt;", s)
	return s
}
function element(indent, key, type, value) {
	if (value != "")
		print indent "<key>" key "</key>\n" indent "<" type ">" xml(value) "</" type ">"
}
BEGIN {
	FS = "\t"
	print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
	print "<!DOCTYPE plist PUBLIC \"-//Apple Computer//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">"
	print "<plist version=\"1.0\">"
}'

words() {
	printf '%s' "$*"
}

# Lines key TAB type TAB value; an array's value is its words.
pkg_props() {
	local size

	size=$(find "$PKGDESTDIR" -type f -printf '%s\n' | awk '{ n += $1 } END { print n + 0 }')
	printf '%s\t%s\t%s\n' \
		architecture string "$1" \
		build-options string "$PKG_BUILD_OPTIONS" \
		conf_files array "$(words $conf_files)" \
		conflicts array "$(words $conflicts)" \
		homepage string "$homepage" \
		installed_size integer "$size" \
		license string "$license" \
		maintainer string "$maintainer" \
		pkgname string "$pkgname" \
		pkgver string "$pkgver" \
		provides array "$(<"$XBPS_STATEDIR/$pkgname-provides")" \
		replaces array "$(words $replaces)" \
		reverts array "$(words $reverts)" \
		run_depends array "$(<"$XBPS_STATEDIR/$pkgname-rdeps")" \
		shlib-provides array "$(tr '\n' ' ' <"$XBPS_STATEDIR/$pkgname-shlib-provides")" \
		shlib-requires array "$(<"$XBPS_STATEDIR/$pkgname-shlib-requires")" \
		short_desc string "$short_desc" \
		sourcepkg string "$sourcepkg" \
		version string "${version}_$revision"
}

props_plist() {
	awk "$plist_awk"'
	BEGIN { print "<dict>" }
	$2 != "array" { element("\t", $1, $2, $3); next }
	(n = split($3, word, " ")) {
		print "\t<key>" $1 "</key>\n\t<array>"
		for (i = 1; i <= n; i++)
			print "\t\t<string>" xml(word[i]) "</string>"
		print "\t</array>"
	}
	END { print "</dict>\n</plist>" }'
}

# Lines kind TAB path TAB its hash, or the target as seen from the root, TAB size.
list_files() {
	local type path size target

	find . -mindepth 1 -printf '%y\t%P\t%s\t%l\n' | sort -k 2 | while
	IFS=$'\t' read -r type path size target; do
		case $type in
		d) printf 'dirs\t/%s\n' "$path" ;;
		f)
			target=$(sha256sum <"$path")
			type=files
			[[ " $(words $conf_files) " != *" /$path "* ]] || type=conf_files
			printf '%s\t/%s\t%s\t%s\n' "$type" "$path" "${target%% *}" "$size"
			;;
		l)
			[[ $target = /* ]] || target=$(realpath -ms "/$path/../$target")
			printf 'links\t/%s\t%s\n' "$path" "$target"
			;;
		esac
	done | sort -s -k 1,1
}

files_plist() {
	awk "$plist_awk"'
	$1 != kind {
		print (kind ? "\t</array>" : "<dict>")
		kind = $1
		print "\t<key>" kind "</key>\n\t<array>"
	}
	{
		print "\t\t<dict>"
		element("\t\t\t", "file", "string", $2)
		element("\t\t\t", kind == "links" ? "target" : "sha256", "string", $3)
		element("\t\t\t", "size", "integer", $4 == 0 ? "" : $4)
		print "\t\t</dict>"
	}
	END { print (kind ? "\t</array>\n</dict>" : "<dict/>") "\n</plist>" }'
}

# genpkg DIR ARCH: the package of $PKGDESTDIR
genpkg() {
	local dir=$1 arch=$2 meta=$XBPS_STATEDIR/$pkgname-meta binpkg tmp

	binpkg=$pkgver.$arch.xbps
	mkdir -p "$dir" "$meta"
	# One that was killed leaves its lock, and the next waits for ever.
	while [ -f "$dir/$binpkg.lock" ]; do
		msg_warn "$pkgver: binpkg is being created, waiting for 1s...\n"
		sleep 1
	done
	touch "$dir/$binpkg.lock"
	msg_normal "Creating $binpkg for repository $dir ...\n"
	cd "$PKGDESTDIR" || return
	set -o pipefail
	pkg_props "$arch" | props_plist >"$meta/props.plist"
	list_files | files_plist >"$meta/files.plist"
	find . -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
	touch -d @0 "$meta"/*.plist
	tmp=$(mktemp "$dir/.xbps-pkg-XXXXXXXXX")
	find . ! -type d | sort -r |
		tar -cf - --format=ustar --owner=root:0 --group=root:0 \
			-C "$meta" ./props.plist ./files.plist \
			-C "$PKGDESTDIR" --verbatim-files-from -T - |
		zstd -q -9 -c >"$tmp" || {
		rm -f "$tmp" "$dir/$binpkg" "$dir/$binpkg.lock"
		msg_error "Failed to created binary package: $binpkg!\n"
	}
	chmod 644 "$tmp"
	mv "$tmp" "$dir/$binpkg"
	rm "$dir/$binpkg.lock"
	printf '%s\t%s\n' "$dir" "$binpkg" >>"$XBPS_STATEDIR/register"
}

# A build for i686 makes packages for x86_64, too: with the libraries alone, or,
# with lib32mode=full, with all files.
gen32pkg() {
	local from=$PKGDESTDIR name=$pkgname f
	local pkgname=$pkgname-32bit pkgver=$pkgname-32bit-${version}_$revision
	local PKGDESTDIR=$XBPS_DESTDIR/$pkgname-32bit-$version

	[ "$lib32mode" = full ] || [ -d "$from/usr/lib" ] || [[ $name = *-devel ]] ||
		return 0
	rm -rf "$PKGDESTDIR"
	mkdir -p "$PKGDESTDIR"
	cp -a "$from/." "$PKGDESTDIR"
	[ ! -d "$PKGDESTDIR/usr/lib" ] ||
		mv "$PKGDESTDIR/usr/lib" "$PKGDESTDIR/usr/lib32"
	[ "$lib32mode" = full ] ||
		find "$PKGDESTDIR" ! -type d ! -path '*/usr/lib32/*' -delete
	for f in provides rdeps shlib-provides shlib-requires; do
		: >"$XBPS_STATEDIR/$pkgname-$f"
	done
	genpkg "$XBPS_REPOSITORY/multilib${repository:+/$repository}" x86_64
}

hook() {
	local arch=$XBPS_TARGET_MACHINE

	[ "${archs// /}" != noarch ] || arch=noarch
	genpkg "$XBPS_REPOSITORY${repository:+/$repository}" "$arch"
	[ "$XBPS_TARGET_MACHINE" != i686 ] || [ "$lib32disabled" ] || gen32pkg
}

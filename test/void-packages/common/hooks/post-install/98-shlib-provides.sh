# Writes down the sonames that the package provides, for itself and for the
# other packages of the template.

hook() {
	local f soname

	find "$PKGDESTDIR" -type f -name '*.so*' | while read -r f; do
		soname=$(readelf -d "$f" 2>/dev/null | sed -n 's/.*(SONAME).*\[\(.*\)\]$/\1/p')
		if [ "$soname" ]; then
			echo "   SONAME $soname from ${f#"$PKGDESTDIR"}" >&2
			echo "$soname"
		fi
	done | sort -u >"$XBPS_STATEDIR/$pkgname-shlib-provides"
}

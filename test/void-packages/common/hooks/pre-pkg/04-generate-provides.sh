# The package provides what its template says, and its commands.

hook() {
	local f list=$provides

	for f in "$PKGDESTDIR"/usr/bin/*; do
		if [ -e "$f" ]; then
			list+=" cmd:${f##*/}-${version}_$revision"
		fi
	done
	echo $list >"$XBPS_STATEDIR/$pkgname-provides"
	if [ "$list" ]; then
		echo "   ${list# }"
	fi
}

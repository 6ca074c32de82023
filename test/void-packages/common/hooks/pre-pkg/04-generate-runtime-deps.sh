# Adds to `depends' the packages whose shared libraries this one needs: another
# package of this template, or what common/shlibs names. An unknown one is an
# error. The C library is no package here but the machine's own.

add_rundep() {
	local i name

	name=$(dep_name "$1")
	for i in "${!rdeps[@]}"; do
		if [ "$(dep_name "${rdeps[i]}")" = "$name" ]; then
			[[ ${rdeps[i]} = *[\<\>]* ]] || rdeps[i]=$1
			return 0
		fi
	done
	rdeps+=("$1")
}

needed_sonames() {
	find "$PKGDESTDIR" -type f -exec readelf -d {} + 2>/dev/null |
		sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' | sort -u
}

# The package, pkgname>=version, that has the soname $1.
soname_pkg() {
	local f

	for f in $subpackages $sourcepkg; do
		if grep -qsFx "$1" "$XBPS_STATEDIR/$f-shlib-provides"; then
			echo "$f>=${version}_$revision"
			return
		fi
	done
	awk -v "soname=$1" -v "arch=$XBPS_TARGET_MACHINE" '
		$1 == soname && ($3 == "" || $3 == "ignore" || $3 == arch) {
			sub(/-[^-]*$/, ">=" substr($2, match($2, /[^-]*$/)), $2)
			print $2
			exit
		}' "$XBPS_COMMONDIR/shlibs"
}

hook() {
	local i dep requires unknown rdeps=()

	for i in $depends; do
		i=${i#virtual\?}
		[[ $i = *[\<\>]* || $(dep_name "$i") != "$i" ]] || i+=">=0"
		rdeps+=("$i")
	done
	for i in $(needed_sonames); do
		case $i in
		libc.so* | libc.musl-* | libm.so* | ld-*) continue ;;
		esac
		dep=$(soname_pkg "$i")
		if grep -qsFx "$i" "$XBPS_STATEDIR/$pkgname-shlib-provides"; then
			echo "   SONAME: $i <-> $pkgname (ignored)"
		elif [ "$dep" ]; then
			echo "   SONAME: $i <-> $dep"
			add_rundep "$dep"
			requires+=" $i"
		else
			echo "   SONAME: $i <-> UNKNOWN PKG PLEASE FIX!"
			unknown=1
		fi
	done
	[ -z "$unknown" ] || msg_error "$pkgver: cannot guess required shlibs, aborting!\n"
	echo "${rdeps[*]}" >"$XBPS_STATEDIR/$pkgname-rdeps"
	echo $requires >"$XBPS_STATEDIR/$pkgname-shlib-requires"
	if [ ${#rdeps[@]} -gt 0 ]; then
		echo "   ${rdeps[*]}"
	fi
}

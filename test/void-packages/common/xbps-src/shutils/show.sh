# The show targets.

show() {
	local name word

	for name in distfiles checksum; do
		for word in ${!name}; do
			printf '%s:\t%s\n' "$name" "$word"
		done
	done
	for name in pkgname version revision archs maintainer homepage license \
	    build_style short_desc subpackages conf_files provides; do
		[ -z "${!name}" ] || printf '%s:\t%s\n' "$name" "${!name//$'\n'/ }"
	done
}

# The source package of the dependency $1, unless it is the package itself or
# made by it; the host of a cross build has another package of that name.
show_eval_dep() {
	local dep=${1%-32bit} src

	if [ "$dep" = "$sourcepkg" ] && [[ -z $CROSS_BUILD || $2 != host ]]; then
		return
	fi
	[ -f "$XBPS_SRCPKGDIR/$dep/template" ] || msg_error "$pkgver: dependency '$dep' does not exist!\n"
	is_subpkg "$dep" && return
	src=$(readlink -f "$XBPS_SRCPKGDIR/$dep")
	echo "${src##*/}"
}

show-build-deps() {
	local dep list

	skip_check_step || makedepends+=" $checkdepends"
	list=$(
		for dep in $makedepends $(setup_pkg_depends); do show_eval_dep "$dep"; done
		for dep in $hostmakedepends; do show_eval_dep "$dep" host; done
	) || exit 1
	[ -z "$list" ] || sort -u <<<"$list"
}

show-options() {
	local opt desc

	[ "$PKG_BUILD_OPTIONS" ] || return 0
	source_file "$XBPS_COMMONDIR/options.description"
	msg_normal "$pkgver: the following build options are set:\n"
	for opt in $PKG_BUILD_OPTIONS; do
		desc=desc_option_${opt#\~}
		desc=${!desc-Enable support for ${opt#\~}}
		case $opt in
		\~*) echo "   ${opt#\~}: $desc (OFF)" ;;
		*) echo "   $opt: $desc (ON)" ;;
		esac
	done
}

# Finding, building and installing what a package needs.

# The run-time dependencies of the package and all its subpackages, by name.
setup_pkg_depends() {
	local pkg dep name all=$depends

	for pkg in $subpackages; do
		"${pkg}_package"
		all+=" $depends"
	done
	for dep in $all; do
		name=$(dep_name "$dep")
		if [[ $dep = virtual\?* ]]; then
			dep=$name
			name=$(virtual_pkg "$dep")
			[ "$name" ] || msg_error "$pkgver: failed to resolve virtual dependency for 'virtual?$dep' (missing from etc/virtual)\n"
		fi
		echo "$name"
	done
}

virtual_pkg() {
	local f=$XBPS_DISTDIR/etc/virtual

	[ -s "$f" ] || f=$XBPS_DISTDIR/etc/defaults.virtual
	awk -v "v=$1" '$1 == v { print $2; exit }' "$f"
}

skip_check_step() {
	[ -z "$XBPS_CHECK_PKGS" ] || [ "$CROSS_BUILD" ] || [ "$make_check" = no ] ||
		{ [ "$make_check" = extended ] && [ "$XBPS_CHECK_PKGS" != full ]; }
}

# What the template of $1 says, without evaluating it, as xbps-checkvers does.
template_pkgver() {
	awk -v "name=$1" -F '["=]+' '
		/^(version|revision)=/ { v[$1] = $2 }
		END { print name "-" v["version"] "_" v["revision"] }
	' "$XBPS_SRCPKGDIR/$1/template"
}

# Says of each of the dependencies $4... of the kind $1 whether a repository
# for the machine $3 has it at exactly the version of its template, and adds it
# to `found' or `missing'. $2 is what it is called when it does not exist.
find_deps() {
	local kind=$1 what=$2 arch=$3 dep want have
	shift 3

	for dep; do
		have=${repo_pkgver[$arch $dep]}
		if [ ! -f "$XBPS_SRCPKGDIR/$dep/template" ]; then
			[ "$have" ] || msg_error "$pkgver: $what dependency '$dep' does not exist!\n"
			want=$have
		else
			want=$(template_pkgver "$dep")
		fi
		if [ "$have" = "$want" ]; then
			echo "   [$kind] $want: found (${repo_file[$arch $dep]%/*})"
			found+=("$want")
		elif is_subpkg "$dep" && [[ $kind != host || -z $CROSS_BUILD ]]; then
			[ "$kind" != target ] || msg_error "[target] $want: target dependency '$dep' is a subpackage of $pkgname\n"
			echo "   [$kind] $want: not found (subpkg, ignored)"
		elif [ "$kind" = runtime ] && [ "$dep" = "$pkgname" ]; then
			echo "   [$kind] $want: not found (self, ignored)"
		else
			echo "   [$kind] $want: not found"
			missing+=("$want")
		fi
	done
}

# Builds the package $1 for the machine $2, or this one, in a process of its own.
build_dep() {
	local src

	src=$(readlink -f "$XBPS_SRCPKGDIR/$(dep_name "$1")")
	(
		unset "${!XBPS_ARG_@}" XBPS_CROSS_BUILD
		[ "$XBPS_CHECK_PKGS" = full ] || unset XBPS_CHECK_PKGS
		export XBPS_DEPENDENCY=$sourcepkg XBPS_BINPKG_EXISTS=1
		export XBPS_DEPENDS_CHAIN="$XBPS_DEPENDS_CHAIN, $sourcepkg(${2:-host})"
		exec "$XBPS_DISTDIR/xbps-src" "${XBPS_OPTIONS[@]}" \
			-m "$XBPS_MASTERDIR" ${2:+-a "$2"} pkg "${src##*/}"
	) || exit $?
}

check_cycle() {
	local last=${XBPS_DEPENDS_CHAIN##*,}

	case $XBPS_DEPENDS_CHAIN in
	*,"$last",*) msg_error "Build-time cyclic dependency$last,${XBPS_DEPENDS_CHAIN##*,"$last",} detected.\n" ;;
	esac
}

# Even with -1 the cross compiler is built if no repository has one. A file in
# the masterdir says that the sysroot is ready.
prepare_cross_sysroot() {
	local tool=cross-$XBPS_CROSS_TRIPLET dummy=cross-vpkg-dummy
	local ready=$XBPS_MASTERDIR/.xbps-$CROSS_BUILD-done

	[ "$CROSS_BUILD" ] && [ "$pkgname" != "$dummy" ] || return 0
	[ "${repo_pkgver[$XBPS_MACHINE $tool]}" ] || build_dep "$tool"
	if [ ! -f "$ready" ]; then
		[ "${repo_pkgver[$XBPS_TARGET_MACHINE $dummy]}" ] || build_dep "$dummy" "$CROSS_BUILD"
		read_repos
		msg_normal "Installing $CROSS_BUILD cross pkg: $dummy ...\n"
		install_deps target "$XBPS_TARGET_MACHINE" "$XBPS_CROSS_BASE" "$dummy"
		touch "$ready"
	fi
	read_repos
	msg_normal "xbps-src: installing cross compiler: $tool ...\n"
	install_deps host "$XBPS_MACHINE" "$XBPS_MASTERDIR" "$tool"
}

install_deps() {
	local kind=$1 log
	shift

	log=$(install_pkg_from_repos "$@" 2>&1) && return
	msg_red "$pkgver: failed to install $kind dependencies! (error $?)\n"
	echo "$log"
	msg_error "Please see above for the real error, exiting...\n"
}

install_pkg_deps() {
	local cross=$CROSS_BUILD i found=() missing=()
	local host_found host_missing target_found target_missing runtime

	find_deps host host "$XBPS_MACHINE" $hostmakedepends
	skip_check_step || find_deps check check "$XBPS_MACHINE" $checkdepends
	host_found=("${found[@]}") host_missing=("${missing[@]}") found=() missing=()
	find_deps target target "$XBPS_TARGET_MACHINE" $makedepends
	target_found=("${found[@]}") target_missing=("${missing[@]}") found=() missing=()
	runtime=$(setup_pkg_depends) || exit 1
	find_deps runtime target "$XBPS_TARGET_MACHINE" $runtime

	for i in "${host_missing[@]}" "${missing[@]}" "${target_missing[@]}"; do
		[ -z "$XBPS_BUILD_ONLY_ONE_PKG" ] ||
			msg_error "dep $i not found: -1 passed: instructed not to build\n"
	done
	for i in "${host_missing[@]}"; do build_dep "$i"; done
	for i in "${target_missing[@]}" "${missing[@]}"; do build_dep "$i" "$cross"; done
	read_repos

	host_found+=("${host_missing[@]}") target_found+=("${target_missing[@]}")
	if [ ${#host_found[@]} -gt 0 ]; then
		msg_normal "$pkgver: installing host dependencies: ${host_found[*]} ...\n"
		install_deps host "$XBPS_MACHINE" "$XBPS_MASTERDIR" "${host_found[@]}"
	fi
	if [ ${#target_found[@]} -gt 0 ]; then
		msg_normal "$pkgver: installing target dependencies: ${target_found[*]} ...\n"
		install_deps target "$XBPS_TARGET_MACHINE" "${XBPS_CROSS_BASE:-$XBPS_MASTERDIR}" "${target_found[@]}"
	fi
}

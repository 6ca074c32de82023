# The build of a package: its steps, its packages, their registration.

# Runs "$@" in a shell of its own, as each step of xbps-src is a process of its
# own. Nothing may follow with || here: that turns the ERR trap off inside.
in_shell() {
	local rc

	("$@")
	rc=$?
	[ $rc -eq 0 ] || exit 1
}

# A step that has run in this builddir does not run again, except with -f.
step() {
	local state=$XBPS_STATEDIR/${sourcepkg}_${CROSS_BUILD}_$1_done

	[ ! -f "$state" ] || [ "$XBPS_BUILD_FORCEMODE" ] || return 0
	in_shell run_source "step_$1"
	touch "$state"
}

# A step is the source package's, whichever package was asked for.
run_source() {
	enter_pkg "$sourcepkg"
	"$1"
}

step_fetch() {
	cd "$XBPS_BUILDDIR" || exit 1
	mkdir -p "$XBPS_HOSTDIR/sources/$sourcepkg-$version"
	! declare -f do_fetch >/dev/null || run_func do_fetch
}

# There are no distfiles: sources are in files/, and post_extract copies them.
step_extract() {
	mkdir -p "$wrksrc"
	run_step extract
}

step_configure() {
	run_step configure
}

# Programs and libraries out of the masterdir go before the machine's.
enter_sysroot() {
	source_dir environment/build
	export PATH=$XBPS_MASTERDIR/usr/bin:$PATH LD_LIBRARY_PATH=$XBPS_MASTERDIR/usr/lib
}

step_build() {
	enter_sysroot
	run_step build
}

step_check() {
	if [ "$CROSS_BUILD" ]; then
		msg_normal "$pkgver: skipping check (cross build for $CROSS_BUILD) ...\n"
	elif [ -z "$XBPS_CHECK_PKGS" ]; then
		msg_normal "$pkgver: skipping check (XBPS_CHECK_PKGS is disabled) ...\n"
	elif skip_check_step; then
		msg_normal "$pkgver: skipping check (make_check=$make_check) ...\n"
	else
		enter_sysroot
		run_step check
	fi
}

step_install() {
	enter_sysroot
	mkdir -p "$DESTDIR"
	run_step install
}

# Turns the shell to the package $1 of this template.
enter_pkg() {
	pkgver=$1-${version}_$revision
	PKGDESTDIR=${DESTDIR%/*}/$1-$version
	if [ "$1" != "$sourcepkg" ]; then
		source_dir environment/setup-subpkg
		"$1_package"
	fi
	pkgname=$1
}

install_subpkg() {
	enter_pkg "$1"
	mkdir -p "$PKGDESTDIR"
	if [ "$1" != "$sourcepkg" ] && declare -f pkg_install >/dev/null; then
		run_func pkg_install
	fi
	run_pkg_hooks post-install
}

run_hooks() {
	enter_pkg "$2"
	run_pkg_hooks "$1"
}

# All packages of one repository at once; its exit status does not count.
register_pkgs() {
	local dir machine

	sort -u "$XBPS_STATEDIR/register" | cut -f 1 | uniq | while read -r dir; do
		msg_normal "Registering new packages to $dir\n"
		machine=$XBPS_TARGET_MACHINE
		[[ $dir != */multilib* ]] || machine=x86_64
		awk -F '\t' -v "dir=$dir" '$1 == dir { print $1 "/" $2 }' "$XBPS_STATEDIR/register" |
			XBPS_TARGET_ARCH=$machine SPIFF_ARCH=$machine \
			xargs "$XBPS_RINDEX_CMD" -f -a
	done
}

build_pkg() {
	local s pkg

	if [ -z "$XBPS_DEPENDENCY" ]; then
		msg_normal "xbps-src: updating software in $XBPS_MASTERDIR masterdir...\n"
		msg_normal "xbps-src: cleaning up $XBPS_MASTERDIR masterdir...\n"
		[ "$XBPS_KEEP_ALL" ] || remove_pkg_autodeps
	fi
	check_cycle
	show-options
	check_pkg_arch
	s=$build_style\ $build_helper
	read -ra s <<<"$s"
	read_repos
	prepare_cross_sysroot
	msg_normal "$pkgver: building${s:+ with$(printf ' [%s]' "${s[@]}")}${XBPS_DEPENDENCY:+ (dependency of $XBPS_DEPENDENCY)} for $XBPS_TARGET_MACHINE...\n"
	[ "$XBPS_SKIP_DEPS" ] || install_pkg_deps
	for s in fetch extract configure build check install; do
		step "$s"
		[ "$XBPS_TARGET" != "$s" ] || exit 0
	done
	: >"$XBPS_STATEDIR/register"
	for pkg in $subpackages $sourcepkg; do in_shell install_subpkg "$pkg"; done
	for pkg in $subpackages $sourcepkg; do in_shell run_hooks pre-pkg "$pkg"; done
	for pkg in $subpackages $sourcepkg; do in_shell run_hooks do-pkg "$pkg"; done
	register_pkgs
	if [ "$XBPS_DEPENDENCY" ] || [ -z "$XBPS_KEEP_ALL" ]; then
		remove_pkg_autodeps
		remove_pkg_wrksrc
		remove_pkg
		rm -rf "$XBPS_STATEDIR"
	fi
}

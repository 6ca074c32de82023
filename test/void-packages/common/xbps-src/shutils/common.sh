# Messages, the evaluation of a template, and the running of its functions.

msg() {
	local color=$1
	shift
	[ "$NOCOLORS" ] || printf '\033[1m%s' "$color"
	printf '%b' "=> $*"
	[ "$NOCOLORS" ] || printf '\033[m'
}

msg_normal() {
	[ "$XBPS_QUIET" ] || msg '' "$@"
}

msg_red() {
	msg $'\033[31m' "ERROR: $*" >&2
}

msg_warn() {
	msg $'\033[33m' "WARNING: $*" >&2
}

msg_error() {
	msg_red "$@"
	[ "$XBPS_INFORMATIVE_RUN" ] || exit 1
}

# A package that cannot be built here: exit 2, unless -b or only looked at.
report_broken() {
	local line

	[ "$show_problems" != ignore-problems ] || return 0
	for line; do
		if [ "$XBPS_IGNORE_BROKENNESS" ]; then
			msg_warn "$line"
		else
			msg_red "$line"
		fi
	done
	[ "$XBPS_IGNORE_BROKENNESS" ] || exit 2
}

source_file() {
	[ -f "$1" ] || return 0
	source "$1" || msg_error "xbps-src: failed to read $1!\n"
}

source_dir() {
	local f

	for f in "$XBPS_COMMONDIR/$1"/*.sh; do
		source_file "$f"
	done
}

get_subpkgs() {
	compgen -A function | sed -n 's/_package$//p'
}

get_libc() {
	case $1 in
	*-musl) echo musl ;;
	*) echo glibc ;;
	esac
}

is_subpkg() {
	[[ " ${subpackages//$'\n'/ } " = *" $1 "* ]]
}

# What follows from the machines' names. The sysroot of a cross build is
# /usr/TRIPLET of the masterdir.
setup_env() {
	unset "${!XBPS_CROSS_@}"
	XBPS_TARGET_MACHINE=$XBPS_MACHINE
	if [ "$1" ]; then
		XBPS_CROSS_BUILD=$1
		source_file "$XBPS_COMMONDIR/cross-profiles/$1.sh"
		[ "$XBPS_CROSS_TRIPLET" ] || msg_error "xbps-src: XBPS_CROSS_TRIPLET is not defined!\n"
		XBPS_CROSS_BASE=$XBPS_MASTERDIR/usr/$XBPS_CROSS_TRIPLET
	fi
	XBPS_LIBC=$(get_libc "$XBPS_MACHINE")
	XBPS_TARGET_LIBC=$(get_libc "$XBPS_TARGET_MACHINE")
	export XBPS_MACHINE XBPS_TARGET_MACHINE
}

# Options are on by default, by etc/conf, or by -o; what comes last wins. Then
# the template is read again, since its dependencies may hang on them.
set_build_options() {
	local opt word var words state

	[ "$build_options" ] || return 0
	var=XBPS_PKG_OPTIONS_${pkgname//[^A-Za-z0-9_]/_}
	words=${!var:-$XBPS_PKG_OPTIONS},$XBPS_ARG_PKG_OPTIONS
	PKG_BUILD_OPTIONS=
	for opt in $(printf '%s\n' $build_options | sort); do
		state=
		[[ " $build_options_default " != *" $opt "* ]] || state=1
		for word in ${words//,/ }; do
			case $word in
			"$opt") state=1 ;;
			"~$opt") state= ;;
			esac
		done
		if [ "$state" ]; then
			export "build_option_$opt=1"
			PKG_BUILD_OPTIONS+="$opt "
		else
			unset "build_option_$opt"
			PKG_BUILD_OPTIONS+="~$opt "
		fi
	done
	source_file "$XBPS_SRCPKGDIR/$sourcepkg/template"
}

setup_tools() {
	local t=$XBPS_CROSS_TRIPLET

	if [ "$t" ]; then
		CC=$t-gcc AR=$t-ar
		CFLAGS="$XBPS_CFLAGS $XBPS_CROSS_CFLAGS $CFLAGS"
	else
		CC=cc AR=ar
		CFLAGS="$XBPS_CFLAGS $XBPS_TARGET_CFLAGS $CFLAGS"
	fi
	export CC AR CFLAGS LDFLAGS BUILD_CC=cc
	makejobs=-j$XBPS_MAKEJOBS
	[ -z "$disable_parallel_build" ] || makejobs=-j1
	export SOURCE_DATE_EPOCH
	SOURCE_DATE_EPOCH=$(stat -c %Y "$XBPS_SRCPKGDIR/$sourcepkg/template")
}

check_template() {
	local v

	for v in pkgname version short_desc revision homepage license; do
		[ "${!v}" ] || msg_error "\"$v\" not set on $pkgname template.\n"
	done
	case $version in
	*[-_]*) msg_error "version contains invalid character: ${version//[^-_]}\n" ;;
	*[0-9]*) ;;
	*) msg_error "version must contain at least one digit.\n" ;;
	esac
	if [ -z "$build_style" ] && [ "$metapackage" != yes ] &&
	    ! declare -f do_install >/dev/null; then
		msg_error "$pkgver: missing do_install() function!\n"
	fi
}

check_problems() {
	if [ "$CROSS_BUILD" ] && [ "$nocross" ]; then
		report_broken "$pkgver: cannot be cross compiled...\n" \
			"$pkgver: $nocross\n"
	elif [ "$broken" ]; then
		report_broken "$pkgver: cannot be built, it's currently broken; see the build log:\n" \
			"$pkgver: $broken\n"
	fi
	if [ "$restricted" ] && [ -z "$XBPS_ALLOW_RESTRICTED" ] &&
	    [ "$show_problems" != ignore-problems ]; then
		msg_red "$pkgver: does not allow redistribution of sources/binaries (restricted license).\n"
		msg_red "If you really need this software, run 'echo XBPS_ALLOW_RESTRICTED=yes >> etc/conf'\n"
		exit 2
	fi
}

# Reads the template of $1, a source package or a subpackage, for the machine
# $2 or this one, in the order in which xbps-src reads everything.
setup_pkg() {
	local pkg=${1%-32bit} show_problems=$3 f

	setup_env "$2"
	source_dir environment/setup-subpkg
	source_dir environment/setup
	for f in $(get_subpkgs); do
		unset -f "${f}_package"
	done
	if [ ! -f "$XBPS_SRCPKGDIR/$pkg/template" ]; then
		msg_error "xbps-src: nonexistent file: $XBPS_SRCPKGDIR/$pkg/template\n"
	fi
	unset CROSS_BUILD
	[ -z "$2" ] || export CROSS_BUILD=$2
	source_file "$XBPS_SRCPKGDIR/$pkg/template"
	sourcepkg=$pkgname
	pkgver=$pkg-${version}_$revision
	check_template
	for x in $hostmakedepends $makedepends $checkdepends; do
		[[ $x = *[\<\>]* || $x =~ -[^-_]*[0-9][^-_]*_[0-9_]+$ ]] &&
			msg_error "$pkgver: specifying version in build dependency '$x' is invalid, template version is used always\n"
	done
	if [ -z "$CHROOT_READY$show_problems" ]; then
		msg_red "$pkg is not a bootstrap package and cannot be built without bootstrapping first.\n"
		msg_normal "binary bootstrapping for $XBPS_MACHINE in $XBPS_MASTERDIR...\n"
		install_base_chroot
	fi
	if [ -z "$subpackages" ]; then
		subpackages="$(get_subpkgs)"
	fi
	if [ "$pkg" != "$sourcepkg" ]; then
		declare -f "${pkg}_package" >/dev/null ||
			msg_error "$pkg: missing ${pkg}_package() function!\n"
		source_dir environment/setup-subpkg
		pkgname=$pkg
	fi
	FILESDIR=$XBPS_SRCPKGDIR/$sourcepkg/files
	DESTDIR=$XBPS_DESTDIR/${XBPS_CROSS_TRIPLET:+$XBPS_CROSS_TRIPLET/}$sourcepkg-$version
	PKGDESTDIR=$DESTDIR
	skip_if_exists
	source_file "$XBPS_COMMONDIR/build-profiles/$XBPS_MACHINE.sh"
	set_build_options
	setup_tools
	wrksrc=$XBPS_BUILDDIR/$sourcepkg-$version
	check_problems
	XBPS_STATEDIR=$XBPS_BUILDDIR/.xbps-$sourcepkg
	mkdir -p "$XBPS_STATEDIR"
	source_file "$XBPS_COMMONDIR/environment/build-style/$build_style.sh"
	for f in $build_helper; do
		[ -r "$XBPS_COMMONDIR/build-helper/$f.sh" ] || msg_error "$pkgver: cannot find build helper $XBPS_COMMONDIR/build-helper/$f.sh!\n"
		source_file "$XBPS_COMMONDIR/build-helper/$f.sh"
	done
}

# The ERR trap of run_func: says which command of which line has failed.
error_func() {
	local err=$? i

	msg_red "$pkgver: $running: '$BASH_COMMAND' exited with $err\n"
	for ((i = 1; i < ${#FUNCNAME[@]}; i++)); do
		msg_red "  in ${FUNCNAME[i]}() at ${BASH_SOURCE[i]#"$XBPS_DISTDIR/"}:${BASH_LINENO[i - 1]}\n"
		[ "${FUNCNAME[i]}" != "$running" ] || break
	done
	exit 1
}

run_func() {
	running=$1
	msg_normal "$pkgver: running ${2:-$1} ...\n"
	set -E
	trap error_func ERR
	"$1" 2>&1
	trap - ERR
	set +E
}

run_pkg_hooks() {
	local f n

	for f in "$XBPS_COMMONDIR/hooks/$1"/*.sh; do
		n=${f##*/}
		source_file "$f"
		run_func hook "$1 hook: ${n%.sh}"
	done
}

ch_wrksrc() {
	cd "$wrksrc" || msg_error "$pkgver: cannot access wrksrc directory [$wrksrc]\n"
}

# pre_X, do_X and post_X: the template's own, or the build style's.
run_step() {
	local style=$XBPS_COMMONDIR/build-style/$build_style.sh f

	if [ "$build_style" ] && ! declare -f "do_$1" >/dev/null; then
		[ -r "$style" ] || msg_error "$pkgver: cannot find build style $style!\n"
		source_file "$style"
	fi
	for f in "pre_$1" "do_$1" "post_$1"; do
		ch_wrksrc
		! declare -f "$f" >/dev/null || run_func "$f"
	done
}

# Unsets everything that a template may set, and what the caller's environment
# may have brought.

for var in $(compgen -e); do
	case $var in
	XBPS_* | CHROOT_READY | SOURCE_DATE_EPOCH | NOCOLORS) ;;
	PATH | HOME | PWD | SHELL | SHLVL | TERM | USER | LANG | LC_* | _) ;;
	*) unset -v "$var" ;;
	esac
done
unset -v var

unset -v pkgname version revision short_desc maintainer license homepage
unset -v archs broken nocross restricted repository bootstrap reverts
unset -v build_style build_helper build_options build_options_default
unset -v hostmakedepends makedepends checkdepends depends subpackages
unset -v disable_parallel_build make_cmd make_check
unset -v make_build_args make_install_args make_build_target make_install_target
unset -v distfiles checksum wrksrc
unset -v CC AR LD RANLIB STRIP CFLAGS LDFLAGS
unset -v "${!build_option_@}"

unset -f do_fetch
unset -f pre_extract do_extract post_extract
unset -f pre_configure do_configure post_configure
unset -f pre_build do_build post_build
unset -f pre_check do_check post_check
unset -f pre_install do_install post_install

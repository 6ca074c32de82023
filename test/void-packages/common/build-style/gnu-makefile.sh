# For sources with a makefile.

do_build() {
	${make_cmd:=make} CC="$CC" AR="$AR" CFLAGS="$CFLAGS" LDFLAGS="$LDFLAGS" PREFIX=/usr \
		$makejobs $make_build_args $make_build_target
}

do_check() {
	${make_cmd:=make} $makejobs check
}

do_install() {
	${make_cmd:=make} PREFIX=/usr DESTDIR="$DESTDIR" $make_install_args ${make_install_target:=install}
}

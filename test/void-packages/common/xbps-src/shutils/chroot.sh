# The masterdir.

chroot_check() {
	local init=$XBPS_MASTERDIR/.xbps_chroot_init

	[ -f "$init" ] || return 0
	CHROOT_READY=1
	[ ! -s "$init" ] || XBPS_MACHINE=$(<"$init")
	XBPS_ARCH=$XBPS_MACHINE
}

install_base_chroot() {
	[ -z "$CHROOT_READY" ] || return 0
	msg_normal "xbps-src: installing base-chroot...\n"
	echo "$XBPS_MACHINE" >"$XBPS_MASTERDIR/.xbps_chroot_init" ||
		msg_error "xbps-src: failed to install base-chroot!\n"
	msg_normal "xbps-src: installed base-chroot successfully!\n"
	chroot_check
}

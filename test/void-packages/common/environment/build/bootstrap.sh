# Without a chroot, what is installed lies in the masterdir; in a cross build,
# what is installed for the target lies in the sysroot.

CFLAGS+=" -I${XBPS_CROSS_BASE:-$XBPS_MASTERDIR}/usr/include"
LDFLAGS+=" -L${XBPS_CROSS_BASE:-$XBPS_MASTERDIR}/usr/lib"
LDFLAGS+=" -Wl,-rpath-link=${XBPS_CROSS_BASE:-$XBPS_MASTERDIR}/usr/lib"

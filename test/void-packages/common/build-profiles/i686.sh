XBPS_TARGET_CFLAGS="-mtune=i686"
XBPS_TRIPLET="i686-pc-linux-gnu"

XBPS_TARGET_CFLAGS="-mtune=generic"
XBPS_TRIPLET="x86_64-unknown-linux-musl"

XBPS_TARGET_CFLAGS="-march=armv8-a"
XBPS_TRIPLET="aarch64-unknown-linux-musl"

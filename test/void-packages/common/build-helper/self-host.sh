# For tools that run themselves while they are built: a cross build cannot run
# what it makes, and takes the host's.

if [ "$CROSS_BUILD" ]; then
	hostmakedepends+=" $pkgname"
fi

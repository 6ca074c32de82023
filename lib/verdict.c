#include "verdict.h"

/* what spiff-build exits with */
enum { BUILT = 0, PACKAGE = 1, UNAVAILABLE = 2, STALE = 4, SYSTEM = 111,
	NOEXEC = 126, NOCOMMAND = 127 };

struct verdict
verdict(int code, int delivered, int stopped, int back)
{
	static const struct verdict
	    good = { BUILD_DELIVERED, 0 },
	    again = { BUILD_BACK, 0 },
	    limit = { BUILD_FAILED, "stopped" },
	    package = { BUILD_FAILED, "package" },
	    unavailable = { BUILD_FAILED, "unavailable" },
	    stale = { BUILD_FAILED, "stale" },
	    machine = { BUILD_SPOILT, "machine" };

	/* a delivery is whole or not there: it counts however the build ended */
	if (delivered)
		return good;
	if (back)
		return again;
	if (stopped)
		return limit;
	switch (code) {
	case UNAVAILABLE:
		return unavailable;
	case STALE:
		return stale;
	case -1:
	case SYSTEM:
	case NOEXEC:
	case NOCOMMAND:
		return machine;
	case BUILT:	/* and nothing delivered */
	case PACKAGE:
	default:
		return package;
	}
}

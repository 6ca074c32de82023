#include <string.h>

#include "status/logcause.h"

/* what a line has in it, the surest first; those with ^ begin it */
static const char *const signs[][14] = {
	{ ": error: ", "^error: ", "^error[", ": fatal error: ",
	    ": undefined reference to ", ": undefined: ", "^CMake Error",
	    "^Traceback (", ": Error: ", "ERROR: Problem encountered",
	    ": multiple definition of ", ": command not found",
	    "cannot find -l" },
	{ "^FAILED: ", "^FAIL: ", "*** [", "^make: *** ", "^ninja: error",
	    "panicked at ", "^not ok ", "configure: error: " },
	{ "^=> ERROR: ", "^ERROR: ", "^E: ", "^spiff-build: " },
};

enum { SURENESS = sizeof signs / sizeof signs[0], NONE = SURENESS };

static int
contains(const char *line, size_t n, const char *sign)
{
	size_t len;

	if (*sign == '^') {
		len = strlen(++sign);
		return n >= len && memcmp(line, sign, len) == 0;
	}
	len = strlen(sign);
	for (; n >= len; line++, n--) {
		if (*line == *sign && memcmp(line, sign, len) == 0)
			return 1;
	}
	return 0;
}

/* how sure the line is to be it: 0 most, NONE not at all */
static int
sureness(const char *line, size_t n)
{
	const char *const *sign;
	int i;

	for (i = 0; i < SURENESS; i++) {
		for (sign = signs[i]; *sign; sign++) {
			if (contains(line, n, *sign))
				return i;
		}
	}
	return NONE;
}

size_t
faultline(const char *text, size_t *n)
{
	const char *best, *last, *line;
	size_t len;
	int s, sure;

	best = last = text;
	sure = NONE;
	for (line = text; *line; line += len + (line[len] != '\0')) {
		len = strcspn(line, "\n");
		if (len == 0)
			continue;
		last = line;
		/* "=> hello-1.0_1: running do_build ..." begins a phase */
		if (memcmp(line, "=> ", len < 3 ? len : 3) == 0 &&
		    contains(line, len, ": running ")) {
			sure = NONE;
			continue;
		}
		s = sureness(line, len);
		if (s < sure) {
			sure = s;
			best = line;
		}
	}
	if (sure == NONE)
		best = last;
	*n = strcspn(best, "\n");
	return (size_t)(best - text);
}

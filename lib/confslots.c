#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "conf.h"
#include "x.h"

enum { SLOTSMAX = 100000 };

long
confslotsall(void)
{
	char *copy, *eq, *p;
	long n;

	copy = xstrdup(confget(CONF_SLOTS));
	n = 0;
	for (p = strtok(copy, ","); p; p = strtok(NULL, ",")) {
		eq = strchr(p, '=');
		n += (long)strtonum(eq ? eq + 1 : p, 0, SLOTSMAX, NULL);
	}
	free(copy);
	return n > 0 ? n : 1;
}

static int
slotsnumber(const char *s)
{
	const char *why;
	long long n;

	n = strtonum(s, 0, SLOTSMAX, &why);
	if (why) {
		warnx("SPIFF_SLOTS: %s: number of builds at a time is %s", s,
		    why);
		return -1;
	}
	return (int)n;
}

int
confslots(const char *arch)
{
	char *copy, *eq, *p;
	int n, r;

	copy = xstrdup(confget(CONF_SLOTS));
	r = 0;
	for (p = strtok(copy, ","); p && r >= 0; p = strtok(NULL, ",")) {
		eq = strchr(p, '=');
		if (eq)
			*eq = '\0';
		n = slotsnumber(eq ? eq + 1 : p);
		if (n < 0 || !eq || strcmp(p, arch) == 0)
			r = n;
	}
	free(copy);
	return r;
}

#define _DEFAULT_SOURCE	/* struct winsize */

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/term.h"

enum { COLUMNS = 80, ROWS = 24, MOST = 10000 };

static int
dimension(const char *name, int told, int usual)
{
	const char *s, *why;
	int n;

	s = getenv(name);
	n = s ? (int)strtonum(s, 1, MOST, &why) : 0;
	if (n == 0)
		n = told;
	return n > 0 ? n : usual;
}

int
termsize(int fd, int *rows)
{
	struct winsize ws;

	if (!isatty(fd))
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &ws) < 0)
		ws.ws_col = ws.ws_row = 0;
	if (rows)
		*rows = dimension("LINES", ws.ws_row, ROWS);
	return dimension("COLUMNS", ws.ws_col, COLUMNS);
}

int
termable(int fd)
{
	const char *s;

	s = getenv("TERM");
	return isatty(fd) && s && *s && strcmp(s, "dumb") != 0;
}

int
termutf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *s;
	size_t i;

	/* the first one that is set, even if its locale is not installed: the terminal
	 * matters */
	s = NULL;
	for (i = 0; (!s || !*s) && i < sizeof names / sizeof names[0]; i++)
		s = getenv(names[i]);
	return s && (strstr(s, "UTF-8") || strstr(s, "utf8"));
}

int
termcolour(int fd)
{
	const char *s;

	s = getenv("NO_COLOR");
	return termable(fd) && !(s && *s);
}

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "jobenv.h"
#include "text.h"
#include "x.h"

#define PREFIX "SPIFF_JOB"

/* the kernel takes 128 kB for one variable, and a file may be anybody's */
enum { VARS = 64, NAMELEN = 32, VALUELEN = 1 << 16 };

/* appends "SPIFF_JOB_NAME="; -1 when it is no name for a variable */
static int
variable(struct buf *b, const char *name, size_t n)
{
	size_t i;

	if (n == 0 || n > NAMELEN)
		return -1;
	bufstr(b, PREFIX "_");
	for (i = 0; i < n; i++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_", name[i]))
			return -1;
		bufchar(b, (char)toupper((unsigned char)name[i]));
	}
	bufchar(b, '=');
	return 0;
}

/* returns the place of the variable that var begins with, or of a new one; NULL
 * when there are enough */
static char **
placeof(char **env, const struct buf *var)
{
	size_t i;

	for (i = 0; env[i] && strncmp(env[i], var->s, var->len) != 0; i++)
		;
	return i < VARS ? &env[i] : NULL;
}

static int
islist(const char *name, size_t n)
{
	return n == 5 && (memcmp(name, "needs", n) == 0 ||
	    memcmp(name, "makes", n) == 0);
}

static void
take(char **env, const char *line, size_t len)
{
	struct buf var = {0};
	const char *space;
	char **place, *value;
	size_t n;

	space = memchr(line, ' ', len);
	n = space ? (size_t)(space - line) : len;
	place = space && variable(&var, line, n) == 0 ? placeof(env, &var) :
	    NULL;
	if (place) {
		if (*place && islist(line, n)) {
			var.len = 0;
			bufstr(&var, *place);
			bufchar(&var, ' ');
		}
		value = xstrndup(space + 1, len - n - 1);
		textclean(&var, value);
		free(value);
		free(*place);
		*place = xstrndup(var.s, VALUELEN);
	}
	buffree(&var);
}

char **
jobenv(const char *name, const char *text)
{
	struct buf b = {0};
	char **env;
	size_t len;

	env = xcalloc(VARS + 1, sizeof *env);
	bufstr(&b, PREFIX "=");
	textclean(&b, name);
	env[0] = buftake(&b);
	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		take(env, text, len);
	}
	return env;
}

void
jobenvfree(char **env)
{
	char **e;

	for (e = env; *e; e++)
		free(*e);
	free(env);
}

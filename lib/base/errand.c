#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/errand.h"

enum {
	ERRANDMAX = 1 << 16,	/* bytes */
	WORDS = 16		/* of each list, the NULL behind them included */
};

struct answer {
	pid_t pid;
	int status;
};

static void
addstring(struct buf *b, const char *s)
{
	bufadd(b, s, strlen(s) + 1);
}

static void
addlist(struct buf *b, char *const *list)
{
	for (; *list; list++)
		addstring(b, *list);
	addstring(b, "");
}

int
errandsend(int fd, const struct errand *e)
{
	struct buf b = {0};
	ssize_t n;

	addstring(&b, e->log);
	addstring(&b, e->file);
	addlist(&b, e->env);
	addlist(&b, e->argv);
	do
		n = send(fd, b.s, b.len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	buffree(&b);
	return n < 0 ? -1 : 0;
}

/* returns the string at *p, which is moved behind it; NULL at the end */
static char *
string(char **p, const char *end)
{
	char *s;

	s = *p;
	if (s == end)
		return NULL;
	*p += strlen(s) + 1;
	return s;
}

static int
list(char **p, const char *end, char **words)
{
	char *s;
	int n;

	for (n = 0; n < WORDS; n++) {
		s = string(p, end);
		if (!s)
			return -1;
		words[n] = *s ? s : NULL;
		if (!*s)
			return 0;
	}
	return -1;
}

int
errandread(int fd, struct errand *e)
{
	static char text[ERRANDMAX], *env[WORDS], *argv[WORDS];
	char *p;
	ssize_t n;

	while ((n = read(fd, text, sizeof text)) < 0 && errno == EINTR)
		;
	if (n <= 0)
		return (int)n;
	p = text;
	errno = EINVAL;
	if (text[n - 1] != '\0')
		return -1;
	e->log = string(&p, text + n);
	e->file = string(&p, text + n);
	e->env = env;
	e->argv = argv;
	if (!e->file || list(&p, text + n, env) < 0 ||
	    list(&p, text + n, argv) < 0 || !argv[0] || p != text + n)
		return -1;
	return 1;
}

int
errandanswer(int fd, int status)
{
	struct answer a = { getpid(), status };

	return write(fd, &a, sizeof a) == (ssize_t)sizeof a ? 0 : -1;
}

int
errandanswered(int fd, pid_t *pid, int *status)
{
	struct answer a;

	if (read(fd, &a, sizeof a) != (ssize_t)sizeof a)
		return 0;
	*pid = a.pid;
	*status = a.status;
	return 1;
}

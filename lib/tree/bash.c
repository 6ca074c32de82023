#include <bsd/stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/x.h"
#include "tree/bash.h"
#include "tree/sandbox.h"

enum {
	MAXLINE = 1 << 20,	/* bytes of an answer's line */
	MAXRECORD = 4 << 20,	/* bytes of an answer */
	MAXSAID = 16 << 10,	/* bytes of standard error that are kept */
	MAXREADS = 16,		/* in a row: what floods us must not hold us */
	PROCS = 64,
	SECONDS = 600,		/* the bash itself lives long */
	MEMORY = 1 << 30
};

static void
closeall(const int *fds, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		ioclose(fds[i]);
}

/* opens a pair of sockets, ours first, with numbers above the child's 0, 1 and 2; closed
 * is the direction that is not used */
static int
opensocket(int *fds, int closed)
{
	int i, moved;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -1;
	for (i = 0; i < 2; i++) {
		if (fds[i] > 2)
			continue;
		moved = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
		if (moved < 0)
			return -1;
		close(fds[i]);
		fds[i] = moved;
	}
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	return shutdown(fds[0], closed);
}

/* Requests, answers and messages go through sockets, which unlike pipes cannot be opened
 * through /proc: only who inherits an end can write to it, and only this process reads
 * the other end. */
int
bashstart(struct bash *sh, const struct bashenv *env)
{
	int fds[6] = { -1, -1, -1, -1, -1, -1 };
	struct sandbox sb = { .argv = env->argv, .env = env->env,
	    .reads = env->reads, .nreads = env->nreads, .procs = PROCS,
	    .seconds = SECONDS, .memory = MEMORY };

	memset(sh, 0, sizeof *sh);
	if (opensocket(fds, SHUT_RD) < 0 || opensocket(fds + 2, SHUT_WR) < 0 ||
	    opensocket(fds + 4, SHUT_WR) < 0) {
		closeall(fds, 6);
		return -1;
	}
	sb.in = fds[1];
	sb.out = fds[3];
	sb.err = fds[5];
	sh->pid = sandboxstart(&sb);
	if (sh->pid < 0) {
		sh->pid = 0;
		closeall(fds, 6);
		return -1;
	}
	closeall((int[]){ fds[1], fds[3], fds[5] }, 3);
	sh->ask = fds[0];
	sh->out = fds[2];
	sh->err = fds[4];
	sh->got = xcalloc(3, sizeof *sh->got);
	sh->record = sh->got + 1;
	sh->said = sh->got + 2;
	return 0;
}

void
bashstop(struct bash *sh)
{
	size_t i;
	int status;

	if (!sh->pid)
		return;
	prockill(sh->pid, SIGKILL);
	procwait(sh->pid, &status);
	closeall((int[]){ sh->ask, sh->out, sh->err }, 3);
	for (i = 0; i < 3; i++)
		buffree(&sh->got[i]);
	free(sh->got);
	memset(sh, 0, sizeof *sh);
}

void
bashask(struct bash *sh, size_t what, const char *words)
{
	struct buf b = {0};

	snprintf(sh->nonce[sh->n], sizeof *sh->nonce, "%08lx%08lx",
	    (unsigned long)arc4random(), (unsigned long)arc4random());
	sh->what[sh->n] = what;
	if (sh->n++ == 0)
		sh->since = loopnow();
	buffmt(&b, "%s %s\n", sh->nonce[sh->n - 1], words);
	/* the socket has room for the few kilobytes of all requests */
	if (send(sh->ask, b.s, b.len, MSG_NOSIGNAL) != (ssize_t)b.len)
		shutdown(sh->ask, SHUT_RDWR);
	buffree(&b);
}

/* makes lines of an answer's fields; the length tells when a stray child of a template
 * has written into the answer */
static void
readfields(struct bash *sh, const char *s, size_t n)
{
	const char *end;
	char *rest;
	size_t len;

	end = s + n;
	len = strtoul(s, &rest, 10);
	if (rest == s || *rest != ' ' || (size_t)(end - rest - 1) != len ||
	    len > MAXRECORD || memchr(rest, '\0', len)) {
		sh->strange = 1;
		return;
	}
	sh->record->len = 0;
	bufadd(sh->record, rest + 1, len);
	for (rest = sh->record->s; (rest = strpbrk(rest, "\036\t")); )
		*rest = *rest == '\t' ? ' ' : '\n';
	bufchar(sh->record, '\n');
	sh->whole = 1;
}

/* reads a line of n bytes: 1 when it is the last of an answer; strange output without a
 * newline may precede an answer in its line */
static int
readline(struct bash *sh, const char *s, size_t n)
{
	const char *end;

	end = s + n;
	if (n == 0)
		return 0;
	while (s && (sh->n == 0 || end - s < BASH_NONCE + 2 ||
	    s[BASH_NONCE] != ' ' ||
	    memcmp(s, sh->nonce[0], BASH_NONCE) != 0)) {
		sh->strange = 1;
		s = sh->n > 0 && s < end ? memchr(s + 1, sh->nonce[0][0],
		    (size_t)(end - s - 1)) : NULL;
	}
	if (!s)
		return 0;
	s += BASH_NONCE + 1;
	if (*s == '.') {
		sh->status = atoi(s + 1);
		return 1;
	}
	readfields(sh, s, (size_t)(end - s));
	return 0;
}

static int
readlines(struct bash *sh)
{
	char *end, *s;
	size_t left;
	int r;

	s = sh->got->s;
	left = sh->got->len;
	for (r = 0; r == 0 && left > 0 && (end = memchr(s, '\n', left)); ) {
		r = readline(sh, s, (size_t)(end - s));
		left -= (size_t)(end + 1 - s);
		s = end + 1;
	}
	if (r == 0 && left > MAXLINE) {
		sh->strange = 1;
		left = 0;
	}
	if (left > 0)
		memmove(sh->got->s, s, left);
	sh->got->len = left;
	return r;
}

/* appends what has come to b: 1 if anything has, 0 if not, -1 at the end */
static int
readmore(int fd, struct buf *b)
{
	ssize_t r;

	r = read(fd, bufroom(b, 65536), 65536);
	if (r > 0)
		b->len += (size_t)r;
	if (r < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return r > 0 ? 1 : -1;
}

static void
readstderr(struct bash *sh)
{
	int i;

	for (i = 0; i < MAXREADS && readmore(sh->err, sh->said) > 0; i++) {
		if (sh->said->len > MAXSAID) {
			sh->said->len -= MAXSAID / 2;
			memmove(sh->said->s, sh->said->s + MAXSAID / 2,
			    sh->said->len);
		}
	}
}

int
bashread(struct bash *sh)
{
	int i, r;

	readstderr(sh);
	r = 1;
	for (i = 0; i < MAXREADS && r > 0; i++) {
		if (sh->got->len > 0 && readlines(sh))
			return 1;
		r = readmore(sh->out, sh->got);
	}
	return r < 0 ? -1 : 0;
}

/* returns the end of the first request's standard error, which is followed by its nonce;
 * *rest is behind the nonce; both are the end of said when the nonce has not come */
static char *
stderrend(struct bash *sh, char **rest)
{
	char *end;

	readstderr(sh);
	bufchar(sh->said, '\0');
	sh->said->len--;
	end = sh->n > 0 ? strstr(sh->said->s, sh->nonce[0]) : NULL;
	if (!end)
		return *rest = sh->said->s + sh->said->len;
	*rest = end + BASH_NONCE;
	return end;
}

void
bashnext(struct bash *sh)
{
	char *rest;

	stderrend(sh, &rest);
	sh->said->len -= (size_t)(rest - sh->said->s);
	memmove(sh->said->s, rest, sh->said->len + 1);
	sh->n--;
	sh->answers++;
	memmove(sh->what, sh->what + 1, sh->n * sizeof *sh->what);
	memmove(sh->nonce, sh->nonce + 1, sh->n * sizeof *sh->nonce);
	sh->since = loopnow();
	sh->record->len = 0;
	sh->whole = 0;
}

char *
bashwhy(struct bash *sh)
{
	struct buf b = {0};
	char *error, *last, *line, *rest, *s, *said, *syntax;

	s = stderrend(sh, &rest);
	said = xstrndup(sh->said->s, (size_t)(s - sh->said->s));
	error = last = syntax = NULL;
	for (s = strtok(said, "\n"); s; s = strtok(NULL, "\n")) {
		last = s;
		line = strstr(s, ": line ");
		if (line && !syntax && strstr(line, ": syntax error"))
			syntax = line + 1;
		if ((s = strstr(s, "ERROR: ")))
			error = s + strlen("ERROR: ");
	}
	if (error) {
		textclean(&b, error);
		/* xbps-src does not say in which line */
		if (syntax)
			textclean(&b, syntax);
	} else if (sh->status > 128) {
		buffmt(&b, "ended by signal %d", sh->status - 128);
	} else if (sh->status >= 0) {
		buffmt(&b, "ended early, exit %d", sh->status);
	} else {
		bufstr(&b, "ended early");
	}
	if (last && !error) {
		bufstr(&b, ": ");
		textclean(&b, last);
	}
	free(said);
	return buftake(&b);
}

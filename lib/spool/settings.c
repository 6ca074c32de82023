#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/settings.h"
#include "spool/spool.h"

enum { FILEMAX = 1 << 20 };

static const char file[] = "settings";

/* what a plan, and a build of it, have to have in common */
static const enum conf common[] = {
	CONF_DISTDIR, CONF_REPO, CONF_REPOS, CONF_CHECK
};

enum { NCOMMON = sizeof common / sizeof common[0] };

/* appends our settings as the file has them; -1 with errno */
static int
ours(struct buf *b)
{
	char *value;
	size_t i;

	for (i = 0; i < NCOMMON; i++) {
		value = confabsolute(common[i]);
		if (!value)
			return -1;
		buffmt(b, "%s=%s\n", confname(common[i]), value);
		free(value);
	}
	return 0;
}

/* returns the value of the setting in the file's text, and its length; NULL when
 * there is none */
static const char *
valueof(const char *text, enum conf which, size_t *n)
{
	const char *name = confname(which);
	size_t len;

	len = strlen(name);
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (strncmp(text, name, len) == 0 && text[len] == '=') {
			*n = strcspn(text + len + 1, "\n");
			return text + len + 1;
		}
	}
	return NULL;
}

static int
countone(const char *name, void *arg)
{
	size_t *n = arg;

	*n += (size_t)jobnameok(name);
	return 0;
}

/* returns how many jobs are under way */
static size_t
queued(const struct spool *sp)
{
	size_t n;
	int st;

	n = 0;
	for (st = NEW; st <= BUILT; st++)
		iolist(sp->states[st], countone, &n);
	return n;
}

/* says how the two differ, and what to do */
static void
tell(const struct spool *sp, enum settingsuse use, enum conf which,
    const char *theirs, size_t n, const char *own)
{
	warnx("%s: in use with %s=%.*s, not with %s as here: %s", sp->path,
	    confname(which), (int)n, n > 0 ? theirs : "", *own ? own : "none",
	    use == SETTINGS_RUN ? "build its jobs with those settings first, or "
	    "cancel them" : "give all programs the same settings");
}

/* compares text, the file's, with our settings: 0 the same, 1 after a message */
static int
compare(const struct spool *sp, enum settingsuse use, const char *text)
{
	const char *theirs;
	char *own;
	size_t i, n;
	int r;

	r = 0;
	for (i = 0; i < NCOMMON; i++) {
		theirs = valueof(text, common[i], &n);
		own = confabsolute(common[i]);
		if (theirs && own && (strlen(own) != n ||
		    memcmp(own, theirs, n) != 0)) {
			tell(sp, use, common[i], theirs, n, own);
			r = 1;
		}
		free(own);
	}
	return r;
}

/* returns whether the file may be changed */
static int
isfree(const struct spool *sp, enum settingsuse use)
{
	return queued(sp) == 0 && (use == SETTINGS_RUN ||
	    lockholder(sp->dir, "lock") == 0);
}

/* compares, and writes where that may be done: 2 when it has to be done again */
static int
agree(struct spool *sp, enum settingsuse use, const struct buf *text,
    const struct buf *own)
{
	if (text->len == own->len && memcmp(text->s, own->s, own->len) == 0)
		return 0;
	if (text->len > 0 && !isfree(sp, use))
		return compare(sp, use, text->s);
	if (use == SETTINGS_LOOK)
		return 0;
	if (ioreplace(sp->dir, file, own->s, own->len, 0644) < 0) {
		warn("%s/%s", sp->path, file);
		return -1;
	}
	return 2;
}

/* opens the file, locked unless it is only looked at, and reads it; a lock is lost
 * when any other descriptor of its file is closed */
static int
readsettings(const struct spool *sp, enum settingsuse use, struct buf *text,
    int *lock)
{
	int r;

	text->len = 0;
	if (use == SETTINGS_LOOK) {
		r = ioread(sp->dir, file, FILEMAX, text);
		if (r < 0 && errno == ENOENT)
			r = 0;
	} else {
		*lock = locktake(sp->dir, file, LOCK_WAIT);
		r = *lock < 0 ? -1 : ioreadfd(*lock, FILEMAX, text);
	}
	if (r < 0)
		warn("%s/%s", sp->path, file);
	bufadd(text, "", 0);
	return r;
}

static void
release(int *lock)
{
	ioclose(*lock);
	*lock = -1;
}

int
settingsagree(struct spool *sp, enum settingsuse use, int *lock)
{
	struct buf own = {0}, text = {0};
	int r;

	*lock = -1;
	r = ours(&own);
	if (r < 0)
		warn("settings");
	while (r == 0) {
		release(lock);
		r = readsettings(sp, use, &text, lock);
		if (r < 0)
			break;
		r = agree(sp, use, &text, &own);
		if (r == 0)
			break;
		r = r == 2 ? 0 : r;
	}
	if (r != 0)
		release(lock);
	buffree(&own);
	buffree(&text);
	return r;
}

char *
settingsline(void)
{
	struct buf b = {0};
	char *s;

	if (ours(&b) < 0) {
		buffree(&b);
		return NULL;
	}
	b.s[b.len - 1] = '\0';
	for (s = b.s; *s; s++) {
		if ((unsigned char)*s < ' ')
			*s = ' ';
	}
	return buftake(&b);
}

/* returns the value of the i-th setting in a job's line, up to the name of the next;
 * the caller owns it; NULL when there is none */
static char *
valueinline(const char *line, size_t i)
{
	const char *end, *s;
	char *next;

	s = strstr(line, confname(common[i]));
	if (!s)
		return NULL;
	s += strlen(confname(common[i])) + 1;
	next = i + 1 < NCOMMON ? xasprintf(" %s=", confname(common[i + 1])) : NULL;
	end = next ? strstr(s, next) : NULL;
	free(next);
	return xstrndup(s, end ? (size_t)(end - s) : strlen(s));
}

char *
settingsdiffer(const char *line)
{
	char *own, *s, *value;
	size_t i;

	for (i = 0, s = NULL; i < NCOMMON && !s; i++) {
		value = valueinline(line, i);
		own = confabsolute(common[i]);
		if (value && own && strcmp(value, own) != 0)
			s = xasprintf("%s=%s, not with %s as here",
			    confname(common[i]), value, *own ? own : "none");
		free(value);
		free(own);
	}
	return s ? s : xasprintf("%s, not as here", line);
}

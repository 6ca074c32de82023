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

/* the settings that have to be the same for a plan and for its builds */
static const enum conf common[] = {
	CONF_DISTDIR, CONF_REPO, CONF_REPOS, CONF_CHECK
};

enum { NCOMMON = sizeof common / sizeof common[0] };

/* appends this program's settings in the file's form; -1 with errno */
static int
writeown(struct buf *b)
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

/* returns a setting's value in the file's text, n bytes long; NULL when it has none */
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
countjob(const char *name, void *arg)
{
	size_t *n = arg;

	*n += (size_t)jobnameok(name);
	return 0;
}

/* returns the number of queued jobs */
static size_t
queued(const struct spool *sp)
{
	size_t n;
	int st;

	n = 0;
	for (st = NEW; st <= BUILT; st++)
		iolist(sp->states[st], countjob, &n);
	return n;
}

/* says how a setting differs, and what to do */
static void
warndiffer(const struct spool *sp, enum settingsuse use, enum conf which,
    const char *theirs, size_t n, const char *own)
{
	warnx("%s: in use with %s=%.*s, not with %s as here: %s", sp->path,
	    confname(which), (int)n, n > 0 ? theirs : "", *own ? own : "none",
	    use == SETTINGS_RUN ? "build its jobs with those settings first, or "
	    "cancel them" : "give all programs the same settings");
}

/* compares the file's text with this program's settings: 0 the same, 1 after a message */
static int
comparetext(const struct spool *sp, enum settingsuse use, const char *text)
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
			warndiffer(sp, use, common[i], theirs, n, own);
			r = 1;
		}
		free(own);
	}
	return r;
}

/* whether the file may be changed */
static int
isfree(const struct spool *sp, enum settingsuse use)
{
	return queued(sp) == 0 && (use == SETTINGS_RUN ||
	    lockholder(sp->dir, "lock") == 0);
}

/* compares the settings and, if that is allowed, writes the file; 2 when it was
 * written, and has to be locked and compared again */
static int
update(struct spool *sp, enum settingsuse use, const struct buf *text,
    const struct buf *own)
{
	if (text->len == own->len && memcmp(text->s, own->s, own->len) == 0)
		return 0;
	if (text->len > 0 && !isfree(sp, use))
		return comparetext(sp, use, text->s);
	if (use == SETTINGS_LOOK)
		return 0;
	if (ioreplace(sp->dir, file, own->s, own->len, 0644) < 0) {
		warn("%s/%s", sp->path, file);
		return -1;
	}
	return 2;
}

/* reads the file, and locks it unless it is only compared, through one descriptor, since
 * closing another would drop the lock */
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
unlock(int *lock)
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
	r = writeown(&own);
	if (r < 0)
		warn("settings");
	while (r == 0) {
		unlock(lock);
		r = readsettings(sp, use, &text, lock);
		if (r < 0)
			break;
		r = update(sp, use, &text, &own);
		if (r == 0)
			break;
		r = r == 2 ? 0 : r;
	}
	if (r != 0)
		unlock(lock);
	buffree(&own);
	buffree(&text);
	return r;
}

char *
settingsline(void)
{
	struct buf b = {0};
	char *s;

	if (writeown(&b) < 0) {
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

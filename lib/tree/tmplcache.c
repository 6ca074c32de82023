#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "tree/fingerprint.h"
#include "tree/tmplcache.h"

/* what names of packages are made of */
#define NAMECHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
    "0123456789+-._@"

static int
has(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (strstr(text, *words))
			return 1;
	}
	return 0;
}

/* whether the word is where a command may begin */
static int
command(const char *text, const char *word)
{
	const char *s;
	size_t n;

	n = strlen(word);
	for (s = text; (s = strstr(s, word)); s++) {
		if ((s == text || strchr(" \t\n;&|(`!", s[-1])) &&
		    (s[n] == ' ' || s[n] == '\t'))
			return 1;
	}
	return 0;
}

/* what follows the name of the directory of all packages: /NAME/, or something
 * that only bash can know; a template read from there may read on */
static void
other(struct mention *m, const char *s)
{
	size_t n;

	s += strspn(s, "}\"'");
	n = *s == '/' ? strcspn(s + 1, "/") : 0;
	if (n == 0 || s[n + 1] != '/' ||
	    strspn(s + 1, NAMECHARS) < n || strncmp(s + n + 2, "template", 8) == 0) {
		m->any = 1;
		return;
	}
	m->others = xgrow(m->others, m->nothers, sizeof *m->others);
	m->others[m->nothers++] = xstrndup(s + 1, n);
}

static void
others(struct mention *m, const char *text, const char *word)
{
	const char *s;

	for (s = text; (s = strstr(s, word)); ) {
		s += strlen(word);
		other(m, s);
	}
}

/* a function NAME_package is a subpackage; what it is called is there, unless
 * the name is put together */
static void
subs(struct mention *m, const char *text)
{
	static const char suffix[] = "_package";
	struct buf b = {0};
	const char *s, *start;
	char **names;
	size_t i, n;

	names = NULL;
	n = 0;
	for (s = text; (s = strstr(s, suffix)); s += sizeof suffix - 1) {
		for (start = s; start > text && strchr(NAMECHARS, start[-1]); )
			start--;
		if (start == s || (start > text && strchr("$}\"'`\\", start[-1])))
			m->eval = 1;
		names = xgrow(names, n, sizeof *names);
		names[n++] = xstrndup(start, (size_t)(s - start));
	}
	if (n > 0)
		qsort(names, n, sizeof *names, textcompare);
	bufstr(&b, "");
	for (i = 0; i < n; i++) {
		if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
			buffmt(&b, b.len ? " %s" : "%s", names[i]);
	}
	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
	m->subs = buftake(&b);
}

/* adds the names of packages among the words of a value, which begins at s */
static void
valuewords(struct buf *b, const char *s)
{
	const char *end;
	size_t n;

	end = s + (*s == '"' ? 1 + strcspn(s + 1, "\"") : strcspn(s, " \t\n;"));
	for (; s < end; s += n) {
		s += strcspn(s, NAMECHARS);
		n = strspn(s, NAMECHARS);
		if (s >= end || n == 0 || s[-1] == '$' || s[-1] == '{')
			continue;
		/* behind it may be a pattern's version */
		buffmt(b, b->len ? " %.*s" : "%.*s", (int)n, s);
		if (s[n] == '<' || s[n] == '>')
			n += strcspn(s + n, " \t\n\"");
	}
}

/* the words of what is assigned to makedepends, depends and the like: what is not
 * put together from variables is needed more often than not */
static void
hints(struct mention *m, const char *text)
{
	static const char word[] = "depends";
	struct buf b = {0};
	const char *s;

	for (s = text; (s = strstr(s, word)); ) {
		if (s - text >= 5 && strncmp(s - 5, "check", 5) == 0) {
			s += sizeof word - 1;
			continue;
		}
		s += sizeof word - 1;
		s += *s == '+';
		if (*s == '=')
			valuewords(&b, s + 1);
	}
	bufstr(&b, "");
	m->hints = buftake(&b);
}

void
mention(const char *text, struct mention *m)
{
	static const char *const any[] = { "BASH_SOURCE", "DIR/../..",
	    "DIR}/../..", NULL };
	static const char *const common[] = { "COMMONDIR", "BUILDSTYLEDIR",
	    "BUILDHELPERDIR", "SHUTILSDIR", "CROSSPFDIR", NULL };

	memset(m, 0, sizeof *m);
	m->eval = command(text, "eval") || command(text, "source") ||
	    command(text, ".");
	subs(m, text);
	hints(m, text);
	m->files = strstr(text, "FILESDIR") != NULL;
	m->patches = strstr(text, "PATCHESDIR") != NULL;
	m->quick = strstr(text, "$(vopt_") || strstr(text, "UHELPER_CMD getpkgname");
	m->any = has(text, any);
	m->common = has(text, common);
	others(m, text, "SRCPKGDIR");
	others(m, text, "DISTDIR/srcpkgs");
	others(m, text, "DISTDIR}/srcpkgs");
}

void
mentionfree(struct mention *m)
{
	size_t i;

	for (i = 0; i < m->nothers; i++)
		free(m->others[i]);
	free(m->others);
	free(m->subs);
	free(m->hints);
}

#define PREFIX "templates-"

enum { MAXTEMPLATE = 16 << 20 };	/* bytes */

int
originread(const char *srcpkgs, const char *name, struct buf *b)
{
	char *path;
	int r;

	path = xasprintf("%s/%s/template", srcpkgs, name);
	r = ioread(AT_FDCWD, path, MAXTEMPLATE, b);
	free(path);
	return r;
}

/* the number of the directories */
static uint64_t
around(const char *srcpkgs, const char *lines, int deep)
{
	const char *s;
	char *path;
	uint64_t sum;
	size_t n;

	sum = 0;
	for (s = lines; *s == 'w' || *s == 'u'; s += n + 1) {
		n = strcspn(s, "\n");
		if (*s == 'u')
			continue;
		path = xasprintf("%s/%.*s", srcpkgs, (int)(n - 2), s + 2);
		sum += fingerprinttree(path, NULL, deep);
		free(path);
	}
	return sum;
}

uint64_t
originstatus(const char *srcpkgs, const struct stat *st, const char *lines)
{
	return fingerprintfile(st) + around(srcpkgs, lines, 0);
}

uint64_t
origincontents(const char *srcpkgs, const char *lines)
{
	return around(srcpkgs, lines, 1);
}

/* The file:
 *	the key, which begins with the version of this format
 *	state STATUS CONTENTS, of what all texts come from, and an empty line
 *	for each text: @NAME STATUS CONTENTS, its lines, and an empty line
 *	end NUMBER, the number of all that is above
 * Numbers have 16 hexadecimal digits.
 * Processes that write it at the same time replace it one after the other; what
 * one has added and the next does not know is evaluated once more. */

enum {
	MAXCACHE = 512 << 20,	/* bytes */
	MAXOTHERS = 16	/* files of other trees */
};

struct text {
	struct origin from;
	const char *lines;
};

/* a file's texts */
struct texts {
	struct buf file;
	struct table *byname;	/* name to struct text */
};

struct tmplcache {
	const char *dir;	/* "" for none */
	char *name;		/* of the file there, NULL: none */
	char *key;
	struct arena *arena;
	struct texts own;
	struct texts others[MAXOTHERS];	/* of trees with the same key and state */
	size_t nothers;
	int sought;		/* for others */
	struct origin state;
	uint64_t (*tellstate)(const void *, int);
	const void *arg;
	int changed;
};

static void
remember(struct tmplcache *c, struct texts *t, const char *name,
    const struct origin *from, const char *lines)
{
	void **place;
	struct text *text;

	place = tableput(t->byname, name);
	if (!*place)
		*place = arenaget(c->arena, sizeof *text);
	text = *place;
	text->from = *from;
	text->lines = lines;
}

/* whether the file has the key, so that of others no more is read */
static int
begins(const struct tmplcache *c, int fd)
{
	char *s;
	size_t n;
	int r;

	n = strlen(c->key);
	s = xmalloc(n + 1);
	r = pread(fd, s, n, 0) == (ssize_t)n && memcmp(s, c->key, n) == 0;
	free(s);
	return r;
}

/* reads a file of the directory if it is ours and has the key; others may not tell us
 * what is in the tree */
static int
slurp(const struct tmplcache *c, const char *name, struct buf *b)
{
	struct stat st;
	char *path;
	int fd, r;

	path = xasprintf("%s/%s", c->dir, name);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	free(path);
	if (fd < 0)
		return -1;
	r = fstat(fd, &st);
	if (r == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	    st.st_size < MAXCACHE && begins(c, fd)) {
		bufroom(b, (size_t)st.st_size + 4096);
		r = ioreadfd(fd, MAXCACHE, b);
	} else {
		r = -1;
	}
	close(fd);
	return r;
}

/* whether the end is there and fits; takes it off */
static int
sound(struct buf *b)
{
	enum { END = sizeof "end 0123456789abcdef\n" - 1 };
	char end[END + 1];
	size_t n;

	if (b->len < END)
		return 0;
	n = b->len - END;
	snprintf(end, sizeof end, "end %016" PRIx64 "\n", fingerprinttext(b->s, n));
	if (memcmp(b->s + n, end, END) != 0)
		return 0;
	b->s[n] = '\0';
	b->len = n;
	return 1;
}

/* reads " STATUS CONTENTS" and a newline; returns what is behind, NULL if it is
 * not there */
static char *
numbers(char *s, struct origin *from)
{
	if (*s != ' ')
		return NULL;
	from->status = strtoull(s, &s, 16);
	if (*s != ' ')
		return NULL;
	from->contents = strtoull(s, &s, 16);
	return *s == '\n' ? s + 1 : NULL;
}

static void
readtexts(struct tmplcache *c, struct texts *t, char *s)
{
	struct origin from;
	char *end, *lines, *name;

	for (; *s == '@' && (end = strstr(s, "\n\n")); s = end + 2) {
		end[1] = '\0';
		name = s + 1;
		s = name + strcspn(name, " ");
		lines = numbers(s, &from);
		if (!lines)
			return;
		*s = '\0';
		remember(c, t, name, &from, lines);
	}
}

/* returns where the texts of a file's bytes begin, and what they come from; NULL when
 * they are of no use for this key */
static char *
head(const struct tmplcache *c, struct buf *b, struct origin *was)
{
	static const char state[] = "state";
	char *s;
	size_t n;

	n = strlen(c->key);
	if (!sound(b) || b->len < n || memcmp(b->s, c->key, n) != 0)
		return NULL;
	s = b->s + n;
	n = sizeof state - 1;
	s = strncmp(s, state, n) == 0 ? numbers(s + n, was) : NULL;
	return s && *s == '\n' ? s + 1 : NULL;
}

/* reads the texts of other trees that come from the same state */
static void
readothers(struct tmplcache *c)
{
	struct origin was;
	struct dirent *de;
	struct texts *t;
	char *s;
	DIR *d;

	c->sought = 1;
	d = c->name ? opendir(c->dir) : NULL;
	if (!d)
		return;
	while (c->nothers < MAXOTHERS && (de = readdir(d))) {
		if (strncmp(de->d_name, PREFIX, sizeof PREFIX - 1) != 0 ||
		    strcmp(de->d_name, c->name) == 0)
			continue;
		t = &c->others[c->nothers];
		s = slurp(c, de->d_name, &t->file) < 0 ? NULL :
		    head(c, &t->file, &was);
		if (s && was.contents == c->state.contents) {
			t->byname = mktable();
			readtexts(c, t, s);
			c->nothers++;
		} else {
			buffree(&t->file);
			memset(t, 0, sizeof *t);
		}
	}
	closedir(d);
}

struct tmplcache *
tmplcacheopen(const char *dir, const char *id, const char *key,
    uint64_t (*state)(const void *arg, int deep), const void *arg)
{
	struct origin was = {0};
	struct tmplcache *c;
	char *s;

	c = xcalloc(1, sizeof *c);
	c->arena = mkarena();
	c->own.byname = mktable();
	c->dir = dir;
	c->key = xstrdup(key);
	c->tellstate = state;
	c->arg = arg;
	c->state.status = state(arg, 0);
	if (!*dir || (iomkdirs(dir) < 0 && errno != EEXIST))
		return c;
	c->name = xasprintf(PREFIX "%016" PRIx64, fingerprinttext(id, strlen(id)));
	s = slurp(c, c->name, &c->own.file) < 0 ? NULL : head(c, &c->own.file, &was);
	if (s && was.status == c->state.status)
		c->state.contents = was.contents;
	else
		c->state.contents = state(arg, 1);
	if (s && was.contents == c->state.contents) {
		c->changed = was.status != c->state.status;
		readtexts(c, &c->own, s);
	}
	return c;
}

const char *
tmplcacheget(const struct tmplcache *c, const char *name, struct origin *from)
{
	struct text *t;

	t = tableget(c->own.byname, name);
	if (!t)
		return NULL;
	*from = t->from;
	return t->lines;
}

const char *
tmplcacheother(struct tmplcache *c, const char *name, size_t i, struct origin *from)
{
	struct text *t;

	if (!c->sought)
		readothers(c);
	t = i < c->nothers ? tableget(c->others[i].byname, name) : NULL;
	if (!t)
		return NULL;
	*from = t->from;
	return t->lines;
}

size_t
tmplcacheothers(struct tmplcache *c)
{
	if (!c->sought)
		readothers(c);
	return c->nothers;
}

void
tmplcacheput(struct tmplcache *c, const char *name, const struct origin *from,
    const char *text)
{
	remember(c, &c->own, name, from, arenastr(c->arena, text, strlen(text)));
	c->changed = 1;
}

void
tmplcachetouch(struct tmplcache *c, const char *name, uint64_t status)
{
	struct text *t;

	t = tableget(c->own.byname, name);
	t->from.status = status;
	c->changed = 1;
}

static void
put(struct buf *b, const struct origin *o)
{
	buffmt(b, "%016" PRIx64 " %016" PRIx64 "\n", o->status, o->contents);
}

/* puts the file there at once, but not synced, which would take longer than all
 * else: what a crash leaves of it has not the sum at its end */
static void
replace(const char *path, const struct buf *b)
{
	char tmp[PATH_MAX];
	int fd;

	fd = iotemp(AT_FDCWD, path, tmp, sizeof tmp, 0600);
	if (fd < 0)
		return;
	if (iowritefd(fd, b->s, b->len) < 0 ||
	    iorename(AT_FDCWD, tmp, path) < 0)
		ioabandon(AT_FDCWD, fd, tmp);
	else
		close(fd);
}

/* appends the bytes of a file with the texts whose names keep takes */
static void
writetexts(const struct tmplcache *c, int (*keep)(void *, const char *), void *arg,
    struct buf *b)
{
	const char *name;
	struct text *t;
	void *value;
	size_t i;

	buffmt(b, "%sstate ", c->key);
	put(b, &c->state);
	bufchar(b, '\n');
	for (i = 0; (name = tablenext(c->own.byname, &i, &value)); ) {
		t = value;
		if (!keep(arg, name))
			continue;
		buffmt(b, "@%s ", name);
		put(b, &t->from);
		bufstr(b, t->lines);
		bufchar(b, '\n');
	}
	buffmt(b, "end %016" PRIx64 "\n", fingerprinttext(b->s, b->len));
}

/* a cache that cannot be written is a cache without what is new */
static void
save(struct tmplcache *c, int (*keep)(void *, const char *), void *arg)
{
	struct buf b = {0};
	char *path;

	bufroom(&b, c->own.file.len + 65536);
	writetexts(c, keep, arg, &b);
	path = xasprintf("%s/%s", c->dir, c->name);
	replace(path, &b);
	free(path);
	buffree(&b);
}

void
tmplcacheclose(struct tmplcache *c, int (*keep)(void *, const char *),
    void *arg)
{
	size_t i;

	/* what was evaluated while the state changed may come from either */
	if (c->name && c->changed && c->tellstate(c->arg, 0) == c->state.status)
		save(c, keep, arg);
	for (i = 0; i < c->nothers; i++) {
		buffree(&c->others[i].file);
		tabledel(c->others[i].byname);
	}
	free(c->name);
	free(c->key);
	buffree(&c->own.file);
	tabledel(c->own.byname);
	arenadel(c->arena);
	free(c);
}

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cachefile.h"
#include "base/io.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "tree/fingerprint.h"
#include "tree/tmplcache.h"

#define PREFIX "templates-"

/* The file, but for the last line of base/cachefile.h:
 *	the key, which begins with the version of this format
 *	state STATUS CONTENTS, of the files that all texts depend on, and an empty line
 *	for each text: @NAME STATUS CONTENTS, its lines, and an empty line
 * Numbers have 16 hexadecimal digits. Of two processes that write the file at the same
 * time the later one wins; texts of the earlier one alone are evaluated again. */

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
settext(struct tmplcache *c, struct texts *t, const char *name,
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

/* reads " STATUS CONTENTS" and a newline; returns what follows, NULL when it is not
 * there */
static char *
readnumbers(char *s, struct origin *from)
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
		lines = readnumbers(s, &from);
		if (!lines)
			return;
		*s = '\0';
		settext(c, t, name, &from, lines);
	}
}

/* returns where the texts of a file begin, and sets the state they were made from; NULL
 * when there is none */
static char *
readhead(const struct tmplcache *c, struct buf *b, struct origin *was)
{
	static const char state[] = "state";
	char *s;
	size_t n;

	s = b->s + strlen(c->key);
	n = sizeof state - 1;
	s = strncmp(s, state, n) == 0 ? readnumbers(s + n, was) : NULL;
	return s && *s == '\n' ? s + 1 : NULL;
}

/* reads the files of other trees that have the same key and state */
static void
readothers(struct tmplcache *c)
{
	struct origin was;
	struct dirent *de;
	struct texts *t;
	char *path, *s;
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
		path = xasprintf("%s/%s", c->dir, de->d_name);
		s = cachefileread(path, c->key, MAXCACHE, &t->file) < 0 ? NULL :
		    readhead(c, &t->file, &was);
		free(path);
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
	char *path, *s;

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
	c->name = xasprintf(PREFIX "%016" PRIx64, texthash(id, strlen(id)));
	path = xasprintf("%s/%s", dir, c->name);
	s = cachefileread(path, key, MAXCACHE, &c->own.file) < 0 ? NULL :
	    readhead(c, &c->own.file, &was);
	free(path);
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
	settext(c, &c->own, name, from, arenastr(c->arena, text, strlen(text)));
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
addnumbers(struct buf *b, const struct origin *o)
{
	buffmt(b, "%016" PRIx64 " %016" PRIx64 "\n", o->status, o->contents);
}

/* appends a file with the texts whose names keep returns 1 for */
static void
writetexts(const struct tmplcache *c, int (*keep)(void *, const char *), void *arg,
    struct buf *b)
{
	const char *name;
	struct text *t;
	void *value;
	size_t i;

	buffmt(b, "%sstate ", c->key);
	addnumbers(b, &c->state);
	bufchar(b, '\n');
	for (i = 0; (name = tablenext(c->own.byname, &i, &value)); ) {
		t = value;
		if (!keep(arg, name))
			continue;
		buffmt(b, "@%s ", name);
		addnumbers(b, &t->from);
		bufstr(b, t->lines);
		bufchar(b, '\n');
	}
}

/* writes the cache; when that fails the new texts are evaluated again next time */
static void
savetexts(struct tmplcache *c, int (*keep)(void *, const char *), void *arg)
{
	struct buf b = {0};
	char *path;

	bufroom(&b, c->own.file.len + 65536);
	writetexts(c, keep, arg, &b);
	path = xasprintf("%s/%s", c->dir, c->name);
	cachefilewrite(path, &b);
	free(path);
	buffree(&b);
}

void
tmplcacheclose(struct tmplcache *c, int (*keep)(void *, const char *),
    void *arg)
{
	size_t i;

	/* a text evaluated while the state changed may be of the old or the new one */
	if (c->name && c->changed && c->tellstate(c->arg, 0) == c->state.status)
		savetexts(c, keep, arg);
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

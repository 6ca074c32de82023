#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "buf.h"
#include "io.h"
#include "stamp.h"
#include "tab.h"
#include "tmplcache.h"
#include "x.h"

/* The file:
 *	the key, which begins with the version of this format, and an empty line
 *	for each text: @NAME NUMBER, its lines, and an empty line
 *	end NUMBER, the number of all that is above
 * Processes that write it at the same time replace it one after the other; what
 * one has added and the next does not know is evaluated once more. */

enum { MAXCACHE = 512 << 20 };	/* bytes */

struct text {
	uint64_t number;
	const char *lines;
};

struct tmplcache {
	char *path;		/* NULL: none */
	char *key;
	struct buf file;
	struct arena *arena;
	struct tab *texts;	/* name to struct text */
	int changed;
};

static void
remember(struct tmplcache *c, const char *name, uint64_t number,
    const char *lines)
{
	void **place;
	struct text *t;

	place = tabput(c->texts, name);
	if (!*place)
		*place = arenaget(c->arena, sizeof *t);
	t = *place;
	t->number = number;
	t->lines = lines;
}

/* reads it if it is a file of ours; others may not tell us what is in the tree */
static int
slurp(struct tmplcache *c)
{
	struct stat st;
	int fd, r;

	fd = open(c->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = fstat(fd, &st);
	if (r == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	    st.st_size < MAXCACHE) {
		bufroom(&c->file, (size_t)st.st_size + 4096);
		r = ioreadfd(fd, MAXCACHE, &c->file);
	} else {
		r = -1;
	}
	close(fd);
	return r;
}

/* whether the end is there and fits; takes it off */
static int
sound(struct tmplcache *c)
{
	enum { END = sizeof "end 0123456789abcdef\n" - 1 };
	char end[END + 1];
	size_t n;

	if (c->file.len < END)
		return 0;
	n = c->file.len - END;
	snprintf(end, sizeof end, "end %016" PRIx64 "\n",
	    stamptext(c->file.s, n));
	if (memcmp(c->file.s + n, end, END) != 0)
		return 0;
	c->file.s[n] = '\0';
	c->file.len = n;
	return 1;
}

static void
texts(struct tmplcache *c, char *s)
{
	char *end, *name;
	uint64_t number;

	for (; *s == '@' && (end = strstr(s, "\n\n")); s = end + 2) {
		end[1] = '\0';
		name = s + 1;
		s = strchr(name, ' ');
		if (!s)
			return;
		*s++ = '\0';
		number = strtoull(s, &s, 16);
		if (*s++ != '\n')
			return;
		remember(c, name, number, s);
	}
}

struct tmplcache *
tmplcacheopen(const char *dir, const char *id, const char *key)
{
	struct tmplcache *c;
	size_t n;

	c = xcalloc(1, sizeof *c);
	c->arena = mkarena();
	c->texts = mktab();
	c->key = xasprintf("%s\n", key);
	if (*dir && (iomkdirs(dir) == 0 || errno == EEXIST))
		c->path = xasprintf("%s/templates-%016" PRIx64, dir,
		    stamptext(id, strlen(id)));
	n = strlen(c->key);
	if (c->path && slurp(c) == 0 && c->file.len > n &&
	    memcmp(c->file.s, c->key, n) == 0 && sound(c))
		texts(c, c->file.s + n);
	return c;
}

const char *
tmplcacheget(const struct tmplcache *c, const char *name, uint64_t *number)
{
	struct text *t;

	t = tabget(c->texts, name);
	if (!t)
		return NULL;
	*number = t->number;
	return t->lines;
}

void
tmplcacheput(struct tmplcache *c, const char *name, uint64_t number,
    const char *text)
{
	remember(c, name, number, arenastr(c->arena, text, strlen(text)));
	c->changed = 1;
}

/* a cache that cannot be written is a cache without what is new */
static void
save(struct tmplcache *c, int (*keep)(void *, const char *), void *arg)
{
	struct buf b = {0};
	const char *name;
	struct text *t;
	void *value;
	size_t i;

	bufstr(&b, c->key);
	for (i = 0; (name = tabnext(c->texts, &i, &value)); ) {
		t = value;
		if (!keep(arg, name))
			continue;
		buffmt(&b, "@%s %" PRIx64 "\n", name, t->number);
		bufstr(&b, t->lines);
		bufchar(&b, '\n');
	}
	buffmt(&b, "end %016" PRIx64 "\n", stamptext(b.s, b.len));
	ioreplace(AT_FDCWD, c->path, b.s, b.len, 0600);
	buffree(&b);
}

void
tmplcacheclose(struct tmplcache *c, int (*keep)(void *, const char *),
    void *arg)
{
	if (c->path && c->changed)
		save(c, keep, arg);
	free(c->path);
	free(c->key);
	buffree(&c->file);
	tabdel(c->texts);
	arenadel(c->arena);
	free(c);
}

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/table.h"
#include "base/x.h"
#include "web/dir.h"

#define LIST ".pages"
#define FIRST "index.html"
#define MAGIC "spiff pages 1 "

enum { LISTMAX = 1 << 28 };

struct page {
	uint64_t hash;
	long long size;
	char *note;
	int put;		/* since diropen */
};

struct dir {
	char *path;
	int dir;
	int lock;
	uint64_t signature;	/* of the input now */
	int fresh;		/* the pages were made from that */
	int changed;		/* a page was written */
	struct table *pages;
};

/* FNV-1a by words, as a site is tens of megabytes; the shift carries changes of a
 * word's upper half into the lower one. */
uint64_t
dirhash(uint64_t h, const void *s, size_t n)
{
	const unsigned char *p = s;
	uint64_t word;

	h = (h ? h : 14695981039346656037u) ^ n;
	for (; n >= sizeof word; n -= sizeof word, p += sizeof word) {
		memcpy(&word, p, sizeof word);
		h = (h ^ word) * 1099511628211u;
		h ^= h >> 32;
	}
	for (; n > 0; n--)
		h = (h ^ *p++) * 1099511628211u;
	return h;
}

static void
dirdel(struct dir *p)
{
	struct page *g;
	void *value;
	size_t i;

	for (i = 0; tablenext(p->pages, &i, &value);) {
		g = value;
		free(g->note);
		free(g);
	}
	tabledel(p->pages);
	ioclose(p->lock);
	ioclose(p->dir);
	free(p->path);
	free(p);
}

/* a line is "HASH SIZE NAME TAB NOTE"; a name that leads out of the directory was not
 * written here */
static void
readline(struct dir *p, char *line)
{
	struct page *g;
	char *name, *note;
	void **place;

	note = strchr(line, '\t');
	name = strchr(line, ' ');
	name = name ? strchr(name + 1, ' ') : NULL;
	if (!note || !name || name > note)
		return;
	*note++ = '\0';
	name++;
	if (*name == '/' || *name == '.' || strstr(name, "/."))
		return;
	place = tableput(p->pages, name);
	if (*place)
		return;
	g = xcalloc(1, sizeof *g);
	g->hash = strtoull(line, NULL, 16);
	g->size = strtoll(strchr(line, ' ') + 1, NULL, 10);
	g->note = xstrdup(note);
	*place = g;
}

static void
readlist(struct dir *p)
{
	struct buf b = {0};
	char *line, *next;

	if (ioread(p->dir, LIST, LISTMAX, &b) == 0 && b.s &&
	    strncmp(b.s, MAGIC, strlen(MAGIC)) == 0) {
		p->fresh = p->signature &&
		    strtoull(b.s + strlen(MAGIC), NULL, 16) == p->signature &&
		    faccessat(p->dir, FIRST, F_OK, 0) == 0;
		line = p->fresh ? NULL : strchr(b.s, '\n');
		for (; line && (next = strchr(++line, '\n')); line = next) {
			*next = '\0';
			readline(p, line);
		}
	}
	buffree(&b);
}

struct dir *
diropen(const char *path, uint64_t signature)
{
	struct dir *p;

	p = xcalloc(1, sizeof *p);
	p->path = xstrdup(path);
	p->signature = signature;
	p->pages = mktable();
	p->dir = p->lock = -1;
	if (iomkdirs(path) == 0)
		p->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* only one writer at a time can keep the list true */
	if (p->dir >= 0)
		p->lock = locktake(p->dir, ".lock", LOCK_WAIT);
	if (p->lock < 0) {
		warn("%s", path);
		dirdel(p);
		return NULL;
	}
	readlist(p);
	return p;
}

int
dirfresh(const struct dir *p)
{
	return p->fresh;
}

/* whether the file still has its size; pages are not synced, so after a crash of the
 * machine one may be empty */
static int
intact(const struct dir *p, const char *name, const struct page *g)
{
	struct stat st;

	return fstatat(p->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && st.st_size == g->size;
}

/* removes the list before the first change, lest it lie about a file if this process is
 * killed */
static void
droplist(struct dir *p)
{
	if (!p->changed && unlinkat(p->dir, LIST, 0) < 0 && errno != ENOENT)
		warn("%s/" LIST, p->path);
	p->changed = 1;
}

static int
replace(struct dir *p, const char *name, const struct buf *b)
{
	char tmp[PATH_MAX];
	int fd;

	droplist(p);
	fd = iotemp(p->dir, name, tmp, sizeof tmp, 0644);
	if (fd < 0)
		return -1;
	if (iowritefd(fd, b->s, b->len) < 0) {
		ioabandon(p->dir, fd, tmp);
		return -1;
	}
	if (close(fd) < 0 || iorename(p->dir, tmp, name) < 0) {
		ioabandon(p->dir, -1, tmp);
		return -1;
	}
	return 0;
}

static struct page *
pageof(struct dir *p, const char *name)
{
	void **place;

	place = tableput(p->pages, name);
	if (!*place)
		*place = xcalloc(1, sizeof(struct page));
	return *place;
}

int
dirkeep(struct dir *p, const char *name, uint64_t hash, const char **note)
{
	struct page *g;

	g = tableget(p->pages, name);
	if (!g || g->hash != hash || !intact(p, name, g))
		return 0;
	g->put = 1;
	*note = g->note ? g->note : "";
	return 1;
}

/* makes the directory of a name */
static int
makedir(struct dir *p, const char *name)
{
	const char *slash;
	char *dir;
	int fd;

	slash = strchr(name, '/');
	if (!slash)
		return 0;
	dir = xstrndup(name, (size_t)(slash - name));
	fd = ioopendir(p->dir, dir, 1);
	free(dir);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static int
failed(const struct dir *p, const char *name)
{
	warn("%s/%s", p->path, name);
	return -1;
}

int
dirputas(struct dir *p, const char *name, struct buf *b, uint64_t hash,
    const char *note)
{
	struct page *g;

	bufadd(b, "", 0);
	g = pageof(p, name);
	free(g->note);
	g->note = xstrdup(note);
	g->hash = hash;
	g->size = (long long)b->len;
	g->put = 1;
	if (replace(p, name, b) < 0 &&
	    (errno != ENOENT || makedir(p, name) < 0 ||
	    replace(p, name, b) < 0)) {
		g->put = 0;
		return failed(p, name);
	}
	b->len = 0;
	return 0;
}

int
dirput(struct dir *p, const char *name, struct buf *b)
{
	const char *note;
	uint64_t hash;

	hash = dirhash(0, b->s, b->len);
	if (!dirkeep(p, name, hash, &note))
		return dirputas(p, name, b, hash, "");
	b->len = 0;
	return 0;
}

int
dirlink(struct dir *p, const char *name, int fromdir, const char *from)
{
	struct stat have, want;
	struct page *g;

	if (fstatat(fromdir, from, &want, AT_SYMLINK_NOFOLLOW) < 0)
		return failed(p, name);
	g = pageof(p, name);
	g->put = 1;
	/* a link to it, or a copy made after its last change */
	if (fstatat(p->dir, name, &have, AT_SYMLINK_NOFOLLOW) == 0 &&
	    ((have.st_dev == want.st_dev && have.st_ino == want.st_ino) ||
	    (have.st_size == want.st_size &&
	    have.st_mtim.tv_sec > want.st_mtim.tv_sec)))
		return 0;
	if (ioplace(fromdir, from, p->dir, name) < 0 &&
	    (errno != ENOENT || makedir(p, name) < 0 ||
	    ioplace(fromdir, from, p->dir, name) < 0))
		return failed(p, name);
	return 0;
}

void
dirabandon(struct dir *p)
{
	dirdel(p);
}

int
dirclose(struct dir *p)
{
	struct buf b = {0};
	const char *name;
	struct page *g;
	void *value;
	size_t i;
	int r;

	buffmt(&b, MAGIC "%016" PRIx64 "\n", p->signature);
	for (i = 0; (name = tablenext(p->pages, &i, &value));) {
		g = value;
		if (g->put)
			buffmt(&b, "%016" PRIx64 " %lld %s\t%s\n", g->hash,
			    g->size, name, g->note ? g->note : "");
		else if (unlinkat(p->dir, name, 0) < 0 && errno != ENOENT)
			warn("%s/%s", p->path, name);
	}
	r = replace(p, LIST, &b);
	if (r < 0)
		failed(p, LIST);
	buffree(&b);
	dirdel(p);
	return r;
}

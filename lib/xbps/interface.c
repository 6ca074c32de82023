#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cachefile.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/sha.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "xbps/interface.h"
#include "xbps/pkgver.h"
#include "xbps/plist.h"
#include "xbps/plistread.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
#include "xbps/tar.h"

/* The cache, but for the last line of base/cachefile.h:
 *	spiff interfaces 1
 *	SHA256 HASH		of each package file; "-" for one without an interface
 * Of two processes that write it at the same time the later one wins; packages that only
 * the earlier one had are read again. */
#define NAME "interfaces"
#define HEAD "spiff interfaces 1\n"

enum {
	DIGITS = 16,		/* of an interface's hash */
	MEMORY = 64 << 20,	/* bytes of the file */
	KEPT = 60000,		/* packages above which those that were not asked for
				 * are dropped */
	LISTMAX = 64 << 20,	/* bytes of a package's list of files, and of each file
				 * before it */
	ENTRIESMAX = 8		/* of a package file, before the list */
};

struct memo {
	char hash[DIGITS + 1];	/* "" for none */
	int used;
};

struct interfaces {
	char *path;		/* NULL: no cache */
	struct arena *arena;
	struct table *known;	/* SHA-256 of a package file to its struct memo */
	int changed;
};

/* parts of paths of files that a compiler, a linker or a build system reads */
static const char *const places[] = {
	"/include/", "/pkgconfig/", "/cmake/", "/aclocal", "/vala/", "/gir-1.0/",
	"/ocaml/", "/lib/go/", "/gocode/", "/rustlib/", "/cargo/registry/",
	"/mkspecs/", "/ghc-", "/wayland-protocols/", "/dbus-1/interfaces/",
	"/crystal/", "/zig/", "/nim/",
};

/* the ends of their names */
static const char *const suffixes[] = {
	".a", ".o", ".h", ".hh", ".hpp", ".hxx", ".pc", ".m4", ".cmake", ".vapi",
	".gir", ".mli", ".cmi", ".cmx", ".cma", ".cmxa", ".rlib", ".rmeta", ".rs",
	".go", ".hi", ".mod", ".pxd", ".prf", ".pri",
};

static int
ispart(const char *path)
{
	size_t i;

	if (strncmp(path, "/usr/share/doc/", 15) == 0 ||
	    strncmp(path, "/usr/share/man/", 15) == 0 ||
	    strncmp(path, "/usr/src/", 9) == 0)
		return 0;
	for (i = 0; i < sizeof places / sizeof *places; i++) {
		if (strstr(path, places[i]))
			return 1;
	}
	for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		if (textends(path, suffixes[i]))
			return 1;
	}
	return 0;
}

/* the strings that an interface is the hash of */
struct parts {
	char **list;
	size_t n;
};

static void
addpart(struct parts *ps, char *s)
{
	ps->list = xgrow(ps->list, ps->n, sizeof *ps->list);
	ps->list[ps->n++] = s;
}

/* adds those of a list's files or links that count, with their content by that key */
static void
addfiles(struct parts *ps, const struct plist *files, const char *key,
    const char *content)
{
	const struct plist *array, *p;
	const char *path, *what;
	uint32_t i;

	array = plistget(files, key);
	for (i = 0; array && array->type == PLIST_ARRAY && i < array->len; i++) {
		p = &array->u.kids[i];
		path = pliststr(p, "file");
		what = pliststr(p, content);
		if (path && what && ispart(path))
			addpart(ps, xasprintf("%s %s", path, what));
	}
}

/* sets hash to that of the parts, "" when there are none; frees them */
static void
endparts(struct parts *ps, char hash[DIGITS + 1])
{
	char hex[SHAHEX];
	struct sha sum;
	size_t i;

	shainit(&sum);
	if (ps->n > 0)
		qsort(ps->list, ps->n, sizeof *ps->list, textcompare);
	for (i = 0; i < ps->n; i++) {
		shaadd(&sum, ps->list[i], strlen(ps->list[i]) + 1);
		free(ps->list[i]);
	}
	free(ps->list);
	shaend(&sum, hex);
	hash[0] = '\0';
	if (ps->n > 0)
		memcpy(hash, hex, DIGITS);
	hash[DIGITS] = '\0';
}

/* appends the text of the package's list of files to b; -1 when there is none */
static int
readlist(int fd, struct buf *b)
{
	const char *name;
	struct tar t;
	int i, r, regular;

	if (taropen(&t, fd) < 0)
		return -1;
	r = -1;
	for (i = 0; i < ENTRIESMAX && tarnext(&t, &name, &regular) > 0; i++) {
		if (regular && strcmp(name + (*name == '.'), "/files.plist") == 0) {
			r = tardata(&t, LISTMAX, b);
			break;
		}
		/* a small file may claim to be one of gigabytes */
		if (tarsize(&t) > LISTMAX)
			break;
	}
	tarclose(&t);
	return r;
}

/* opens a file that has the package's size; -1 if there is none */
static int
openfile(const char *path, const struct repopkg *p)
{
	struct stat st;
	int fd;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (unsigned long long)st.st_size == p->size))
		return fd;
	close(fd);
	return -1;
}

/* opens a package's file: in the repository or, for a remote one, in xbps-src's cache of
 * installed packages; -1 when it is not on this machine */
static int
openpkg(const struct repo *where, const struct repopkg *p)
{
	static const enum conf archs[] = { CONF_ARCH, CONF_HOST };
	const char *file;
	char *path, *url;
	size_t i;
	int fd;

	url = repopath(where, p);
	fd = openfile(url, p);
	file = strrchr(url, '/');
	for (i = 0; fd < 0 && file && strstr(url, "://") && i < 2; i++) {
		path = xasprintf("%s/repocache-%s%s", confget(CONF_HOSTDIR),
		    confget(archs[i]), file);
		fd = openfile(path, p);
		free(path);
	}
	free(url);
	return fd;
}

/* sets hash to a package's interface; -1 when its file cannot be read */
static int
hashpkg(const struct repo *where, const struct repopkg *p, char hash[DIGITS + 1])
{
	struct buf text = { 0 };
	struct parts ps = { 0 };
	const char *const *so;
	struct plisterr e;
	struct plist *files;
	struct arena *a;
	int fd, r;

	fd = openpkg(where, p);
	if (fd < 0)
		return -1;
	r = readlist(fd, &text);
	close(fd);
	a = mkarena();
	bufadd(&text, "", 0);
	files = r < 0 ? NULL : plistread(a, text.s, text.len, &e);
	if (files) {
		addfiles(&ps, files, "files", "sha256");
		addfiles(&ps, files, "links", "target");
		for (so = p->shlibs; *so; so++)
			addpart(&ps, xstrdup(*so));
		endparts(&ps, hash);
	}
	arenadel(a);
	buffree(&text);
	return files ? 0 : -1;
}

static struct memo *
memofor(struct interfaces *is, const char *sha256)
{
	void **place;

	place = tableput(is->known, sha256);
	if (!*place) {
		*place = arenaget(is->arena, sizeof(struct memo));
		memset(*place, 0, sizeof(struct memo));
	}
	return *place;
}

static int
ishex(const char *s, size_t n)
{
	return strspn(s, "0123456789abcdef") >= n;
}

/* reads the lines of the cache */
static void
readlines(struct interfaces *is, char *s)
{
	enum { HASH = SHAHEX - 1 };
	struct memo *m;
	char *end;

	for (; (end = strchr(s, '\n')); s = end + 1) {
		*end = '\0';
		if (!ishex(s, HASH) || s[HASH] != ' ')
			return;
		s[HASH] = '\0';
		m = memofor(is, s);
		s += HASH + 1;
		if (end - s == DIGITS && ishex(s, DIGITS))
			memcpy(m->hash, s, DIGITS);
	}
}

struct interfaces *
interfacesopen(const char *dir)
{
	struct buf b = { 0 };
	struct interfaces *is;

	is = xcalloc(1, sizeof *is);
	is->arena = mkarena();
	is->known = mktable();
	if (!*dir || (iomkdirs(dir) < 0 && errno != EEXIST))
		return is;
	is->path = xasprintf("%s/" NAME, dir);
	if (cachefileread(is->path, HEAD, MEMORY, &b) == 0)
		readlines(is, b.s + sizeof HEAD - 1);
	buffree(&b);
	return is;
}

static void
writecache(const struct interfaces *is)
{
	struct buf b = { 0 };
	const char *key;
	struct memo *m;
	void *value;
	size_t i;

	bufstr(&b, HEAD);
	for (i = 0; (key = tablenext(is->known, &i, &value)); ) {
		m = value;
		if (m->used || tablelen(is->known) <= KEPT)
			buffmt(&b, "%s %s\n", key, *m->hash ? m->hash : "-");
	}
	cachefilewrite(is->path, &b);
	buffree(&b);
}

void
interfacesclose(struct interfaces *is)
{
	if (!is)
		return;
	if (is->path && is->changed)
		writecache(is);
	free(is->path);
	tabledel(is->known);
	arenadel(is->arena);
	free(is);
}

/* returns the hash of a package of a repository; "" when it has neither sonames nor such
 * files; NULL when its file is not on this machine or cannot be read; lives as long as
 * is */
static const char *
hashof(struct interfaces *is, const struct repo *where,
    const struct repopkg *p)
{
	char hash[DIGITS + 1];
	struct memo *m;

	if (strlen(p->sha256) != SHAHEX - 1)
		return NULL;
	m = tableget(is->known, p->sha256);
	if (!m) {
		if (hashpkg(where, p, hash) < 0)
			return NULL;
		m = memofor(is, p->sha256);
		memcpy(m->hash, hash, sizeof hash);
		is->changed = 1;
	}
	m->used = 1;
	return m->hash;
}

/* a chroot that is being filled */
struct chroot {
	const struct repos *repos;
	struct interfaces *is;
	const char *prefix;
	char *const *own;
	size_t nown;
	struct table *seen;	/* pkgvers */
	struct buf *words;
	struct found {
		const struct repopkg *pkg;
		const struct repo *where;
	} *list;
	size_t n;
};

static void
install(struct chroot *c, const struct repopkg *p, const struct repo *where)
{
	void **place;
	size_t i;

	if (!p)
		return;
	for (i = 0; i < c->nown; i++) {
		if (strcmp(c->own[i], p->name) == 0)
			return;
	}
	place = tableput(c->seen, p->pkgver);
	if (*place)
		return;
	*place = c;
	c->list = xgrow(c->list, c->n, sizeof *c->list);
	c->list[c->n++] = (struct found){ p, where };
}

/* installs the dependency of that pkgver, or else another version */
static void
installdep(struct chroot *c, const char *pkgver)
{
	const struct repo *where = NULL;
	const struct repopkg *p;
	char *name;

	name = xstrndup(pkgver, pkgvername(pkgver));
	p = reposexact(c->repos, name, pkgver, &where);
	if (!p)
		p = reposdep(c->repos, name, &where);
	free(name);
	install(c, p, where);
}

/* installs the run-time dependencies, and appends the words of all installed packages */
static void
walkdeps(struct chroot *c)
{
	const char *const *dep, *hash;
	const struct repo *where;
	const struct repopkg *p;
	size_t i;

	for (i = 0; i < c->n; i++) {
		for (dep = c->list[i].pkg->depends; *dep; dep++) {
			p = reposdep(c->repos, *dep, &where);
			install(c, p, where);
		}
		hash = hashof(c->is, c->list[i].where, c->list[i].pkg);
		if (!hash || *hash)
			buffmt(c->words, "%s%s%s=%s", c->words->len ? " " : "",
			    c->prefix, c->list[i].pkg->pkgver, hash ? hash : "-");
	}
	free(c->list);
	tabledel(c->seen);
}

#define HOST "host:"

char *
interfaceswith(struct interfaces *is, const struct repos *host,
    const struct repos *target, const char *depends, char *const *own, size_t nown)
{
	struct buf words = { 0 };
	struct chroot sides[] = {
		{ .repos = target, .prefix = "" }, { .repos = host, .prefix = HOST },
	};
	struct chroot *c;
	char *copy, *save, *word;

	for (c = sides; c < sides + 2; c++) {
		c->is = is;
		c->own = own;
		c->nown = nown;
		c->words = &words;
		c->seen = mktable();
	}
	copy = xstrdup(depends);
	for (word = strtok_r(copy, " ", &save); word;
	    word = strtok_r(NULL, " ", &save)) {
		if (strncmp(word, HOST, sizeof HOST - 1) == 0)
			installdep(&sides[1], word + sizeof HOST - 1);
		else
			installdep(&sides[0], word);
	}
	free(copy);
	walkdeps(&sides[0]);
	walkdeps(&sides[1]);
	bufstr(&words, "");
	return buftake(&words);
}

/* whether p has another interface than pkgver had, whose hash is "-" if it could not be
 * read */
static int
hasother(struct interfaces *is, const struct repo *where, const struct repopkg *p,
    const char *pkgver, const char *hash)
{
	const char *now;
	size_t n;

	if (strcmp(p->pkgver, pkgver) == 0 && *hash == '-')
		return 0;
	now = hashof(is, where, p);
	if (now && *hash != '-')
		return strcmp(now, hash) != 0;
	n = (size_t)(pkgverrevision(pkgver) - pkgver);
	return strncmp(p->pkgver, pkgver, n) != 0;
}

char *
interfacesother(struct interfaces *is, const struct repos *host,
    const struct repos *target, const char *words)
{
	const struct repos *rs;
	const struct repopkg *p;
	const struct repo *where;
	char *copy, *hash, *name, *other, *save, *word;

	copy = xstrdup(words);
	other = NULL;
	for (word = strtok_r(copy, " ", &save); word && !other;
	    word = strtok_r(NULL, " ", &save)) {
		rs = target;
		if (strncmp(word, HOST, sizeof HOST - 1) == 0) {
			word += sizeof HOST - 1;
			rs = host;
		}
		hash = strchr(word, '=');
		if (!hash)
			continue;
		*hash++ = '\0';
		if (!pkgverok(word))
			continue;
		name = xstrndup(word, pkgvername(word));
		p = reposname(rs, name, &where);
		if (p && hasother(is, where, p, word, hash)) {
			other = name;
			name = NULL;
		}
		free(name);
	}
	free(copy);
	return other;
}

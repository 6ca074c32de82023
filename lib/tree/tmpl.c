#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/progress.h"
#include "base/table.h"
#include "base/text.h"
#include "base/threads.h"
#include "base/x.h"
#include "tree/bashpool.h"
#include "tree/fingerprint.h"
#include "tree/tmpl.h"
#include "tree/tmplcache.h"
#include "tree/tmplenv.h"
#include "tree/tmplparse.h"
#include "tree/tmplscan.h"
#include "tree/tree.h"

enum {
	MAXTEMPLATE = 16 << 20,	/* bytes */
	MAXSUBS = 4096,	/* bytes of subpackages' names in a request */
	TOGETHER = 32	/* templates expected for one and all that it needs */
};

/* the name of the triplet's text in the cache, which no package has */
#define TRIPLET "."

struct tmpls {
	struct tree *tree;
	struct arena *arena;
	struct table *known;	/* name to struct entry */
	struct bashpoolenv env;
	struct bashpool *eval;	/* NULL until something has to be evaluated */
	struct tmplcache *cache;
	struct load *load;	/* the running one */
	char *triplet;
};

/* a source package that somebody has asked for, or will by a guess */
struct entry {
	struct tmpl *t;		/* NULL until the template is evaluated */
	int wanted;		/* asked for, not only guessed */
	unsigned tree;
	uint64_t file;		/* the number of the template's status */
};

/* a template on its way from the cache, or from bash */
struct lookup {
	struct entry *entry;
	const char *name;
	unsigned tree;
	struct stat st;
	const char *lines;	/* in the cache, NULL: none */
	struct origin from;	/* of these lines, or of bash's answer */
	uint64_t status;	/* with lines: today's */
	uint64_t text;		/* the number of the template's text */
	int known;		/* the lines are up to date; if not, the following is
				 * set: */
	char *subs;		/* subpackages that it may define */
	char *reads;		/* w and u lines, see tmplparse.c */
	char *hints;		/* packages that it may need, words */
	int quick;		/* as in struct tmplscan */
	int lasting;		/* the answer can be cached */
};

/* one call of tmplload */
struct load {
	struct tmpls *ts;
	void (*found)(void *, const struct tmpl *);
	void *arg;
	struct lookup **lookups;	/* wanted or guessed, in order */
	size_t nlookups;
	struct lookup **queue;	/* wanted, in the order in which bash is asked */
	size_t nqueue, asked;
	size_t pending;		/* wanted, but not evaluated */
	size_t read;		/* wanted, and evaluated */
	const struct tmpl **news;	/* evaluated, in order */
	size_t nnews, told;	/* of these, how many found() has got */
	const char **hints;	/* of lookups: packages that may be wanted */
	size_t nhints, tried;
};

static uint64_t
state(const void *env, int deep)
{
	return tmplenvstate(env, deep);
}

struct tmpls *
tmplopen(struct tree *t, const struct tmplenv *env)
{
	struct tmpls *ts;
	char *id, *key;

	ts = xcalloc(1, sizeof *ts);
	if (tmplenvmake(t, env, &ts->env, &id, &key) < 0) {
		free(ts);
		return NULL;
	}
	ts->tree = t;
	ts->arena = mkarena();
	ts->known = mktable();
	ts->cache = tmplcacheopen(confget(CONF_CACHE), id, key, state, &ts->env);
	free(id);
	free(key);
	return ts;
}

static int
haspackage(void *arg, const char *name)
{
	struct tmpls *ts = arg;
	struct stat st;

	return strcmp(name, TRIPLET) == 0 || treestat(ts->tree, name, &st) >= 0;
}

void
tmplclose(struct tmpls *ts)
{
	tmplcacheclose(ts->cache, haspackage, ts);
	if (ts->eval)
		bashpoolclose(ts->eval);
	tmplenvfree(&ts->env);
	tabledel(ts->known);
	arenadel(ts->arena);
	free(ts->triplet);
	free(ts);
}

/* says what is wrong with a template, and keeps it for found(), if it is wanted */
static void
report(struct load *l, struct entry *e)
{
	const struct tmpl *t = e->t;
	const char *const *dirs;
	struct stat st;
	size_t n;

	if (!e->wanted)
		return;
	if (t->error) {
		dirs = treedirs(l->ts->tree, &n);
		warnx("%s/srcpkgs/%s/template: %s",
		    dirs[treestat(l->ts->tree, t->name, &st)], t->name, t->error);
	}
	if (!l->found)
		return;
	l->news = xgrow(l->news, l->nnews, sizeof *l->news);
	l->news[l->nnews++] = t;
}

/* sets the template of a lookup from lines of the cache or of bash's answer */
static void
setanswer(struct load *l, struct lookup *k, const char *lines)
{
	k->entry->t = tmplparse(l->ts->arena, l->ts->tree, k->name, lines);
	k->entry->t->native = !*l->ts->env.cross;
	report(l, k->entry);
}

static int
readtemplate(const char *srcpkgs, const char *name, struct buf *b)
{
	char *path;
	int r;

	path = xasprintf("%s/%s/template", srcpkgs, name);
	r = ioread(AT_FDCWD, path, MAXTEMPLATE, b);
	free(path);
	return r;
}

/* returns the number of the directories below srcpkgs that the first lines name */
static uint64_t
directoriesof(const char *srcpkgs, const char *lines, int deep)
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

/* returns the number of the status of a template and of the directories it may read */
static uint64_t
statusof(const char *srcpkgs, const struct stat *st, const char *lines)
{
	return fingerprintfile(st) + directoriesof(srcpkgs, lines, 0);
}

/* returns the number of the contents of all files that an evaluation with these lines
 * has read, text being that of the template */
static uint64_t
contentsof(struct tmpls *ts, const struct lookup *k, uint64_t text, const char *lines)
{
	const char *srcpkgs = ts->env.srcpkgs[k->tree];
	const char *s;

	for (s = lines; *s == 'w' || *s == 'u'; s += strcspn(s, "\n") + 1)
		;
	/* an error may have the tree's path in it */
	if (*s == 'e')
		text += texthash(srcpkgs, strlen(srcpkgs));
	return text + directoriesof(srcpkgs, lines, 1) +
	    tmplenvshared(&ts->env, lines, 1);
}

/* whether the contents are the same as when the lines were cached */
static int
samecontents(struct tmpls *ts, const struct lookup *k)
{
	struct buf b = {0};
	int r;

	r = readtemplate(ts->env.srcpkgs[k->tree], k->name, &b) == 0 &&
	    contentsof(ts, k, texthash(b.s, b.len), k->lines) == k->from.contents;
	buffree(&b);
	return r;
}

/* scans a template's text, and sets what bash has to be asked */
static void
scantext(const char *srcpkgs, struct lookup *l)
{
	struct buf text = {0}, reads = {0};
	struct tmplscan m;
	size_t i;
	int readable;

	readable = readtemplate(srcpkgs, l->name, &text) == 0;
	/* bash will say why it cannot be read */
	if (!readable)
		bufstr(&text, "eval");
	bufchar(&text, '\0');
	tmplscan(text.s, &m);
	l->subs = xstrdup(m.eval || strlen(m.subs) > MAXSUBS ? "*" : m.subs);
	if (m.files)
		buffmt(&reads, "w %s/files\n", l->name);
	if (m.patches)
		buffmt(&reads, "w %s/patches\n", l->name);
	for (i = 0; i < m.nothers; i++)
		buffmt(&reads, "w %s\n", m.others[i]);
	if (m.common)
		bufstr(&reads, "u common\n");
	bufstr(&reads, "");
	l->hints = xstrdup(m.hints);
	l->quick = m.quick && !m.any;
	l->reads = buftake(&reads);
	l->from.status = statusof(srcpkgs, &l->st, l->reads);
	l->text = texthash(text.s, text.len - 1);
	l->lasting = readable && !m.any && !fingerprintlately(&l->st);
	tmplscanfree(&m);
	buffree(&text);
}

/* sets known if the cached lines are up to date, else scans the text; changes nothing but
 * the lookup, so that threads can do it */
static void
checkcache(struct tmpls *ts, struct lookup *k)
{
	const char *srcpkgs = ts->env.srcpkgs[k->tree];

	if (k->lines) {
		k->status = statusof(srcpkgs, &k->st, k->lines) +
		    tmplenvshared(&ts->env, k->lines, 0);
		k->known = k->status == k->from.status || samecontents(ts, k);
	}
	if (!k->known)
		scantext(srcpkgs, k);
}

/* for threadsrun: most of the time goes into system calls */
static void
checkone(void *arg, size_t i, unsigned thread)
{
	struct load *l = arg;

	(void)thread;
	checkcache(l->ts, l->lookups[i]);
}

static int
stattemplate(const char *srcpkgs, const char *name, struct stat *st)
{
	char *path;
	int r;

	path = xasprintf("%s/%s/template", srcpkgs, name);
	r = lstat(path, st);
	free(path);
	return r;
}

/* whether no file has changed since the evaluation began */
static int
isunchanged(const char *srcpkgs, const struct lookup *l)
{
	struct stat st;

	return stattemplate(srcpkgs, l->name, &st) == 0 &&
	    statusof(srcpkgs, &st, l->reads) == l->from.status;
}

int
tmplstale(const struct tmpls *ts, const char *name)
{
	const struct entry *e;
	struct stat st;

	e = tableget(ts->known, name);
	return e && e->t && (stattemplate(ts->env.srcpkgs[e->tree], name, &st) < 0 ||
	    fingerprintfile(&st) != e->file);
}

/* returns NULL after a message */
static struct bashpool *
shellsof(struct tmpls *ts)
{
	if (!ts->eval && tmplenvready(&ts->env) == 0)
		ts->eval = bashpoolopen(&ts->env);
	return ts->eval;
}

static struct entry *
entryfor(struct tmpls *ts, const char *name)
{
	void **place;

	place = tableput(ts->known, name);
	if (!*place) {
		*place = arenaget(ts->arena, sizeof(struct entry));
		memset(*place, 0, sizeof(struct entry));
	}
	return *place;
}

/* returns a lookup of a new source package; NULL when no tree has it */
static struct lookup *
mklookup(struct load *l, const char *name)
{
	struct tmpls *ts = l->ts;
	struct lookup *k;
	struct stat st;
	int tree;

	tree = treestat(ts->tree, name, &st);
	if (tree < 0)
		return NULL;
	k = xcalloc(1, sizeof *k);
	k->entry = entryfor(ts, name);
	k->name = tablekey(ts->known, name);
	k->tree = k->entry->tree = (unsigned)tree;
	k->st = st;
	k->entry->file = fingerprintfile(&st);
	k->lines = tmplcacheget(ts->cache, name, &k->from);
	l->lookups = xgrow(l->lookups, l->nlookups, sizeof *l->lookups);
	return l->lookups[l->nlookups++] = k;
}

/* uses the answer of another tree's template with the same contents; returns whether
 * there is one */
static int
useother(struct load *l, struct lookup *k)
{
	struct tmpls *ts = l->ts;
	const char *lines;
	struct origin from;
	size_t i;

	for (i = 0; k->lasting && i < tmplcacheothers(ts->cache); i++) {
		lines = tmplcacheother(ts->cache, k->name, i, &from);
		if (!lines || contentsof(ts, k, k->text, lines) != from.contents)
			continue;
		from.status = statusof(ts->env.srcpkgs[k->tree], &k->st, lines) +
		    tmplenvshared(&ts->env, lines, 0);
		tmplcacheput(ts->cache, k->name, &from, lines);
		setanswer(l, k, lines);
		return 1;
	}
	return 0;
}

/* uses the cached lines; returns whether there are any */
static int
usecache(struct load *l, struct lookup *k)
{
	if (!k->known)
		return useother(l, k);
	if (k->status != k->from.status && !fingerprintlately(&k->st))
		tmplcachetouch(l->ts->cache, k->name, k->status);
	setanswer(l, k, k->lines);
	return 1;
}

/* queues a template for bash unless the cache has it */
static void
request(struct load *l, struct lookup *k)
{
	k->entry->wanted = 1;
	if (usecache(l, k))
		return;
	l->queue = xgrow(l->queue, l->nqueue, sizeof *l->queue);
	l->queue[l->nqueue++] = k;
	l->pending++;
}

void
tmplalso(struct tmpls *ts, const char *name)
{
	struct entry *e;
	struct lookup *k;

	e = tableget(ts->known, name);
	if (e && e->wanted)
		return;
	if (!e) {
		k = mklookup(ts->load, name);
		if (k) {
			checkcache(ts, k);
			request(ts->load, k);
		}
		return;
	}
	e->wanted = 1;
	if (e->t)
		report(ts->load, e);
	else
		ts->load->pending++;
}

/* calls found() for the new templates, which may add more */
static void
reportnew(struct load *l)
{
	while (l->told < l->nnews)
		l->found(l->arg, l->news[l->told++]);
}

static void
addhints(struct load *l, struct lookup *k)
{
	char *end, *s;

	if (!l->found || !k->hints)
		return;
	for (s = k->hints; *s; s = end) {
		end = s + strcspn(s, " ");
		if (*end)
			*end++ = '\0';
		l->hints = xgrow(l->hints, l->nhints, sizeof *l->hints);
		l->hints[l->nhints++] = s;
	}
}

/* returns a template that will probably be wanted and the cache lacks, NULL for none */
static struct lookup *
nextguess(struct load *l)
{
	const char *source;
	struct lookup *k;

	while (l->tried < l->nhints) {
		source = treesource(l->ts->tree, l->hints[l->tried++]);
		if (!source || tableget(l->ts->known, source))
			continue;
		k = mklookup(l, source);
		if (!k)
			continue;
		checkcache(l->ts, k);
		if (!usecache(l, k))
			return k;
	}
	return NULL;
}

static int
asknext(void *arg, int idle, struct bashpoolreq *r)
{
	struct load *l = arg;
	struct lookup *k;

	k = NULL;
	if (l->asked < l->nqueue)
		k = l->queue[l->asked++];
	else if (l->pending == 0)
		return -1;
	else if (idle)
		k = nextguess(l);
	if (!k)
		return 0;
	addhints(l, k);
	r->name = k->name;
	r->tree = k->tree;
	r->subs = k->subs;
	r->quick = k->quick;
	r->what = k;
	return 1;
}

static void
answered(void *arg, void *what, const char *answer, const char *why, int lasting)
{
	struct load *l = arg;
	struct tmpls *ts = l->ts;
	struct lookup *k = what;
	struct origin from;
	struct buf b = {0};

	bufstr(&b, k->reads);
	if (answer)
		tmplparsefold(&b, answer);
	else
		buffmt(&b, "e %s\n", why);
	if (k->lasting && (answer || lasting) &&
	    isunchanged(ts->env.srcpkgs[k->tree], k)) {
		from.status = k->from.status + tmplenvshared(&ts->env, b.s, 0);
		from.contents = contentsof(ts, k, k->text, b.s);
		tmplcacheput(ts->cache, k->name, &from, b.s);
	}
	if (k->entry->wanted) {
		l->pending--;
		l->read++;
	}
	setanswer(l, k, b.s);
	buffree(&b);
	reportnew(l);
	progressset(l->read, l->read + l->pending);
}

static void
loadfree(struct load *l)
{
	struct lookup *k;
	size_t i;

	for (i = 0; i < l->nlookups; i++) {
		k = l->lookups[i];
		/* a guess that bash has not answered in time */
		if (!k->entry->t)
			tabledrop(l->ts->known, k->name);
		free(k->subs);
		free(k->reads);
		free(k->hints);
		free(k);
	}
	free(l->lookups);
	free(l->queue);
	free(l->news);
	free(l->hints);
}

int
tmplload(struct tmpls *ts, const char *const *names, size_t n,
    void (*found)(void *, const struct tmpl *), void *arg)
{
	struct load l = { .ts = ts, .found = found, .arg = arg };
	struct bashpoolasker asker = { .next = asknext, .answer = answered,
	    .arg = &l };
	struct bashpool *eval;
	struct entry *e;
	size_t first, i;
	int r;

	ts->load = &l;
	for (i = 0; i < n; i++) {
		e = tableget(ts->known, names[i]);
		/* an entry without t is a name that is given twice */
		if (!e)
			mklookup(&l, names[i]);
		else if (e->t && !e->wanted)
			tmplalso(ts, names[i]);
	}
	first = l.nlookups;
	threadsrun(first, checkone, &l);
	for (i = 0; i < first; i++)
		request(&l, l.lookups[i]);
	reportnew(&l);
	asker.expected = found && l.pending < TOGETHER ? TOGETHER : l.pending;
	r = 0;
	if (l.pending > 0) {
		eval = shellsof(ts);
		progressbegin("templates read");
		progressset(0, l.pending);
		r = eval ? bashpoolrun(eval, &asker) : -1;
		progressend();
	}
	loadfree(&l);
	ts->load = NULL;
	return r;
}

const struct tmpl *
tmplget(const struct tmpls *ts, const char *name)
{
	const struct entry *e;

	e = tableget(ts->known, name);
	return e ? e->t : NULL;
}

int
tmplmakes(const struct tmpl *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->nmakes; i++) {
		if (strcmp(t->makes[i], name) == 0)
			return (int)i;
	}
	return -1;
}

int
tmplreverts(const struct tmpl *t, const char *version)
{
	return texthasword(t->reverts, version);
}

int
tmplno32(const struct tmpl *t, const char *name)
{
	return texthasword(t->no32, name);
}

const char *
tmpltriplet(struct tmpls *ts)
{
	const struct origin none = {0};
	struct bashpool *eval;
	struct origin ignored;
	const char *s;
	char *lines;

	if (!*ts->env.cross)
		return NULL;
	if (ts->triplet)
		return ts->triplet;
	s = tmplcacheget(ts->cache, TRIPLET, &ignored);
	if (s) {
		ts->triplet = xstrndup(s, strcspn(s, "\n"));
		return ts->triplet;
	}
	eval = shellsof(ts);
	s = eval ? bashpooltriplet(eval) : NULL;
	if (!s || !*s)
		return NULL;
	lines = xasprintf("%s\n", s);
	tmplcacheput(ts->cache, TRIPLET, &none, lines);
	free(lines);
	ts->triplet = xstrdup(s);
	return ts->triplet;
}

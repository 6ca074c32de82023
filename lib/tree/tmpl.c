#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/conf.h"
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
#include "tree/tree.h"

enum {
	MAXSUBS = 4096,	/* bytes of names that are asked for singly */
	TOGETHER = 32	/* templates that one with all that it needs will be */
};

/* a text in the cache that is no template's: no package has this name */
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

/* a source package that was asked for or guessed */
struct entry {
	struct tmpl *t;		/* NULL until the template is evaluated */
	int wanted;		/* asked for, not only guessed */
};

/* a template that is not known yet */
struct look {
	struct entry *entry;
	const char *name;
	unsigned tree;
	struct stat st;
	const char *lines;	/* that are remembered, NULL: none */
	struct origin from;	/* of the lines, or of what bash will say */
	uint64_t status;	/* with lines: what it is now */
	uint64_t text;		/* the number of the template's text */
	int known;		/* the lines are true; else what follows is set */
	char *subs;		/* it may define */
	char *reads;		/* w and u lines, see tmplparse.c */
	char *hints;		/* packages that it may need, words */
	int quick;		/* as in struct mention */
	int lasting;		/* whether it can be remembered */
};

/* one call of tmplload */
struct load {
	struct tmpls *ts;
	void (*found)(void *, const struct tmpl *);
	void *arg;
	struct look **looks;	/* all of them, in order: wanted or guessed */
	size_t nlooks;
	struct look **queue;	/* wanted, in the order in which bash is asked */
	size_t nqueue, asked;
	size_t pending;		/* wanted, but not evaluated */
	const struct tmpl **news;	/* evaluated, in order */
	size_t nnews, told;
	const char **hints;	/* words of looks: packages that will be wanted */
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
stillthere(void *arg, const char *name)
{
	struct tmpls *ts = arg;
	struct stat st;

	return strcmp(name, TRIPLET) == 0 || treestat(ts->tree, name, &st) >= 0;
}

void
tmplclose(struct tmpls *ts)
{
	tmplcacheclose(ts->cache, stillthere, ts);
	if (ts->eval)
		bashpoolclose(ts->eval);
	tmplenvfree(&ts->env);
	tabledel(ts->known);
	arenadel(ts->arena);
	free(ts->triplet);
	free(ts);
}

/* tells who asked of a template, unless it was only guessed */
static void
arrive(struct load *l, struct entry *e)
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

static void
enter(struct load *l, struct look *k, const char *lines)
{
	k->entry->t = tmplparse(l->ts->arena, l->ts->tree, k->name, lines);
	arrive(l, k->entry);
}

/* returns the number of all that an evaluation with these lines read, the template's text
 * having this one; an error may have the tree's path in it */
static uint64_t
contents(struct tmpls *ts, const struct look *k, uint64_t text, const char *lines)
{
	const char *srcpkgs = ts->env.srcpkgs[k->tree];
	const char *s;

	for (s = lines; *s == 'w' || *s == 'u'; s += strcspn(s, "\n") + 1)
		;
	if (*s == 'e')
		text += fingerprinttext(srcpkgs, strlen(srcpkgs));
	return text + origincontents(srcpkgs, lines) +
	    tmplenvshared(&ts->env, lines, 1);
}

/* whether the contents are what they were */
static int
same(struct tmpls *ts, const struct look *k)
{
	struct buf b = {0};
	int r;

	r = originread(ts->env.srcpkgs[k->tree], k->name, &b) == 0 &&
	    contents(ts, k, fingerprinttext(b.s, b.len), k->lines) == k->from.contents;
	buffree(&b);
	return r;
}

/* tells from the text what the evaluation may hang on */
static void
consider(const char *srcpkgs, struct look *l)
{
	struct buf text = {0}, reads = {0};
	struct mention m;
	size_t i;
	int readable;

	readable = originread(srcpkgs, l->name, &text) == 0;
	/* bash is to say what is wrong with one that cannot be read */
	if (!readable)
		bufstr(&text, "eval");
	bufchar(&text, '\0');
	mention(text.s, &m);
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
	l->from.status = originstatus(srcpkgs, &l->st, l->reads);
	l->text = fingerprinttext(text.s, text.len - 1);
	l->lasting = readable && !m.any && !fingerprintlately(&l->st);
	mentionfree(&m);
	buffree(&text);
}

/* finds out whether what is remembered is true, and what there is to know before bash is
 * asked if not; touches nothing but the look */
static void
compare(struct tmpls *ts, struct look *k)
{
	const char *srcpkgs = ts->env.srcpkgs[k->tree];

	if (k->lines) {
		k->status = originstatus(srcpkgs, &k->st, k->lines) +
		    tmplenvshared(&ts->env, k->lines, 0);
		k->known = k->status == k->from.status || same(ts, k);
	}
	if (!k->known)
		consider(srcpkgs, k);
}

/* compares the i-th; many at once, as most of the time goes into asking the kernel */
static void
compareone(void *arg, size_t i, unsigned thread)
{
	struct load *l = arg;

	(void)thread;
	compare(l->ts, l->looks[i]);
}

/* whether all is as it was before the evaluation */
static int
unchanged(const char *srcpkgs, const struct look *l)
{
	struct stat st;
	char *path;
	int r;

	path = xasprintf("%s/%s/template", srcpkgs, l->name);
	r = lstat(path, &st);
	free(path);
	return r == 0 && originstatus(srcpkgs, &st, l->reads) == l->from.status;
}

/* returns NULL after a message */
static struct bashpool *
evaluator(struct tmpls *ts)
{
	if (!ts->eval && tmplenvready(&ts->env) == 0)
		ts->eval = bashpoolopen(&ts->env);
	return ts->eval;
}

static struct entry *
entryof(struct tmpls *ts, const char *name)
{
	void **place;

	place = tableput(ts->known, name);
	if (!*place) {
		*place = arenaget(ts->arena, sizeof(struct entry));
		memset(*place, 0, sizeof(struct entry));
	}
	return *place;
}

/* begins to look for a source package that is new; NULL when no tree has it */
static struct look *
mklook(struct load *l, const char *name)
{
	struct tmpls *ts = l->ts;
	struct look *k;
	struct stat st;
	int tree;

	tree = treestat(ts->tree, name, &st);
	if (tree < 0)
		return NULL;
	k = xcalloc(1, sizeof *k);
	k->entry = entryof(ts, name);
	k->name = tablekey(ts->known, name);
	k->tree = (unsigned)tree;
	k->st = st;
	k->lines = tmplcacheget(ts->cache, name, &k->from);
	l->looks = xgrow(l->looks, l->nlooks, sizeof *l->looks);
	return l->looks[l->nlooks++] = k;
}

/* takes over what another tree's template of the same contents has said; returns whether
 * there is one */
static int
adopt(struct load *l, struct look *k)
{
	struct tmpls *ts = l->ts;
	const char *lines;
	struct origin from;
	size_t i;

	for (i = 0; k->lasting && i < tmplcacheothers(ts->cache); i++) {
		lines = tmplcacheother(ts->cache, k->name, i, &from);
		if (!lines || contents(ts, k, k->text, lines) != from.contents)
			continue;
		from.status = originstatus(ts->env.srcpkgs[k->tree], &k->st, lines) +
		    tmplenvshared(&ts->env, lines, 0);
		tmplcacheput(ts->cache, k->name, &from, lines);
		enter(l, k, lines);
		return 1;
	}
	return 0;
}

/* enters what is remembered; returns whether it was */
static int
recall(struct load *l, struct look *k)
{
	if (!k->known)
		return adopt(l, k);
	if (k->status != k->from.status && !fingerprintlately(&k->st))
		tmplcachetouch(l->ts->cache, k->name, k->status);
	enter(l, k, k->lines);
	return 1;
}

/* has bash asked for a template unless it is remembered */
static void
resolve(struct load *l, struct look *k)
{
	k->entry->wanted = 1;
	if (recall(l, k))
		return;
	l->queue = xgrow(l->queue, l->nqueue, sizeof *l->queue);
	l->queue[l->nqueue++] = k;
	l->pending++;
}

void
tmplalso(struct tmpls *ts, const char *name)
{
	struct entry *e;
	struct look *k;

	e = tableget(ts->known, name);
	if (e && e->wanted)
		return;
	if (!e) {
		k = mklook(ts->load, name);
		if (k) {
			compare(ts, k);
			resolve(ts->load, k);
		}
		return;
	}
	e->wanted = 1;
	if (e->t)
		arrive(ts->load, e);
	else
		ts->load->pending++;
}

/* tells of what is new, which may make more new */
static void
tell(struct load *l)
{
	while (l->told < l->nnews)
		l->found(l->arg, l->news[l->told++]);
}

static void
addhints(struct load *l, struct look *k)
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

/* returns a template to be asked for that will probably be wanted, NULL for none */
static struct look *
guess(struct load *l)
{
	const char *source;
	struct look *k;

	while (l->tried < l->nhints) {
		source = treesource(l->ts->tree, l->hints[l->tried++]);
		if (!source || tableget(l->ts->known, source))
			continue;
		k = mklook(l, source);
		if (!k)
			continue;
		compare(l->ts, k);
		if (!recall(l, k))
			return k;
	}
	return NULL;
}

static int
asknext(void *arg, int idle, struct bashpoolreq *r)
{
	struct load *l = arg;
	struct look *k;

	k = NULL;
	if (l->asked < l->nqueue)
		k = l->queue[l->asked++];
	else if (l->pending == 0)
		return -1;
	else if (idle)
		k = guess(l);
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
evaluated(void *arg, void *what, const char *answer, const char *why, int lasting)
{
	struct load *l = arg;
	struct tmpls *ts = l->ts;
	struct look *k = what;
	struct origin from;
	struct buf b = {0};

	bufstr(&b, k->reads);
	if (answer)
		tmplparsefold(&b, answer);
	else
		buffmt(&b, "e %s\n", why);
	if (k->lasting && (answer || lasting) &&
	    unchanged(ts->env.srcpkgs[k->tree], k)) {
		from.status = k->from.status + tmplenvshared(&ts->env, b.s, 0);
		from.contents = contents(ts, k, k->text, b.s);
		tmplcacheput(ts->cache, k->name, &from, b.s);
	}
	if (k->entry->wanted)
		l->pending--;
	enter(l, k, b.s);
	buffree(&b);
	tell(l);
}

static void
loadfree(struct load *l)
{
	struct look *k;
	size_t i;

	for (i = 0; i < l->nlooks; i++) {
		k = l->looks[i];
		/* guessed, and not answered in time */
		if (!k->entry->t)
			tabledrop(l->ts->known, k->name);
		free(k->subs);
		free(k->reads);
		free(k->hints);
		free(k);
	}
	free(l->looks);
	free(l->queue);
	free(l->news);
	free(l->hints);
}

int
tmplload(struct tmpls *ts, const char *const *names, size_t n,
    void (*found)(void *, const struct tmpl *), void *arg)
{
	struct load l = { .ts = ts, .found = found, .arg = arg };
	struct bashpoolasker asker = { .next = asknext, .answer = evaluated,
	    .arg = &l };
	struct bashpool *eval;
	struct entry *e;
	size_t first, i;
	int r;

	ts->load = &l;
	for (i = 0; i < n; i++) {
		e = tableget(ts->known, names[i]);
		/* without t: a name that is given twice */
		if (!e)
			mklook(&l, names[i]);
		else if (e->t && !e->wanted)
			tmplalso(ts, names[i]);
	}
	first = l.nlooks;
	threadsrun(first, compareone, &l);
	for (i = 0; i < first; i++)
		resolve(&l, l.looks[i]);
	tell(&l);
	asker.expected = found && l.pending < TOGETHER ? TOGETHER : l.pending;
	r = 0;
	if (l.pending > 0) {
		eval = evaluator(ts);
		r = eval ? bashpoolrun(eval, &asker) : -1;
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
	eval = evaluator(ts);
	s = eval ? bashpooltriplet(eval) : NULL;
	if (!s || !*s)
		return NULL;
	lines = xasprintf("%s\n", s);
	tmplcacheput(ts->cache, TRIPLET, &none, lines);
	free(lines);
	ts->triplet = xstrdup(s);
	return ts->triplet;
}

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/conf.h"
#include "base/table.h"
#include "base/threads.h"
#include "base/x.h"
#include "tree/bashpool.h"
#include "tree/fingerprint.h"
#include "tree/template.h"
#include "tree/tmplcache.h"
#include "tree/tmplenv.h"
#include "tree/tmplparse.h"
#include "tree/tree.h"

enum { MAXSUBS = 4096 };	/* bytes of names that are asked for singly */

/* a text in the cache that is no template's: no package has this name */
#define TRIPLET "."

struct tmpls {
	struct tree *tree;
	struct arena *arena;
	struct tab *known;	/* name to struct tmpl */
	struct bashpoolenv env;
	struct bashpool *eval;	/* NULL until something has to be evaluated */
	struct tmplcache *cache;
	char *triplet;
};

/* a template that is not known yet */
struct look {
	const char *name;
	unsigned tree;
	struct stat st;
	const char *lines;	/* that are remembered, NULL: none */
	struct origin from;	/* of the lines, or of what bash will say */
	uint64_t status;	/* with lines: what it is now */
	int known;		/* the lines are true; else what follows is set */
	char *subs;		/* it may define */
	char *reads;		/* w lines, see origin.h */
	int lasting;		/* whether it can be remembered */
};

struct wave {
	struct tmpls *ts;
	struct look *looks;
	size_t nlooks;
	struct bashpoolreq *reqs;
	struct look **asked;	/* by request */
	size_t n;
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
	ts->known = mktab();
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
	tabdel(ts->known);
	arenadel(ts->arena);
	free(ts->triplet);
	free(ts);
}

/* makes the template known; why is NULL, or what is wrong with its lines */
static void
enter(struct tmpls *ts, const char *name, const char *lines)
{
	struct stat st;
	struct tmpl *t;
	const char *const *dirs;
	size_t n;

	t = tmplparse(ts->arena, ts->tree, name, lines);
	*tabput(ts->known, name) = t;
	if (!t->error)
		return;
	dirs = treedirs(ts->tree, &n);
	warnx("%s/srcpkgs/%s/template: %s",
	    dirs[treestat(ts->tree, name, &st)], name, t->error);
}

/* whether the contents are what they were */
static int
same(const char *srcpkgs, const struct look *l)
{
	struct buf b = {0};
	int r;

	r = originread(srcpkgs, l->name, &b) == 0 &&
	    origincontents(srcpkgs, b.s, b.len, l->lines) == l->from.contents;
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
	bufstr(&reads, "");
	l->reads = buftake(&reads);
	l->from.status = originstatus(srcpkgs, &l->st, l->reads);
	l->from.contents = origincontents(srcpkgs, text.s, text.len - 1,
	    l->reads);
	l->lasting = readable && !m.any && !stamplately(&l->st);
	mentionfree(&m);
	buffree(&text);
}

/* finds out whether what is remembered of the i-th is true, and what there is to
 * know before it is evaluated if not; many do so at once, as most of the time
 * goes into asking the kernel */
static void
compare(void *arg, size_t i, unsigned thread)
{
	struct wave *w = arg;
	struct look *l = &w->looks[i];
	const char *srcpkgs = w->ts->env.srcpkgs[l->tree];

	(void)thread;
	if (l->lines) {
		l->status = originstatus(srcpkgs, &l->st, l->lines);
		l->known = l->status == l->from.status || same(srcpkgs, l);
	}
	if (!l->known)
		consider(srcpkgs, l);
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

static void
evaluated(void *arg, size_t i, const char *answer, const char *why, int lasting)
{
	struct wave *w = arg;
	const struct look *l = w->asked[i];
	struct buf b = {0};

	bufstr(&b, l->reads);
	if (answer)
		tmplfold(&b, answer);
	else
		buffmt(&b, "e %s\n", why);
	if (l->lasting && (answer || lasting) &&
	    unchanged(w->ts->env.srcpkgs[l->tree], l))
		tmplcacheput(w->ts->cache, l->name, &l->from, b.s);
	enter(w->ts, l->name, b.s);
	buffree(&b);
}

static struct bashpool *
evaluator(struct tmpls *ts)
{
	if (!ts->eval)
		ts->eval = bashpoolopen(&ts->env);
	return ts->eval;
}

/* collects those that are not known yet */
static void
gather(struct wave *w, const char *const *names, size_t n)
{
	struct tmpls *ts = w->ts;
	struct look *l;
	size_t i;
	int tree;

	w->looks = xcalloc(n, sizeof *w->looks);
	for (i = 0; i < n; i++) {
		if (tabget(ts->known, names[i]))
			continue;
		l = &w->looks[w->nlooks];
		tree = treestat(ts->tree, names[i], &l->st);
		if (tree < 0)
			continue;
		l->name = names[i];
		l->tree = (unsigned)tree;
		l->lines = tmplcacheget(ts->cache, names[i], &l->from);
		w->nlooks++;
	}
}

/* enters what is remembered, and asks for the others */
static void
sort(struct wave *w)
{
	struct look *l;
	size_t i;

	w->reqs = xcalloc(w->nlooks, sizeof *w->reqs);
	w->asked = xcalloc(w->nlooks, sizeof *w->asked);
	for (i = 0; i < w->nlooks; i++) {
		l = &w->looks[i];
		if (!l->known) {
			w->reqs[w->n].name = l->name;
			w->reqs[w->n].tree = l->tree;
			w->reqs[w->n].subs = l->subs;
			w->asked[w->n++] = l;
			continue;
		}
		if (l->status != l->from.status && !stamplately(&l->st))
			tmplcachetouch(w->ts->cache, l->name, l->status);
		enter(w->ts, l->name, l->lines);
	}
}

int
tmplload(struct tmpls *ts, const char *const *names, size_t n)
{
	struct wave w = { .ts = ts };
	size_t i;
	int r;

	gather(&w, names, n);
	poolrun(w.nlooks, compare, &w);
	sort(&w);
	r = 0;
	if (w.n > 0)
		r = bashpoolrun(evaluator(ts), w.reqs, w.n, evaluated, &w);
	for (i = 0; i < w.nlooks; i++) {
		free(w.looks[i].subs);
		free(w.looks[i].reads);
	}
	free(w.looks);
	free(w.reqs);
	free(w.asked);
	return r;
}

const struct tmpl *
tmplget(const struct tmpls *ts, const char *name)
{
	return tabget(ts->known, name);
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

static int
hasword(const char *words, const char *word)
{
	size_t n;

	for (; *words; words += n) {
		words += strspn(words, " ");
		n = strcspn(words, " ");
		if (n == strlen(word) && memcmp(words, word, n) == 0)
			return 1;
	}
	return 0;
}

int
tmplreverts(const struct tmpl *t, const char *version)
{
	return hasword(t->reverts, version);
}

int
tmplno32(const struct tmpl *t, const char *name)
{
	return hasword(t->no32, name);
}

const char *
tmpltriplet(struct tmpls *ts)
{
	const struct origin none = {0};
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
	s = bashpooltriplet(evaluator(ts));
	if (!s || !*s)
		return NULL;
	lines = xasprintf("%s\n", s);
	tmplcacheput(ts->cache, TRIPLET, &none, lines);
	free(lines);
	ts->triplet = xstrdup(s);
	return ts->triplet;
}

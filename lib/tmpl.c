#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "buf.h"
#include "conf.h"
#include "eval.h"
#include "io.h"
#include "mention.h"
#include "stamp.h"
#include "tab.h"
#include "tmpl.h"
#include "tmplcache.h"
#include "tmplenv.h"
#include "tmplparse.h"
#include "tree.h"
#include "x.h"

enum {
	MAXTEMPLATE = 16 << 20,	/* bytes */
	MAXSUBS = 4096		/* bytes of names that are asked for singly */
};

/* a text in the cache that is no template's: no package has this name */
#define TRIPLET "."

struct tmpls {
	struct tree *tree;
	struct arena *arena;
	struct tab *known;	/* name to struct tmpl */
	struct evalenv env;
	struct eval *eval;	/* NULL until something has to be evaluated */
	struct tmplcache *cache;
	char *triplet;
};

/* a template on its way through bash */
struct job {
	uint64_t number;	/* what its state is remembered by */
	char *subs;
	char *reads;		/* w lines, see below */
	int lasting;		/* whether it can be remembered */
};

struct wave {
	struct tmpls *ts;
	struct evalreq *reqs;
	struct job *jobs;
	size_t n;
};

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
	ts->cache = tmplcacheopen(confget(CONF_CACHE), id, key);
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
		evalclose(ts->eval);
	tmplenvfree(&ts->env);
	tabdel(ts->known);
	arenadel(ts->arena);
	free(ts->triplet);
	free(ts);
}

/* What is remembered begins with a line `w PATH` for each directory below
 * srcpkgs/ that the template may have read something from; its state is part of
 * the number then. */
static uint64_t
number(const struct tmpls *ts, int tree, const struct stat *st,
    const char *lines)
{
	const char *srcpkgs, *s;
	char *path;
	uint64_t sum;
	size_t n;

	srcpkgs = ts->env.srcpkgs[tree];
	sum = stampfile(st) + (uint64_t)tree;
	for (s = lines; s[0] == 'w' && s[1] == ' '; s += n + 1) {
		n = strcspn(s, "\n");
		path = xasprintf("%s/%.*s", srcpkgs, (int)(n - 2), s + 2);
		sum += stamptree(path, NULL);
		free(path);
	}
	return sum;
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

static int
remembered(struct tmpls *ts, const char *name, int tree, const struct stat *st)
{
	const char *lines;
	uint64_t is, was;

	lines = tmplcacheget(ts->cache, name, &was);
	if (!lines)
		return 0;
	is = number(ts, tree, st, lines);
	if (is != was)
		return 0;
	enter(ts, name, lines);
	return 1;
}

/* tells from the text what the evaluation may hang on */
static void
consider(struct tmpls *ts, struct evalreq *r, struct job *j,
    const struct stat *st)
{
	struct buf text = {0}, reads = {0};
	struct mention m;
	char *path;
	size_t i;

	path = xasprintf("%s/%s/template", ts->env.srcpkgs[r->tree], r->name);
	/* bash is to say what is wrong with one that cannot be read */
	if (ioread(AT_FDCWD, path, MAXTEMPLATE, &text) < 0)
		bufstr(&text, "eval");
	free(path);
	bufchar(&text, '\0');
	mention(text.s, &m);
	buffree(&text);
	j->subs = xstrdup(m.eval || strlen(m.subs) > MAXSUBS ? "*" : m.subs);
	r->subs = j->subs;
	if (m.files)
		buffmt(&reads, "w %s/files\n", r->name);
	if (m.patches)
		buffmt(&reads, "w %s/patches\n", r->name);
	for (i = 0; i < m.nothers; i++)
		buffmt(&reads, "w %s\n", m.others[i]);
	bufstr(&reads, "");
	j->reads = buftake(&reads);
	j->lasting = !m.any && !stamplately(st);
	mentionfree(&m);
	j->number = number(ts, (int)r->tree, st, j->reads);
}

static void
evaluated(void *arg, size_t i, const char *answer, const char *why, int lasting)
{
	struct wave *w = arg;
	struct job *j = &w->jobs[i];
	struct buf b = {0};

	bufstr(&b, j->reads);
	if (answer)
		tmplfold(&b, answer);
	else
		buffmt(&b, "e %s\n", why);
	if (j->lasting && (answer || lasting))
		tmplcacheput(w->ts->cache, w->reqs[i].name, j->number, b.s);
	enter(w->ts, w->reqs[i].name, b.s);
	buffree(&b);
}

static struct eval *
evaluator(struct tmpls *ts)
{
	if (!ts->eval)
		ts->eval = evalopen(&ts->env);
	return ts->eval;
}

int
tmplload(struct tmpls *ts, const char *const *names, size_t n)
{
	struct wave w = { .ts = ts };
	struct stat st;
	size_t i;
	int r, tree;

	w.reqs = xcalloc(n, sizeof *w.reqs);
	w.jobs = xcalloc(n, sizeof *w.jobs);
	for (i = 0; i < n; i++) {
		if (tabget(ts->known, names[i]))
			continue;
		tree = treestat(ts->tree, names[i], &st);
		if (tree < 0 || remembered(ts, names[i], tree, &st))
			continue;
		w.reqs[w.n].name = names[i];
		w.reqs[w.n].tree = (unsigned)tree;
		consider(ts, &w.reqs[w.n], &w.jobs[w.n], &st);
		w.n++;
	}
	r = 0;
	if (w.n > 0)
		r = evalrun(evaluator(ts), w.reqs, w.n, evaluated, &w);
	for (i = 0; i < w.n; i++) {
		free(w.jobs[i].subs);
		free(w.jobs[i].reads);
	}
	free(w.reqs);
	free(w.jobs);
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

const char *
tmpltriplet(struct tmpls *ts)
{
	const char *s;
	char *lines;
	uint64_t ignored;

	if (!*ts->env.cross)
		return NULL;
	if (ts->triplet)
		return ts->triplet;
	s = tmplcacheget(ts->cache, TRIPLET, &ignored);
	if (s) {
		ts->triplet = xstrndup(s, strcspn(s, "\n"));
		return ts->triplet;
	}
	s = evaltriplet(evaluator(ts));
	if (!s || !*s)
		return NULL;
	lines = xasprintf("%s\n", s);
	tmplcacheput(ts->cache, TRIPLET, 0, lines);
	free(lines);
	ts->triplet = xstrdup(s);
	return ts->triplet;
}

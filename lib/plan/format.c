#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/graph.h"
#include "base/table.h"
#include "base/x.h"
#include "plan/chroot.h"
#include "plan/format.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "tree/tmpl.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"

/* a dependency, direct or indirect, of the builds of a plan */
struct use {
	const char *pkgver;	/* binary package */
	const char *arch;
	int kind;		/* for plankind */
	const struct repo *where;	/* NULL: the plan builds it */
	const struct repopkg *pkg;	/* NULL then too */
};

struct walker {
	const struct plan *p;
	struct table *told;	/* "pkgver arch kind" of each use that fn has had */
	void (*fn)(const struct use *u, void *arg);
	void *arg;
	int bad;
};

/* calls fn for a use unless it was called for it before */
static void
reportuse(struct walker *w, const struct use *u)
{
	void **place;
	char *key;

	key = xasprintf("%s %s %d", u->pkgver, u->arch, u->kind);
	place = tableput(w->told, key);
	if (!*place)
		w->fn(u, w->arg);
	*place = w;
	free(key);
}

/* reports a package that the node's build makes and a present package needs */
static void
reportbuilt(struct walker *w, int side, const char *name, size_t node)
{
	const struct pnode *v = &w->p->nodes[node];
	struct use u = { .arch = w->p->sides->side[side].arch,
	    .kind = TMPL_RUN };
	char *pkgver;

	pkgver = xasprintf("%s%s", name, v->pkgver + strlen(v->name));
	u.pkgver = pkgver;
	reportuse(w, &u);
	free(pkgver);
}

/* reports what a present package needs at run time */
static int
reportneeds(const struct member *m, void *arg)
{
	struct walker *w = arg;
	struct use u = { .arch = w->p->sides->side[m->side].arch,
	    .kind = TMPL_RUN };
	const struct link *l;
	char *name;
	size_t node;

	for (l = m->links; l < m->links + m->nlinks; l++) {
		node = planmeets(w->p, m->side, l->pattern);
		if (node != PLAN_NONE && w->p->nodes[node].build) {
			name = pkgverdep(l->pattern);
			reportbuilt(w, m->side, name, node);
			free(name);
		} else if (l->pkg) {
			u.pkgver = l->pkg->pkgver;
			u.pkg = l->pkg;
			u.where = l->where;
			reportuse(w, &u);
		} else {
			warnx("%s: needs %s, which no repository has",
			    m->pkg->pkgver, l->pattern);
			w->bad = 1;
		}
	}
	node = planawaits(w->p, m->side, m->pkg->name);
	return node == PLAN_NONE || !w->p->nodes[node].build;
}

static void
reportuses(struct walker *w, size_t node)
{
	struct pdep d;
	struct use u;
	size_t i;

	for (i = 0; plandep(w->p, node, i, &d); i++) {
		/* no build uses its own packages, but those who use them need their
		 * run-time dependencies */
		if ((d.node != node || d.kind == TMPL_RUN) && d.pkgver) {
			u = (struct use){ .pkgver = d.pkgver, .arch = d.arch,
			    .kind = d.kind };
			if (d.node == PLAN_NONE || !w->p->nodes[d.node].build) {
				u.where = d.where;
				u.pkg = d.pkg;
			}
			reportuse(w, &u);
			if (u.pkg)
				chrootwalk(w->p->chroot, d.side, d.pkg, reportneeds, w);
		}
		plandepfree(&d);
	}
}

/* calls fn once for each use, in the order of the nodes; -1 after a message when no
 * repository has what a present package needs */
static int
eachuse(const struct plan *p, const size_t *nodes, size_t n,
    void (*fn)(const struct use *u, void *arg), void *arg)
{
	struct walker w = { .p = p, .fn = fn, .arg = arg };
	size_t i;

	w.told = mktable();
	chrootbegin(p->chroot);
	for (i = 0; i < n; i++)
		reportuses(&w, nodes[i]);
	tabledel(w.told);
	return w.bad ? -1 : 0;
}

enum { MANY = 100 };	/* nodes of a picture */

int
formatplan(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b)
{
	const struct pnode *v;
	size_t i;

	for (i = 0; i < n; i++) {
		v = &p->nodes[nodes[i]];
		buffmt(b, "%s\t%s\t", v->pkgver, v->arch);
		planreason(v, b);
		bufchar(b, '\n');
	}
	return 0;
}

static void
adduseline(const struct use *u, void *arg)
{
	buffmt(arg, "%s\t%s\t%s\t%s\n", u->pkgver, u->arch,
	    plankind(u->kind), u->where ? repowhere(u->where) : "-");
}

int
formatuses(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b)
{
	return eachuse(p, nodes, n, adduseline, b);
}

/* the paths written so far, and where they go */
struct paths {
	struct table *known;
	struct buf *b;
};

/* adds a package's path once, though it be used for several kinds of dependency */
static void
addpath(const struct use *u, void *arg)
{
	struct paths *paths = arg;
	void **place;
	char *path;

	if (!u->where)
		return;
	path = repopath(u->where, u->pkg);
	place = tableput(paths->known, path);
	if (!*place)
		buffmt(paths->b, "%s\n", path);
	*place = paths;
	free(path);
}

int
formatpaths(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b)
{
	struct paths paths = { .b = b };
	int r;

	paths.known = mktable();
	r = eachuse(p, nodes, n, addpath, &paths);
	tabledel(paths.known);
	return r;
}

static void
addlabel(struct buf *b, const struct pnode *v)
{
	bufstr(b, v->pkgver);
	if (v->side != SIDE_TARGET)
		buffmt(b, ".%s", v->arch);
}

static void
addedge(struct buf *b, const struct plan *p, size_t needed, size_t needing)
{
	addlabel(b, &p->nodes[needed]);
	bufchar(b, '\t');
	addlabel(b, &p->nodes[needing]);
	bufchar(b, '\n');
}

int
formatedges(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b)
{
	const struct graph *g = p->graph;
	size_t i, k;

	for (i = 0; i < n; i++) {
		addedge(b, p, nodes[i], nodes[i]);
		for (k = 0; k < graphdegree(g, nodes[i]); k++)
			addedge(b, p, graphnext(g, nodes[i], k, NULL), nodes[i]);
	}
	return 0;
}

static void
addarrows(struct buf *b, const struct plan *p, size_t node)
{
	const struct graph *g = p->graph;
	size_t i, next;
	int kind;

	bufstr(b, "\t\"");
	addlabel(b, &p->nodes[node]);
	bufstr(b, "\";\n");
	for (i = 0; i < graphdegree(g, node); i++) {
		next = graphnext(g, node, i, &kind);
		bufstr(b, "\t\"");
		addlabel(b, &p->nodes[node]);
		bufstr(b, "\" -> \"");
		addlabel(b, &p->nodes[next]);
		buffmt(b, "\" [label=%s];\n", plankind(kind));
	}
}

int
formatdot(const struct plan *p, const size_t *nodes, size_t n, struct buf *b)
{
	size_t i;

	bufstr(b, "digraph plan {\n\trankdir=LR;\n\tnode [shape=box];\n");
	/* dot takes many minutes to lead so many edges around the nodes */
	if (n > MANY)
		bufstr(b, "\tsplines=line;\n\tnslimit=1;\n\tnslimit1=1;\n"
		    "\tmclimit=0.1;\n");
	for (i = 0; i < n; i++)
		addarrows(b, p, nodes[i]);
	bufstr(b, "}\n");
	return 0;
}

static const char recipe[] =
"# A recipe writes the job into run/, runs the build, and has spiff-index take its\n"
"# packages in. The target is the job in done/, where spiff-index puts it then.\n"
"BUILD = spiff-build\n"
"INDEX = spiff-index\n"
"JOB = $(SPOOL)/run/$(@F)\n"
"LOG = $(SPOOL)/log/$(@F).log\n"
"NEW = mkdir -p $(SPOOL) && cd $(SPOOL) && mkdir -p tmp new wait ready run \\\n"
"	built done fail cancel incoming log && printf '%s\\n'\n"
"DO = echo $(@F) && $(ENV) $(BUILD) $(JOB) >$(LOG) 2>&1 || \\\n"
"	{ tail -n 1 $(LOG) >&2; exit 1; }; \\\n"
"	mv $(JOB) $(SPOOL)/built/ && $(ENV) $(INDEX) -i && test -f $@\n\n";

/* whether single quotes protect the value from both make and the shell */
static int
quotable(const char *s)
{
	return !strpbrk(s, "'#\\\"$\n\t");
}

static int
addsettings(struct buf *b)
{
	static const enum conf which[] = {
		CONF_DISTDIR, CONF_REPO, CONF_REPOS, CONF_HOST, CONF_HOSTDIR,
		CONF_MASTERDIR, CONF_JOBS, CONF_CHECK, CONF_CACHE,
	};
	const char *name, *value;
	size_t i;

	bufstr(b, "ENV = env SPIFF_CONF=/dev/null SPIFF_SPOOL=$(SPOOL)");
	for (i = 0; i < sizeof which / sizeof which[0]; i++) {
		name = confname(which[i]);
		value = getenv(name);
		if (!value || !*value)
			continue;
		if (!quotable(value)) {
			warnx("%s: cannot be written into a makefile: %s",
			    name, value);
			return -1;
		}
		buffmt(b, " \\\n	%s='%s'", name, value);
	}
	bufchar(b, '\n');
	return 0;
}

static void
addtarget(struct buf *b, const struct pnode *v)
{
	buffmt(b, "$(SPOOL)/done/%s.%s", v->pkgver, v->arch);
}

static void
addrule(struct buf *b, const struct plan *p, size_t node)
{
	const struct pnode *v = &p->nodes[node];
	const struct graph *g = p->graph;
	size_t i;

	addtarget(b, v);
	bufchar(b, ':');
	for (i = 0; i < graphdegree(g, node); i++) {
		bufstr(b, " \\\n	");
		addtarget(b, &p->nodes[graphnext(g, node, i, NULL)]);
	}
	buffmt(b, "\n	@$(NEW) 'pkgver %s' 'arch %s' 'host %s' 'tries 1'",
	    v->pkgver, v->arch, planhost(v));
	for (i = 0; i < v->t->nmakes; i++)
		buffmt(b, " \\\n	'makes %s'", v->t->makes[i]);
	if (!v->t->native && sidesbase(p->sides, v->side, v->name))
		bufstr(b, " 'sysroot no'");
	bufstr(b, " >$(JOB)\n	@$(DO)\n\n");
}

int
formatmake(const struct plan *p, const size_t *nodes, size_t n, struct buf *b)
{
	size_t i;

	if (confexport() < 0) {
		warn("environment");
		return -1;
	}
	if (!quotable(getenv("SPIFF_SPOOL")) ||
	    strchr(getenv("SPIFF_SPOOL"), ' ')) {
		warnx("SPIFF_SPOOL: cannot be written into a makefile: %s",
		    getenv("SPIFF_SPOOL"));
		return -1;
	}
	bufstr(b, "# made by spiff-deps -m\n.POSIX:\n\n");
	buffmt(b, "SPOOL = %s.make\n", getenv("SPIFF_SPOOL"));
	if (addsettings(b) < 0)
		return -1;
	bufstr(b, recipe);
	bufstr(b, "all:");
	for (i = 0; i < n; i++) {
		bufstr(b, " \\\n	");
		addtarget(b, &p->nodes[nodes[i]]);
	}
	bufstr(b, "\n\n");
	for (i = 0; i < n; i++)
		addrule(b, p, nodes[i]);
	return 0;
}

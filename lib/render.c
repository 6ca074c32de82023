#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "conf.h"
#include "graph.h"
#include "plan.h"
#include "render.h"
#include "tmpl.h"

static void
label(struct buf *b, const struct pnode *v)
{
	bufstr(b, v->pkgver);
	if (!v->target)
		buffmt(b, ".%s", v->arch);
}

static void
edge(struct buf *b, const struct plan *p, size_t needed, size_t needing)
{
	label(b, plannode(p, needed));
	bufchar(b, '\t');
	label(b, plannode(p, needing));
	bufchar(b, '\n');
}

int
renderedges(const struct plan *p, const size_t *nodes, size_t n,
    struct buf *b)
{
	const struct graph *g = plangraph(p);
	size_t i, k;

	for (i = 0; i < n; i++) {
		edge(b, p, nodes[i], nodes[i]);
		for (k = 0; k < graphdegree(g, nodes[i]); k++)
			edge(b, p, graphnext(g, nodes[i], k, NULL), nodes[i]);
	}
	return 0;
}

static void
arrows(struct buf *b, const struct plan *p, size_t node)
{
	const struct graph *g = plangraph(p);
	size_t i, next;
	int kind;

	bufstr(b, "\t\"");
	label(b, plannode(p, node));
	bufstr(b, "\";\n");
	for (i = 0; i < graphdegree(g, node); i++) {
		next = graphnext(g, node, i, &kind);
		bufstr(b, "\t\"");
		label(b, plannode(p, node));
		bufstr(b, "\" -> \"");
		label(b, plannode(p, next));
		buffmt(b, "\" [label=%s];\n", plankind(kind));
	}
}

int
renderdot(const struct plan *p, const size_t *nodes, size_t n, struct buf *b)
{
	size_t i;

	bufstr(b, "digraph plan {\n\trankdir=LR;\n\tnode [shape=box];\n");
	for (i = 0; i < n; i++)
		arrows(b, p, nodes[i]);
	bufstr(b, "}\n");
	return 0;
}

static const char recipe[] =
"# Each recipe writes the job, runs the build, and has the index take it in.\n"
"# A target is the job in done/, where it gets when the index says so.\n"
"BUILD = spiff-build\n"
"INDEX = spiff-index\n"
"JOB = $(SPOOL)/run/$(@F)\n"
"DO = $(ENV) $(BUILD) $(JOB) >$(SPOOL)/log/$(@F).log 2>&1 && \\\n"
"	mv $(JOB) $(SPOOL)/built/ && $(ENV) $(INDEX) -i && test -f $@\n\n";

/* make and the shell read the value: quotes protect most, these nothing */
static int
quotable(const char *s)
{
	return !strpbrk(s, "'#\\\"$\n\t");
}

static int
settings(struct buf *b)
{
	static const enum conf which[] = {
		CONF_DISTDIR, CONF_REPO, CONF_REPOS, CONF_HOST, CONF_HOSTDIR,
		CONF_MASTERDIR, CONF_JOBS, CONF_CHECK, CONF_CACHE,
	};
	const char *name, *value;
	size_t i;

	bufstr(b, "ENV = env SPIFF_SPOOL=$(SPOOL)");
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
target(struct buf *b, const struct pnode *v)
{
	buffmt(b, "$(SPOOL)/done/%s.%s", v->pkgver, v->arch);
}

static void
rule(struct buf *b, const struct plan *p, size_t node)
{
	const struct pnode *v = plannode(p, node);
	const struct graph *g = plangraph(p);
	size_t i;

	target(b, v);
	bufchar(b, ':');
	for (i = 0; i < graphdegree(g, node); i++) {
		bufstr(b, " \\\n	");
		target(b, plannode(p, graphnext(g, node, i, NULL)));
	}
	buffmt(b, "\n	@printf '%%s\\n' 'pkgver %s' 'arch %s' 'host %s'",
	    v->pkgver, v->arch, confget(CONF_HOST));
	for (i = 0; i < v->t->nmakes; i++)
		buffmt(b, " \\\n	'makes %s'", v->t->makes[i]);
	bufstr(b, " 'tries 1' >$(JOB)\n	$(DO)\n\n");
}

int
rendermake(const struct plan *p, const size_t *nodes, size_t n, struct buf *b)
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
	if (settings(b) < 0)
		return -1;
	bufstr(b, recipe);
	bufstr(b, "all:");
	for (i = 0; i < n; i++) {
		bufstr(b, " \\\n	");
		target(b, plannode(p, nodes[i]));
	}
	bufstr(b, "\n\n");
	for (i = 0; i < n; i++)
		rule(b, p, nodes[i]);
	return 0;
}

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/graph.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/layout.h"
#include "web/web.h"

enum {
	MOST = 250,		/* nodes of a picture that can be read */
	NAMECOLS = 23,
	/* pixels */
	WIDE = 206, HIGH = 24, PITCH = 34, GAP = 14, BETWEEN = 64, EDGE = 8
};

static const unsigned active = 1u << NEW | 1u << WAIT | 1u << READY |
    1u << RUN | 1u << BUILT;

struct choice {
	struct sjob **jobs;	/* those that are drawn first */
	size_t n, drawn;
	size_t left;		/* left out */
};

/* what happens now first, then what fails, then what comes soonest */
static int
importance(const struct sjob *j)
{
	if (j->state == RUN || j->state == BUILT)
		return 0;
	if (j->root == j)
		return 1;
	return j->root ? 3 : 2;
}

static int
byimportance(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	if (importance(x) != importance(y))
		return importance(x) < importance(y) ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

static int
bynumber(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	return (x->at > y->at) - (x->at < y->at);
}

static void
choose(const struct status *st, struct choice *c)
{
	struct sjob *j;
	size_t i;

	memset(c, 0, sizeof *c);
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (!(j->root == j && j->blocks > 0) && (j->state == NSTATE ||
		    !(active & 1u << j->state) || j->fault))
			continue;
		c->jobs = xgrow(c->jobs, c->n, sizeof *c->jobs);
		c->jobs[c->n++] = j;
	}
	if (c->n > MOST) {
		qsort(c->jobs, c->n, sizeof *c->jobs, byimportance);
		c->left = c->n - MOST;
		c->n = MOST;
		qsort(c->jobs, c->n, sizeof *c->jobs, bynumber);
	}
}

/* the graph of the first n that were chosen, by their places in the list */
static struct graph *
between(const struct status *st, const struct choice *c, size_t n)
{
	struct graph *g;
	size_t *place, i, k, to;

	g = mkgraph();
	place = xcalloc(st->n + 1, sizeof *place);
	for (i = 0; i < n; i++) {
		graphnode(g);
		place[c->jobs[i]->at] = i + 1;
	}
	for (i = 0; i < n; i++) {
		for (k = 0; k < graphdegree(st->graph, c->jobs[i]->at); k++) {
			to = graphnext(st->graph, c->jobs[i]->at, k, NULL);
			if (place[to])
				graphedge(g, i, place[to] - 1, 0);
		}
	}
	free(place);
	return g;
}

/* puts those that no line leads to or from behind the others: a picture of them
 * would say nothing */
static void
divide(const struct status *st, struct choice *c)
{
	struct sjob **alone, *j;
	struct graph *g, *back;
	size_t i, n;

	g = between(st, c, c->n);
	back = graphreverse(g);
	alone = xcalloc(c->n + 1, sizeof *alone);
	n = 0;
	for (i = 0; i < c->n; i++) {
		j = c->jobs[i];
		if (graphdegree(g, i) == 0 && graphdegree(back, i) == 0)
			alone[n++] = j;
		else
			c->jobs[c->drawn++] = j;
	}
	for (i = 0; i < n; i++)
		c->jobs[c->drawn + i] = alone[i];
	free(alone);
	graphdel(g);
	graphdel(back);
}

static int
left(const struct spot *s)
{
	return EDGE + s->layer * (WIDE + BETWEEN);
}

static void
line(struct buf *b, const struct line *l)
{
	size_t i;
	int x;

	x = left(&l->spots[0]) + WIDE;
	buffmt(b, "<path class=\"edge\" d=\"M%d %.1f", x, l->spots[0].y);
	for (i = 1; i < l->n; i++) {
		/* from one layer to the next, and past the nodes of that */
		x = left(&l->spots[i]);
		buffmt(b, "C%d %.1f %d %.1f %d %.1f", x - BETWEEN / 2,
		    l->spots[i - 1].y, x - BETWEEN / 2, l->spots[i].y, x,
		    l->spots[i].y);
		if (i + 1 < l->n)
			buffmt(b, "H%d", x + WIDE);
	}
	bufstr(b, "\"/>\n");
}

static void
node(const struct site *s, struct buf *b, const struct sjob *j,
    const struct spot *at)
{
	const struct family *f;
	struct buf name = {0};
	int x, y;

	f = sitefamily(s, j->name);
	if (f) {
		bufstr(b, "<a href=\"pkg/");
		htmlurl(b, f->base);
		bufstr(b, ".html\">");
	} else {
		bufstr(b, "<g>");
	}
	x = left(at);
	y = (int)(at->y - HIGH / 2.0);
	bufstr(b, "<title>");
	htmltext(b, j->name);
	buffmt(b, ": %s</title><rect class=\"box %s\" x=\"%d\" y=\"%d\" "
	    "width=\"%d\" height=\"%d\" rx=\"4\"/><text x=\"%d\" y=\"%d\">%s ",
	    siteword(j), siteclass(j), x, y, WIDE, HIGH, x + 7, y + 17,
	    sitesign(j));
	textcut(&name, j->job.pkgver ? j->job.pkgver : j->name, NAMECOLS);
	htmltext(b, name.s);
	buffree(&name);
	bufstr(b, f ? "</text></a>\n" : "</text></g>\n");
}

static void
picture(const struct site *s, const struct choice *c, struct buf *b)
{
	struct layout l;
	struct graph *g;
	size_t i;
	int high, wide;

	g = between(s->st, c, c->drawn);
	layout(g, PITCH, GAP, &l);
	wide = 2 * EDGE + l.layers * (WIDE + BETWEEN) - BETWEEN;
	high = (int)l.height + 1;
	buffmt(b, "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
	    "aria-label=\"Picture\">\n<svg role=\"group\" aria-label=\"Plan\" "
	    "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
	    "xmlns=\"http://www.w3.org/2000/svg\">\n", wide, high, wide, high);
	for (i = 0; i < l.nlines; i++)
		line(b, &l.lines[i]);
	for (i = 0; i < l.n; i++)
		node(s, b, c->jobs[i], &l.nodes[i]);
	bufstr(b, "</svg>\n</div>\n");
	layoutfree(&l);
	graphdel(g);
}

static void
others(const struct site *s, const struct choice *c, struct buf *b)
{
	const struct sjob *j;
	size_t i;

	buffmt(b, "<h2>%s <span class=\"dim\">%zu</span></h2>\n"
	    "<ul class=\"columns\">\n", c->drawn ? "Others" :
	    "Packages", c->n - c->drawn);
	for (i = c->drawn; i < c->n; i++) {
		j = c->jobs[i];
		siteitem(b, "", sitefamily(s, j->name), j, j->job.pkgver ?
		    j->job.pkgver : j->name);
	}
	bufstr(b, "</ul>\n");
}

static void
legend(const struct status *st, struct buf *b)
{
	struct sjob j = {0};
	int i;

	bufstr(b, "<ul class=\"counts\">\n");
	for (i = 0; i <= RUN; i++) {
		if (st->counts[i] == 0)
			continue;
		j.state = (enum state)i;
		bufstr(b, "<li>");
		sitestate(b, &j);
		bufstr(b, "</li>\n");
	}
	j.state = WAIT;
	j.root = &j;
	bufstr(b, "<li>");
	sitestate(b, &j);
	j.state = FAIL;
	bufstr(b, "</li>\n<li>");
	sitestate(b, &j);
	bufstr(b, "</li>\n</ul>\n");
}

int
siteplan(struct site *s)
{
	struct choice c;
	struct buf b = {0};
	int r;

	choose(s->st, &c);
	sitehead(&b, "", "plan.html", "Plan");
	if (c.n == 0) {
		bufstr(&b, "<p>Nothing is left to build.</p>\n");
	} else {
		bufstr(&b, "<p>What is left to build: each package to the right "
		    "of those it waits for.");
		if (c.left > 0)
			buffmt(&b, " %zu that come later are left out.", c.left);
		bufstr(&b, "</p>\n");
		divide(s->st, &c);
		if (c.drawn > 0) {
			legend(s->st, &b);
			picture(s, &c, &b);
		}
		if (c.drawn < c.n)
			others(s, &c, &b);
	}
	sitefoot(&b);
	free(c.jobs);
	r = pagesput(s->pages, "plan.html", &b);
	buffree(&b);
	return r;
}

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "eta.h"
#include "graph.h"
#include "html.h"
#include "job.h"
#include "pages.h"
#include "site.h"
#include "spool.h"
#include "status.h"
#include "text.h"
#include "x.h"

enum { MOST = 200, LATEST = 25 };	/* rows of a table */

struct list {
	const struct sjob **jobs;
	size_t n;
};

static void
addjob(struct list *l, const struct sjob *j)
{
	l->jobs = xgrow(l->jobs, l->n, sizeof(struct sjob *));
	l->jobs[l->n++] = j;
}

/* those that hold up most first, then the latest */
static int
byweight(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	if (x->blocks != y->blocks)
		return x->blocks > y->blocks ? -1 : 1;
	if (x->since != y->since)
		return x->since > y->since ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int
byend(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	if (x->end != y->end)
		return !x->end || (y->end && x->end > y->end) ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void
summary(const struct site *s, struct buf *b)
{
	const struct eta *e = s->e;
	size_t all;

	all = e->built + e->left + e->blocked;
	if (e->left + e->blocked == 0) {
		bufstr(b, "<p>Nothing is left to build. ");
	} else {
		buffmt(b, "<p><progress aria-label=\"Built\" max=\"%zu\" "
		    "value=\"%zu\">%zu of %zu</progress></p>\n<p>%zu of %zu "
		    "built", all, e->built, e->built, all, e->built, all);
		if (e->end) {
			buffmt(b, "; %zu to go until ", e->left);
			siteabout(s, b, e->end);
		}
		if (e->blocked)
			buffmt(b, "; %zu wait in vain", e->blocked);
		bufstr(b, ". ");
	}
	buffmt(b, "%zu built in the last hour.</p>\n", e->lasthour);
	if (!s->st->runner)
		bufstr(b, "<p class=\"note\">No scheduler works on this "
		    "spool.</p>\n");
	if (s->st->paused)
		bufstr(b, "<p class=\"note\">Paused: nothing new is "
		    "started.</p>\n");
}

static void
counts(const struct site *s, struct buf *b)
{
	struct sjob j = {0};
	int i;

	bufstr(b, "<ul class=\"counts\">\n");
	for (i = 0; i < NSTATE; i++) {
		if (s->st->counts[i] == 0)
			continue;
		j.state = (enum state)i;
		bufstr(b, "<li>");
		buffmt(b, "<span class=\"state %s\"><b aria-hidden=\"true\">%s"
		    "</b> %zu %s</span></li>\n", siteclass(&j), sitesign(&j),
		    s->st->counts[i], siteword(&j));
	}
	bufstr(b, "</ul>\n");
}

/* begins a table: heads are separated by | */
static void
begin(struct buf *b, const char *id, const char *title, size_t n,
    const char *heads)
{
	size_t len;

	buffmt(b, "<h2 id=\"%s\">%s <span class=\"dim\">(%zu)</span></h2>\n"
	    "<table class=\"cards\" aria-labelledby=\"%s\">\n<thead><tr>", id,
	    title, n, id);
	for (; *heads; heads += len + (heads[len] == '|')) {
		len = strcspn(heads, "|");
		buffmt(b, "<th scope=\"col\">%.*s</th>", (int)len, heads);
	}
	bufstr(b, "</tr></thead>\n<tbody>\n");
}

static void
end(struct buf *b, size_t n)
{
	bufstr(b, "</tbody>\n</table>\n");
	if (n > MOST)
		buffmt(b, "<p>And %zu more: see <a href=\"packages.html\">"
		    "Packages</a>.</p>\n", n - MOST);
}

static void
first(const struct site *s, struct buf *b, const struct sjob *j,
    const char *next)
{
	bufstr(b, "<tr><td>");
	sitejob(s, b, "", j->name);
	sitecell(b, "Since");
	if (j->read)
		htmltime(b, j->since);
	sitecell(b, next);
}

static void
detail(const struct site *s, struct buf *b, const struct sjob *j)
{
	struct buf text = {0};

	statusdetail(s->st, j, &text);
	bufadd(&text, "", 0);
	bufstr(b, "<code>");
	htmltext(b, text.s);
	bufstr(b, "</code>");
	buffree(&text);
}

static void
building(const struct site *s, struct buf *b, const struct list *l)
{
	size_t i;

	if (l->n == 0)
		return;
	begin(b, "run", "Building", l->n,
	    "Package|Since|Until|Machine|Last line of the log");
	for (i = 0; i < l->n && i < MOST; i++) {
		first(s, b, l->jobs[i], "Until");
		siteexpected(s, b, l->jobs[i]);
		sitecell(b, "Machine");
		if (l->jobs[i]->job.node)
			htmltext(b, l->jobs[i]->job.node);
		sitecell(b, "Log");
		detail(s, b, l->jobs[i]);
		bufstr(b, "</td></tr>\n");
	}
	end(b, l->n);
}

static void
failed(const struct site *s, struct buf *b, const struct list *l)
{
	size_t i;

	if (l->n == 0)
		return;
	begin(b, "fail", "Failed", l->n, "Package|Since|Holds up|Why");
	for (i = 0; i < l->n && i < MOST; i++) {
		first(s, b, l->jobs[i], "Holds up");
		if (l->jobs[i]->blocks)
			buffmt(b, "%zu", l->jobs[i]->blocks);
		sitecell(b, "Why");
		detail(s, b, l->jobs[i]);
		bufstr(b, "</td></tr>\n");
	}
	end(b, l->n);
}

static void
waiting(const struct site *s, struct buf *b, const struct list *l)
{
	const struct sjob *j;
	size_t i, k, n;

	if (l->n == 0)
		return;
	begin(b, "wait", "Waiting", l->n, "Package|Since|Until|State|For");
	for (i = 0; i < l->n && i < MOST; i++) {
		j = l->jobs[i];
		first(s, b, j, "Until");
		siteexpected(s, b, j);
		sitecell(b, "State");
		sitestate(b, j);
		sitecell(b, "For");
		n = graphdegree(s->st->graph, j->at);
		if (j->fault)
			detail(s, b, j);
		else if (j->root)
			sitejob(s, b, "", j->root->name);
		for (k = 0; !j->fault && !j->root && k < n; k++) {
			if (k > 0)
				bufstr(b, ", ");
			sitejob(s, b, "", s->st->jobs[graphnext(s->st->graph,
			    j->at, k, NULL)]->name);
		}
		if (j->state == READY)
			bufstr(b, "a slot");
		bufstr(b, "</td></tr>\n");
	}
	end(b, l->n);
}

static void
latest(const struct site *s, struct buf *b, const struct list *l)
{
	size_t i;

	if (l->n == 0)
		return;
	begin(b, "done", "Built", l->n, "Package|Since|It took");
	for (i = 0; i < l->n && i < LATEST; i++) {
		first(s, b, l->jobs[i], "It took");
		if (l->jobs[i]->job.started)
			textspan(b, l->jobs[i]->job.ended -
			    l->jobs[i]->job.started);
		bufstr(b, "</td></tr>\n");
	}
	end(b, 0);
}

static void
sort(struct list *l, int (*cmp)(const void *, const void *))
{
	if (l->n > 0)
		qsort(l->jobs, l->n, sizeof(struct sjob *), cmp);
}

int
siteoverview(struct site *s)
{
	struct list done = {0}, fail = {0}, run = {0}, wait = {0};
	const struct sjob *j;
	struct buf b = {0};
	size_t i;
	int r;

	for (i = 0; i < s->st->n; i++) {
		j = s->st->jobs[i];
		if (j->root == j)
			addjob(&fail, j);
		else if (j->state == RUN || j->state == BUILT)
			addjob(&run, j);
		else if (j->state == DONE)
			addjob(&done, j);
		else if (j->state < RUN)
			addjob(&wait, j);
	}
	sort(&fail, byweight);
	sort(&done, byweight);
	sort(&run, byend);
	sort(&wait, byend);
	sitehead(&b, "", "index.html", "Builds");
	summary(s, &b);
	counts(s, &b);
	building(s, &b, &run);
	failed(s, &b, &fail);
	waiting(s, &b, &wait);
	latest(s, &b, &done);
	bufstr(&b, "<p class=\"dim\">As of ");
	htmltime(&b, s->st->now);
	bufstr(&b, ", all times in UTC.</p>\n");
	sitefoot(&b);
	r = pagesput(s->pages, "index.html", &b);
	buffree(&b);
	free(fail.jobs);
	free(done.jobs);
	free(run.jobs);
	free(wait.jobs);
	return r;
}

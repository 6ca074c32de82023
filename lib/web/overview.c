#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/graph.h"
#include "base/procfs.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"

enum { MOST = 200, SOME = 40, NEEDS = 5 };	/* rows of tables, names in one */

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
end(struct buf *b, size_t left)
{
	bufstr(b, "</tbody>\n</table>\n");
	if (left > 0)
		buffmt(b, "<p>And %zu more: see <a href=\"packages.html\">"
		    "Packages</a>.</p>\n", left);
}

static void
first(const struct site *s, struct buf *b, const struct sjob *j)
{
	bufstr(b, "<tr><td>");
	sitejob(s, b, "", j->name);
	sitecell(b, "Since");
	if (j->read)
		htmlclock(b, j->since, s->st->now);
}

static void
until(const struct site *s, struct buf *b, const struct sjob *j)
{
	sitecell(b, "Until about");
	if (j->end)
		htmlclock(b, siteround(s, j->end), s->st->now);
}

static void
said(const struct site *s, struct buf *b, const struct sjob *j)
{
	bufstr(b, "<code>");
	sitedetail(s, b, j);
	bufstr(b, "</code>");
}

static void
building(const struct site *s, struct buf *b, const struct list *l)
{
	size_t i;

	if (l->n == 0)
		return;
	sitetable(b, "run", "Building", l->n,
	    "Package|Since|Until about|Machine|Last line of the log");
	for (i = 0; i < l->n && i < MOST; i++) {
		first(s, b, l->jobs[i]);
		until(s, b, l->jobs[i]);
		sitecell(b, "Machine");
		if (l->jobs[i]->job.node)
			htmltext(b, l->jobs[i]->job.node);
		sitecell(b, "Log");
		said(s, b, l->jobs[i]);
		bufstr(b, "</td></tr>\n");
	}
	end(b, l->n - i);
}

/* the line of the log that shows the failure, and what the builder said of it */
static void
why(struct site *s, struct buf *b, const struct sjob *j)
{
	char *line, *url;

	sitecell(b, "Why");
	url = sitelog(s, j, &line);
	if (line && *line) {
		buffmt(b, "<a class=\"why\" href=\"%s#fault\"><code>", url);
		htmltext(b, line);
		bufstr(b, "</code></a>\n");
	}
	free(line);
	free(url);
	said(s, b, j);
}

/* what holds others up; a failure does so even if nothing waits for it */
static void
roots(struct site *s, struct buf *b, const struct list *l, const char *id,
    const char *title)
{
	size_t i;

	if (l->n == 0)
		return;
	sitetable(b, id, title, l->n, "Package|Since|Holds up|Why");
	for (i = 0; i < l->n && i < MOST; i++) {
		first(s, b, l->jobs[i]);
		sitecell(b, "Holds up");
		if (l->jobs[i]->blocks)
			buffmt(b, "%zu", l->jobs[i]->blocks);
		why(s, b, l->jobs[i]);
		bufstr(b, "</td></tr>\n");
	}
	end(b, l->n - i);
}

/* what it waits for: the first few, as a screen has an end */
static void
awaits(const struct site *s, struct buf *b, const struct sjob *j)
{
	const struct graph *g = s->st->graph;
	size_t i, n;

	if (j->fault) {
		said(s, b, j);
	} else if (j->root) {
		sitejob(s, b, "", j->root->name);
	} else if (j->state == READY) {
		bufstr(b, "a slot");
	} else {
		n = graphdegree(g, j->at);
		for (i = 0; i < n && i < NEEDS; i++) {
			bufstr(b, i ? ", " : "");
			sitejob(s, b, "",
			    s->st->jobs[graphnext(g, j->at, i, NULL)]->name);
		}
		if (i < n)
			buffmt(b, " and %zu more", n - i);
	}
}

static void
waiting(const struct site *s, struct buf *b, const struct list *l)
{
	size_t i;

	if (l->n == 0)
		return;
	sitetable(b, "wait", "Waiting", l->n,
	    "Package|Since|Until about|State|For");
	for (i = 0; i < l->n && i < SOME; i++) {
		first(s, b, l->jobs[i]);
		until(s, b, l->jobs[i]);
		sitecell(b, "State");
		sitestate(b, l->jobs[i]);
		sitecell(b, "For");
		awaits(s, b, l->jobs[i]);
		bufstr(b, "</td></tr>\n");
	}
	end(b, l->n - i);
}

static void
latest(const struct site *s, struct buf *b, const struct list *l)
{
	size_t i;

	if (l->n == 0)
		return;
	sitetable(b, "done", "Built", 0, "Package|Since|" SITEBUILD);
	for (i = 0; i < l->n && i < SOME; i++) {
		first(s, b, l->jobs[i]);
		sitebuild(b, sitesecs(l->jobs[i]), l->jobs[i]->job.memory,
		    l->jobs[i]->job.node);
		bufstr(b, "</td></tr>\n");
	}
	bufstr(b, "</tbody>\n</table>\n<p>All: see <a href=\"history.html\">"
	    "History</a>.</p>\n");
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
	struct list done = {0}, fail = {0}, run = {0}, wait = {0}, way = {0};
	const struct sjob *j;
	struct buf b = {0};
	unsigned listed;
	char *title;
	size_t i;
	int r;

	for (i = 0; i < s->st->n; i++) {
		j = s->st->jobs[i];
		if (j->root == j)
			addjob(j->state == FAIL ? &fail : &way, j);
		else if (j->state == RUN || j->state == BUILT)
			addjob(&run, j);
		else if (j->state == DONE)
			addjob(&done, j);
		else if (j->state < RUN)
			addjob(&wait, j);
	}
	sort(&fail, byweight);
	sort(&way, byweight);
	sort(&done, sitelatest);
	sort(&run, byend);
	sort(&wait, byend);
	title = xasprintf("Builds on %s", machinename());
	sitehead(&b, "", "index.html", title);
	free(title);
	listed = (run.n ? 1u << RUN | 1u << BUILT : 0) |
	    (fail.n ? 1u << FAIL : 0) |
	    (wait.n ? 1u << NEW | 1u << WAIT | 1u << READY : 0);
	sitesummary(s, listed, &b);
	building(s, &b, &run);
	roots(s, &b, &fail, "fail", "Failed");
	roots(s, &b, &way, "way", "In the way");
	sitestage(s, &b);
	waiting(s, &b, &wait);
	latest(s, &b, &done);
	sitefoot(&b);
	r = pagesput(s->pages, "index.html", &b);
	buffree(&b);
	free(fail.jobs);
	free(done.jobs);
	free(run.jobs);
	free(wait.jobs);
	free(way.jobs);
	return r;
}

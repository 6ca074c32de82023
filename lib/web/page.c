#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/graph.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"
#include "xbps/repo.h"

static void
term(struct buf *b, const char *name)
{
	buffmt(b, "<dt>%s</dt><dd>", name);
}

/* why the job is where it is */
static void
reason(const struct site *s, struct buf *b, const struct sjob *j)
{
	size_t i, n;

	if (j->fault) {
		term(b, "Why");
		sitedetail(s, b, j);
		bufstr(b, "</dd>\n");
	} else if (j->cycle) {
		term(b, "Waits for itself");
		htmltext(b, j->cycle);
		bufstr(b, "</dd>\n");
	} else if (j->root && j->root != j) {
		term(b, "Blocked by");
		sitejob(s, b, "../", j->root->name);
		bufstr(b, ": ");
		sitedetail(s, b, j->root);
		bufstr(b, "</dd>\n");
	} else if (j->state == NEW || j->state == WAIT) {
		n = graphdegree(s->st->graph, j->at);
		term(b, "Waits for");
		for (i = 0; i < n; i++) {
			bufstr(b, i ? ", " : "");
			sitejob(s, b, "../", s->st->jobs[graphnext(s->st->graph,
			    j->at, i, NULL)]->name);
		}
		bufstr(b, n ? "</dd>\n" : "nothing</dd>\n");
	} else if (j->state == FAIL || j->state == CANCEL) {
		term(b, "Why");
		sitedetail(s, b, j);
		bufstr(b, "</dd>\n");
	} else if (j->state == RUN) {
		term(b, "Last line of the log");
		bufstr(b, "<code>");
		sitedetail(s, b, j);
		bufstr(b, "</code></dd>\n");
	}
	if (j->blocks) {
		term(b, "Holds up");
		buffmt(b, "%zu</dd>\n", j->blocks);
	}
}

static void
packages(struct buf *b, const struct family *f)
{
	size_t i;

	term(b, "In the repository");
	for (i = 0; i < f->npkgs; i++) {
		bufstr(b, i ? ", " : "");
		htmltext(b, f->pkgs[i]->pkgver);
		if (f->pkgs[i]->staged)
			bufstr(b, " (staged)");
	}
	bufstr(b, f->npkgs ? "</dd>\n" : "nothing</dd>\n");
}

/* the architecture is left out where it is the page's own */
static void
relatives(struct buf *b, const struct family *f, const char *title,
    struct family *const *list, size_t n)
{
	const char *arch;
	char *name;
	size_t i, len;

	if (n == 0)
		return;
	arch = strrchr(f->base, '.');
	buffmt(b, "<h2>%s <span class=\"dim\">%zu</span></h2>\n"
	    "<ul class=\"columns\">\n", title, n);
	for (i = 0; i < n; i++) {
		len = strlen(list[i]->base);
		if (strcmp(strrchr(list[i]->base, '.'), arch) == 0)
			len -= strlen(arch);
		name = xstrndup(list[i]->base, len);
		siteitem(b, "../", list[i], list[i]->jobs[0], name);
		free(name);
	}
	bufstr(b, "</ul>\n");
}

static void
logof(struct site *s, struct buf *b, const struct sjob *j, struct buf *shown)
{
	char *line, *url;

	url = sitelog(s, j, &line);
	if (url)
		buffmt(b, "<a href=\"../%s%s\">log</a>", url,
		    j->state == FAIL ? "#fault" : "");
	if (line && *line && shown->len == 0) {
		buffmt(shown, "<p>From <a href=\"../%s#fault\">the log</a>, "
		    "what is likely the cause:</p>\n<pre class=\"cause\">",
		    url);
		htmltext(shown, line);
		bufstr(shown, "</pre>\n");
	}
	free(line);
	free(url);
}

/* the builds of all versions; what the log of the last failure shows goes to
 * shown */
static void
builds(struct site *s, struct buf *b, const struct family *f,
    struct buf *shown)
{
	const struct sjob *j;
	size_t i;

	sitetable(b, "builds", "Builds", 0,
	    "Version|State|Since|" SITEBUILD "|Tries|Log");
	for (i = 0; i < f->n; i++) {
		j = f->jobs[i];
		bufstr(b, "<tr><td>");
		htmltext(b, j->fault ? j->name : j->job.pkgver);
		sitecell(b, "State");
		sitestate(b, j);
		sitecell(b, "Since");
		htmltime(b, j->since);
		sitebuild(b, sitesecs(j), j->job.memory, j->job.node);
		sitecell(b, "Tries");
		if (j->job.tries)
			buffmt(b, "%d", j->job.tries);
		sitecell(b, "Log");
		logof(s, b, j, shown);
		bufstr(b, "</td></tr>\n");
		if (j->job.tries > 1)
			sitetries(s, b, j);
	}
	bufstr(b, "</tbody>\n</table>\n");
}

int
sitefamilypage(struct site *s, const struct family *f)
{
	const struct sjob *j = f->jobs[0];
	struct buf b = {0}, shown = {0}, table = {0};
	char *name;
	int r;

	builds(s, &table, f, &shown);
	sitehead(&b, "../", NULL, f->base);
	bufstr(&b, "<dl>\n");
	term(&b, "State");
	sitestate(&b, j);
	bufstr(&b, " since ");
	htmltime(&b, j->since);
	bufstr(&b, "</dd>\n");
	reason(s, &b, j);
	if (j->end) {
		term(&b, "Built by about");
		htmltime(&b, siteround(s, j->end));
		bufstr(&b, "</dd>\n");
	}
	term(&b, "Job");
	htmltext(&b, j->name);
	bufstr(&b, "</dd>\n");
	packages(&b, f);
	sitestageof(s, &b, f);
	bufstr(&b, "</dl>\n");
	bufadd(&b, shown.s, shown.len);
	relatives(&b, f, "Needs", f->needs, f->nneeds);
	relatives(&b, f, "Needed by", f->needed, f->nneeded);
	bufadd(&b, table.s, table.len);
	sitefoot(&b);
	name = xasprintf("pkg/%s.html", f->base);
	r = pagesput(s->pages, name, &b);
	free(name);
	buffree(&b);
	buffree(&shown);
	buffree(&table);
	return r;
}

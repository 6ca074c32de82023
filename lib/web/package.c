#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/graph.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/explain.h"
#include "status/rebuilds.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"
#include "xbps/repo.h"
#include "xbps/stage.h"

/* one of the builds that a job's file tells of: its lines from one that says
 * started to the next */
struct try {
	int64_t started, ended, memory;
	const char *node, *exit, *reason;
};

static int64_t
number(const char *s)
{
	return strtonum(s, 0, INT64_MAX, NULL);
}

static void
row(struct buf *b, const struct try *t, int n)
{
	buffmt(b, "<tr><td class=\"dim\">try %d</td><td data-label=\"State\">",
	    n);
	if (t->reason || t->exit)
		htmltext(b, t->reason ? t->reason : t->exit);
	webcell(b, "Since");
	if (t->ended)
		htmltime(b, t->ended);
	webbuild(b, t->ended >= t->started ? t->ended - t->started : -1,
	    t->memory, t->node);
	bufstr(b, "</td><td></td><td></td></tr>\n");
}

static void
take(struct try *t, const char *name, const char *value)
{
	if (strcmp(name, "ended") == 0)
		t->ended = number(value);
	else if (strcmp(name, "memory") == 0)
		t->memory = number(value);
	else if (strcmp(name, "node") == 0)
		t->node = value;
	else if (strcmp(name, "exit") == 0)
		t->exit = value;
	else if (strcmp(name, "reason") == 0)
		t->reason = value;
}

/* appends rows for a job's builds before the last one */
static void
tries(const struct site *s, struct buf *b, const struct sjob *j)
{
	struct buf text = {0};
	struct try t = {0};
	char *line, *save, *value, *why;
	int n;

	why = NULL;
	if (j->state == NSTATE ||
	    spooltext(s->sp, j->state, j->name, &text, &why) != 1) {
		free(why);
		buffree(&text);
		return;
	}
	n = 0;
	for (line = strtok_r(text.s, "\n", &save); line;
	    line = strtok_r(NULL, "\n", &save)) {
		value = strchr(line, ' ');
		if (!value)
			continue;
		*value++ = '\0';
		if (strcmp(line, "started") == 0) {
			/* the last one has a row of its own */
			if (n > 0)
				row(b, &t, n);
			memset(&t, 0, sizeof t);
			t.started = number(value);
			n++;
		} else {
			take(&t, line, value);
		}
	}
	buffree(&text);
}

/* why the family must be rebuilt */
static void
stageof(const struct site *s, struct buf *b, const struct family *f)
{
	const struct hold *h;
	size_t i, n;

	n = 0;
	for (i = 0; i < s->nholds; i++) {
		h = &s->holds[i];
		if (h->family != f)
			continue;
		bufstr(b, n++ ? ", " : "<dt>To be rebuilt</dt><dd>");
		if (strcmp(h->rebuild->user, f->jobs[0]->job.pkgname) != 0) {
			htmltext(b, h->rebuild->user);
			bufstr(b, " ");
		}
		bufstr(b, "for ");
		htmltext(b, h->rebuild->soname);
		bufstr(b, " of ");
		webpackage(b, NULL, webmaker(s, h->rebuild->provider, h->arch),
		    h->rebuild->provider);
	}
	if (n > 0)
		bufstr(b, "</dd>\n");
}

static void
term(struct buf *b, const char *name)
{
	buffmt(b, "<dt>%s</dt><dd>", name);
}

static void
waitsfor(const struct site *s, struct buf *b, const struct sjob *j)
{
	size_t i, n;

	n = graphdegree(s->st->graph, j->at);
	for (i = 0; i < n; i++) {
		bufstr(b, i ? ", " : "");
		webjob(s, b, NULL, s->st->jobs[graphnext(s->st->graph, j->at, i,
		    NULL)]->name);
	}
}

/* why the job is where it is */
static void
why(const struct site *s, struct buf *b, const struct sjob *j)
{
	struct explanation r;

	explain(s->st, j, &r);
	switch (r.why) {
	case WHY_CYCLE:
		term(b, "Waits for itself");
		htmltext(b, r.text);
		break;
	case WHY_BLOCKED:
		term(b, "Blocked by");
		webjob(s, b, NULL, r.root->name);
		bufstr(b, ": ");
		webdetail(s, b, r.root);
		break;
	case WHY_NEEDS:
		term(b, "Waits for");
		waitsfor(s, b, j);
		break;
	case WHY_TAKEN:
	case WHY_SLOT:
	case WHY_RETRY:
		term(b, "Waits for");
		bufstr(b, r.why == WHY_TAKEN ? "the scheduler" : "a slot");
		if (j->place > 1)
			buffmt(b, "; %zu go first", j->place - 1);
		if (r.text) {
			bufstr(b, ", after a failure: ");
			htmltext(b, r.text);
		}
		break;
	case WHY_BUILDING:
		term(b, "Last line of the log");
		bufstr(b, "<code>");
		webdetail(s, b, j);
		bufstr(b, "</code>");
		break;
	case WHY_INDEX:
	case WHY_BUILT:
		explainfree(&r);
		return;
	default:
		term(b, "Why");
		webdetail(s, b, j);
	}
	bufstr(b, "</dd>\n");
	explainfree(&r);
}

static void
packages(const struct site *s, struct buf *b, const struct family *f)
{
	const struct repopkg *pkg;
	const char *main;
	size_t i;

	term(b, "In the repository");
	for (i = 0; i < f->npkgs; i++) {
		pkg = f->pkgs[i];
		bufstr(b, i ? ", " : "");
		htmltext(b, pkg->pkgver);
		bufstr(b, " <span class=\"dim\">");
		if (pkg->size > 0)
			textsize(b, (int64_t)pkg->size);
		if (*pkg->sub) {
			bufstr(b, " in ");
			htmltext(b, pkg->sub);
		}
		bufstr(b, pkg->staged ? " staged</span>" : "</span>");
	}
	bufstr(b, f->npkgs ? "</dd>\n" : "nothing</dd>\n");
	main = webmain(s, f->jobs[0]->job.pkgname, f->jobs[0]->job.arch);
	if (main) {
		term(b, "In a main repository");
		htmltext(b, main);
		bufstr(b, "</dd>\n");
	}
}

static void
command(struct buf *b, const char *what, const char *words)
{
	bufstr(b, "<dt>");
	htmltext(b, what);
	bufstr(b, "</dt><dd><code>");
	htmltext(b, words);
	bufstr(b, "</code></dd>\n");
}

/* what one can do about the job now, to be copied */
static void
commands(const struct site *s, struct buf *b, const struct sjob *j)
{
	char *words;

	if (j->fault || (j->state != FAIL && j->state != CANCEL && j->state != RUN))
		return;
	bufstr(b, "<h2>Commands</h2>\n<dl class=\"commands\">\n");
	if (j->state == FAIL || j->state == CANCEL) {
		words = xasprintf("mv %s/%s/%s %s/new/", s->sp->path,
		    spoolstates[j->state], j->name, s->sp->path);
		command(b, "Try it again", words);
		free(words);
		words = xasprintf("spiff-enqueue -f -a %s %s", j->job.arch,
		    j->job.pkgname);
		command(b, "Build it anew", words);
		free(words);
	} else {
		words = xasprintf("mv %s/run/%s %s/cancel/", s->sp->path, j->name,
		    s->sp->path);
		command(b, "Stop it", words);
		free(words);
	}
	if (j->state == FAIL) {
		words = xasprintf("spiff-build -k %s/fail/%s", s->sp->path, j->name);
		command(b, "Repeat the build by hand", words);
		free(words);
	}
	bufstr(b, "</dl>\n");
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
		webitem(b, NULL, list[i], list[i]->jobs[0], name);
		free(name);
	}
	bufstr(b, "</ul>\n");
}

static void
logof(struct site *s, struct buf *b, const struct sjob *j, struct buf *failure)
{
	char *shown, *url;

	url = weblog(s, j, &shown);
	if (url)
		buffmt(b, "<a href=\"../%s%s\">log</a>", url,
		    j->state == FAIL ? "#fault" : "");
	if (shown && *shown && failure->len == 0) {
		buffmt(failure, "<h2>The failure</h2>\n<p>The line of <a "
		    "href=\"../%s#fault\">the log</a> that shows it, and those "
		    "around it:</p>\n<pre class=\"cause\">", url);
		webshown(failure, shown, 1);
		bufstr(failure, "</pre>\n");
	}
	free(shown);
	free(url);
}

/* a family's only build, as items of the list */
static void
onebuild(struct site *s, struct buf *b, const struct sjob *j, struct buf *failure)
{
	struct buf log = {0};

	if (websecs(j) >= 0) {
		term(b, "Time");
		textspan(b, websecs(j));
		bufstr(b, "</dd>\n");
	}
	if (j->job.memory > 0) {
		term(b, "Memory");
		textsize(b, j->job.memory);
		bufstr(b, "</dd>\n");
	}
	if (j->job.node) {
		term(b, "Machine");
		htmltext(b, j->job.node);
		bufstr(b, "</dd>\n");
	}
	logof(s, &log, j, failure);
	if (log.len > 0) {
		term(b, "Log");
		bufadd(b, log.s, log.len);
		bufstr(b, "</dd>\n");
	}
	buffree(&log);
}

/* the builds of all versions; the lines around the last failure go to failure, as
 * elements */
static void
builds(struct site *s, struct buf *b, const struct family *f, struct buf *failure)
{
	const struct sjob *j;
	size_t i;

	webtable(b, "builds", "Builds", 0,
	    "Version|State|Since|" WEBBUILD "|Tries|Log");
	for (i = 0; i < f->n; i++) {
		j = f->jobs[i];
		bufstr(b, "<tr><td>");
		htmltext(b, j->fault ? j->name : j->job.pkgver);
		webcell(b, "State");
		webstate(b, j);
		webcell(b, "Since");
		htmltime(b, j->since);
		webbuild(b, websecs(j), j->job.memory, j->job.node);
		webcell(b, "Tries");
		if (j->job.tries)
			buffmt(b, "%d", j->job.tries);
		webcell(b, "Log");
		logof(s, b, j, failure);
		bufstr(b, "</td></tr>\n");
		if (j->job.tries > 1)
			tries(s, b, j);
	}
	bufstr(b, "</tbody>\n</table>\n");
}

/* what the package is, of those of the family the one that is named as it is */
static void
description(struct buf *b, const struct family *f)
{
	size_t i;

	for (i = 0; i < f->npkgs; i++) {
		if (strcmp(f->pkgs[i]->name, f->jobs[0]->job.pkgname) == 0 &&
		    *f->pkgs[i]->desc) {
			bufstr(b, "<p>");
			htmltext(b, f->pkgs[i]->desc);
			bufstr(b, "</p>\n");
			return;
		}
	}
}

static void
template(struct buf *b, const char *name)
{
	const char *tree;
	char *url;

	tree = confget(CONF_TREEURL);
	if (strncmp(tree, "https://", 8) != 0 && strncmp(tree, "http://", 7) != 0)
		return;
	url = xasprintf("%s%s", tree, name);
	term(b, "Template");
	bufstr(b, "<a href=\"");
	htmltext(b, url);
	bufstr(b, "\">");
	htmltext(b, name);
	bufstr(b, "</a></dd>\n");
	free(url);
}

int
webfamilypage(struct site *s, const struct family *f)
{
	const struct sjob *j = f->jobs[0];
	struct buf b = {0}, failure = {0}, table = {0};
	char *name;
	int alone, r;

	alone = f->n == 1 && j->job.tries < 2;
	if (!alone)
		builds(s, &table, f, &failure);
	webhead(&b, "../", NULL, f->base);
	if (!j->fault)
		description(&b, f);
	bufstr(&b, "<dl>\n");
	term(&b, "State");
	webstate(&b, j);
	bufstr(&b, " since ");
	htmltime(&b, j->since);
	bufstr(&b, "</dd>\n");
	why(s, &b, j);
	if (j->end) {
		term(&b, "Expected end");
		htmltime(&b, webround(s, j->end));
		bufstr(&b, "</dd>\n");
	}
	term(&b, "Job");
	htmltext(&b, j->name);
	bufstr(&b, "</dd>\n");
	if (!j->fault)
		template(&b, j->job.pkgname);
	if (j->blocks) {
		term(&b, "Blocks");
		buffmt(&b, "%zu</dd>\n", j->blocks);
	}
	if (alone)
		onebuild(s, &b, j, &failure);
	if (!j->fault)
		packages(s, &b, f);
	stageof(s, &b, f);
	bufstr(&b, "</dl>\n");
	bufadd(&b, failure.s, failure.len);
	relatives(&b, f, "Needs", f->needs, f->nneeds);
	relatives(&b, f, "Needed by", f->needed, f->nneeded);
	bufadd(&b, table.s, table.len);
	commands(s, &b, j);
	webfoot(&b);
	name = xasprintf("pkg/%s.html", f->base);
	r = dirput(s->dir, name, &b);
	free(name);
	buffree(&b);
	buffree(&failure);
	buffree(&table);
	return r;
}

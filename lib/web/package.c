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
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/stage.h"

enum { SHORT = 12 };	/* digits of a commit */

/* a build in a job's file: its lines from one line started to the next */
struct try {
	int64_t started, ended, memory, jobs;
	const char *node, *exit, *reason;
};

static int64_t
parsenumber(const char *s)
{
	return strtonum(s, 0, INT64_MAX, NULL);
}

static void
tryrow(struct buf *b, const struct try *t, int n)
{
	buffmt(b, "<tr><td class=\"dim\">try %d</td><td data-label=\"State\">",
	    n);
	if (t->reason || t->exit)
		htmltext(b, t->reason ? t->reason : t->exit);
	if (t->jobs)
		buffmt(b, " <span class=\"dim\">with %lld processes</span>",
		    (long long)t->jobs);
	webcell(b, "Since");
	if (t->ended)
		htmltime(b, t->ended);
	webbuild(b, t->ended >= t->started ? t->ended - t->started : -1,
	    t->memory, t->node);
	bufstr(b, "</td><td></td><td></td></tr>\n");
}

static void
parsetry(struct try *t, const char *name, const char *value)
{
	if (strcmp(name, "ended") == 0)
		t->ended = parsenumber(value);
	else if (strcmp(name, "memory") == 0)
		t->memory = parsenumber(value);
	else if (strcmp(name, "jobs") == 0)
		t->jobs = parsenumber(value);
	else if (strcmp(name, "node") == 0)
		t->node = value;
	else if (strcmp(name, "exit") == 0)
		t->exit = value;
	else if (strcmp(name, "reason") == 0)
		t->reason = value;
}

/* rows for a job's builds before the last one, which has its own */
static void
tryrows(const struct site *s, struct buf *b, const struct sjob *j)
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
			if (n > 0)
				tryrow(b, &t, n);
			memset(&t, 0, sizeof t);
			t.started = parsenumber(value);
			n++;
		} else {
			parsetry(&t, line, value);
		}
	}
	buffree(&text);
}

/* for which sonames the family must be rebuilt */
static void
rebuiltfor(const struct site *s, struct buf *b, const struct family *f)
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
		weblink(b, NULL, webmaker(s, h->rebuild->provider, h->arch),
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
reasonterm(const struct site *s, struct buf *b, const struct sjob *j)
{
	struct explanation r;

	explain(s->st, j, &r);
	switch (r.why) {
	case WHY_CYCLE:
		webterm(b, "Waits for itself", r.text);
		explainfree(&r);
		return;
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
		webturn(s, b, j);
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
inrepository(const struct site *s, struct buf *b, const struct family *f)
{
	const struct repopkg *pkg;
	const char *main;
	size_t i;

	webterm(b, "In the tree", pkgverversion(f->jobs[0]->job.pkgver));
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
	if (main)
		webterm(b, "In a main repository", main);
}

/* takes words, and frees them */
static void
command(struct buf *b, const char *what, char *words)
{
	buffmt(b, "<dt>%s</dt><dd><code>", what);
	htmltext(b, words);
	bufstr(b, "</code></dd>\n");
	free(words);
}

/* commands to copy, for what can be done about the job now */
static void
commands(const struct site *s, struct buf *b, const struct sjob *j)
{
	const char *spool = s->sp->path;

	if (j->fault || (j->state != FAIL && j->state != CANCEL && j->state > RUN))
		return;
	bufstr(b, "<h2>Commands</h2>\n<dl class=\"commands\">\n");
	if (j->state == FAIL || j->state == CANCEL) {
		command(b, "Try it again", xasprintf("mv %s/%s/%s %s/new/", spool,
		    spoolstates[j->state], j->name, spool));
		command(b, "Build it anew", xasprintf("spiff-enqueue -f -a %s %s",
		    j->job.arch, j->job.pkgname));
	} else {
		command(b, j->state == RUN ? "Stop it" : "Cancel it",
		    xasprintf("mv %s/%s/%s %s/cancel/", spool,
		    spoolstates[j->state], j->name, spool));
	}
	if (j->state != CANCEL && !j->held && *confget(CONF_LIMITS))
		command(b, "Hold it", xasprintf("echo hold %s.%s >>%s",
		    j->job.pkgname, j->job.arch, confget(CONF_LIMITS)));
	if (j->state == FAIL)
		command(b, "Repeat the build by hand",
		    xasprintf("spiff-build -k %s/fail/%s", spool, j->name));
	bufstr(b, "</dl>\n");
}

/* a list of families, named without the architecture if it is the page's */
static void
familylist(struct buf *b, const struct family *f, const char *title,
    struct family *const *list, size_t n)
{
	const char *arch;
	char *name;
	size_t i, len;

	if (n == 0)
		return;
	arch = strrchr(f->base, '.');
	buffmt(b, "<h2>%s <span>%zu</span></h2>\n"
	    "<ul class=\"columns\">\n", title, n);
	for (i = 0; i < n; i++) {
		len = strlen(list[i]->base);
		if (strcmp(strrchr(list[i]->base, '.'), arch) == 0)
			len -= strlen(arch);
		name = xstrndup(list[i]->base, len);
		buffmt(b, "<li class=\"%s\">", webclass(list[i]->jobs[0]));
		weblink(b, NULL, list[i], name);
		buffmt(b, " <span>%s</span></li>\n",
		    webword(list[i]->jobs[0]));
		free(name);
	}
	bufstr(b, "</ul>\n");
}

static void
loglink(struct site *s, struct buf *b, const struct sjob *j, struct buf *failure)
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

/* a family's only build, as terms of the list */
static void
buildterms(struct site *s, struct buf *b, const struct sjob *j, struct buf *failure)
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
	if (j->job.node)
		webterm(b, "Machine", j->job.node);
	loglink(s, &log, j, failure);
	if (log.len > 0) {
		term(b, "Log");
		bufadd(b, log.s, log.len);
		bufstr(b, "</dd>\n");
	}
	buffree(&log);
}

/* the builds of all versions; failure gets the lines around the last failure */
static void
buildstable(struct site *s, struct buf *b, const struct family *f, struct buf *failure)
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
		loglink(s, b, j, failure);
		webrowend(b);
		if (j->job.tries > 1)
			tryrows(s, b, j);
	}
	webtableend(b);
}

/* the description of the binary package that has the source package's name */
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

/* returns the address of the job's template, at its commit if SPIFF_TREEURL has a place
 * for that, and then sets *at; NULL when there is none; the caller owns it */
static char *
templateurl(const struct job *j, int *at)
{
	static const char place[] = "{commit}";
	const char *p, *tree;
	struct jobcommit c = {0};

	*at = 0;
	tree = confget(CONF_TREEURL);
	if (strncmp(tree, "https://", 8) != 0 && strncmp(tree, "http://", 7) != 0)
		return NULL;
	p = strstr(tree, place);
	if (!p)
		return xasprintf("%s%s", tree, j->pkgname);
	*at = j->ncommits > 0 && jobcommit(&c, j->commits[0]) == 0 && c.len > 0;
	return xasprintf("%.*s%.*s%s%s", (int)(p - tree), tree,
	    *at ? (int)c.len : 4, *at ? c.hash : "HEAD", p + sizeof place - 1,
	    j->pkgname);
}

static void
linkto(struct buf *b, const char *url, const char *text)
{
	bufstr(b, "<a href=\"");
	htmltext(b, url);
	bufstr(b, "\">");
	htmltext(b, text);
	bufstr(b, "</a>");
}

/* the commits of the trees; the first is that of the template */
static void
commitsterm(struct buf *b, const struct job *j, const char *url)
{
	struct jobcommit c;
	size_t i, n;
	char *hash;

	for (i = n = 0; i < j->ncommits; i++) {
		if (jobcommit(&c, j->commits[i]) < 0 || c.len == 0)
			continue;
		if (n++ == 0)
			term(b, j->ended ? "Built from" : "Planned from");
		else
			bufstr(b, ", ");
		hash = xasprintf("%.*s", SHORT, c.hash);
		if (i == 0 && url)
			linkto(b, url, hash);
		else
			htmltext(b, hash);
		buffmt(b, "%s of ", c.dirty ? " with changes" : "");
		htmltext(b, c.dir);
		free(hash);
	}
	if (n > 0)
		bufstr(b, "</dd>\n");
}

static void
treeterms(struct buf *b, const struct job *j)
{
	char *url;
	int at;

	url = templateurl(j, &at);
	if (url) {
		term(b, "Template");
		linkto(b, url, j->pkgname);
		bufstr(b, "</dd>\n");
	}
	commitsterm(b, j, at ? url : NULL);
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
		buildstable(s, &table, f, &failure);
	webhead(&b, "../", NULL, f->base);
	if (!j->fault)
		description(&b, f);
	bufstr(&b, "<dl>\n");
	term(&b, "State");
	webstate(&b, j);
	bufstr(&b, " since ");
	htmltime(&b, j->since);
	bufstr(&b, "</dd>\n");
	reasonterm(s, &b, j);
	if (j->end) {
		term(&b, "Expected end");
		htmltime(&b, webround(s, j->end));
		bufstr(&b, "</dd>\n");
	}
	webterm(&b, "Job", j->name);
	if (!j->fault)
		treeterms(&b, &j->job);
	if (j->blocks) {
		term(&b, "Blocks");
		buffmt(&b, "%zu</dd>\n", j->blocks);
	}
	if (alone)
		buildterms(s, &b, j, &failure);
	if (!j->fault)
		inrepository(s, &b, f);
	rebuiltfor(s, &b, f);
	bufstr(&b, "</dl>\n");
	bufadd(&b, failure.s, failure.len);
	familylist(&b, f, "Needs", f->needs, f->nneeds);
	familylist(&b, f, "Needed by", f->needed, f->nneeded);
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

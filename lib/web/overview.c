#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/graph.h"
#include "base/pid.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/explain.h"
#include "status/forecast.h"
#include "status/rebuilds.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
#include "xbps/shlibs.h"
#include "xbps/stage.h"

enum {
	MOST = 200, SOME = 40, FEW = 12,	/* rows of tables */
	NEEDS = 5,		/* names in a cell */
	QUOTE = 30,		/* bytes by which a line of a log is recognized */
	GAINS = 3,		/* of the longest builds of the critical chain, how
				 * many are tried at half their time */
	FRESH = 120, IDLE = 7200	/* seconds until the page calls itself old */
};

static void
progressfigure(struct buf *b, const char *what, size_t n, size_t of)
{
	buffmt(b, "<div><dt>%s</dt><dd>%zu", what, n);
	if (of > 0)
		buffmt(b, " <span class=\"dim\">of %zu</span>", of);
	bufstr(b, "</dd></div>\n");
}

/* begins an item of a list, with the sign of a state */
static void
stateitem(struct buf *b, const char *class)
{
	buffmt(b, "<li class=\"state %s\">", class);
}

static void
buildingnow(const struct site *s, struct buf *b)
{
	const struct sjob *j;
	size_t i, n;

	n = s->st->counts[RUN];
	for (i = 0; i < s->st->n && (s->st->jobs[i]->state != RUN ||
	    !webof(s, s->st->jobs[i])); i++)
		;
	if (i == s->st->n) {
		stateitem(b, "wait");
		bufstr(b, "Nothing is being built now.</li>\n");
		return;
	}
	j = s->st->jobs[i];
	stateitem(b, webclass(j));
	bufstr(b, "Building ");
	webjob(s, b, "", j->name);
	if (n > 1)
		buffmt(b, " and <a href=\"#run\">%zu more</a>", n - 1);
	bufstr(b, ".</li>\n");
}

/* whether spiff-run works, and what keeps it from starting builds */
static void
schedulerlines(const struct site *s, struct buf *b)
{
	const char *p;
	char *text;
	size_t n;
	int left;

	left = s->e->left + s->e->blocked + s->st->counts[NEW] > 0;
	if (!left) {
		stateitem(b, "done");
		bufstr(b, "Nothing is left to build.</li>\n");
	} else if (s->st->runner) {
		buildingnow(s, b);
	}
	if (!s->st->runner) {
		stateitem(b, left ? "blocked" : "wait");
		bufstr(b, "No scheduler works on this spool.");
		if (s->st->counts[RUN])
			buffmt(b, " When it ended, <a href=\"#run\">%zu</a> had not "
			    "been built to the end.", s->st->counts[RUN]);
		bufstr(b, "</li>\n");
	} else if (s->st->trouble) {
		stateitem(b, "blocked");
		bufstr(b, "The builder ");
		htmltext(b, s->st->trouble);
		bufstr(b, " can start nothing, since ");
		htmltime(b, s->st->troubled);
		bufstr(b, ".</li>\n");
	}
	if (s->st->runner && s->st->unindexed) {
		stateitem(b, "blocked");
		bufstr(b, "What is built does not come into the index: ");
		htmltext(b, s->st->unindexed);
		bufstr(b, "</li>\n");
	}
	for (p = s->st->runner && s->st->cluster ? s->st->cluster : ""; *p; p += n) {
		n = strcspn(p, "\n") + 1;
		text = textline(p, n - 1);
		stateitem(b, "blocked");
		htmltext(b, text);
		bufstr(b, "</li>\n");
		free(text);
	}
	if (s->st->paused) {
		stateitem(b, "blocked");
		bufstr(b, "Paused: nothing new is started.</li>\n");
	}
}

/* packages of the repository that are to be built again, of each reason how many, with
 * a link to the table where one is */
static void
rebuildsline(const struct site *s, struct buf *b)
{
	size_t broken, i, relink, staged;

	broken = relink = 0;
	for (i = 0; i < s->nrepos; i++) {
		broken += s->repos[i]->nlacks;
		relink += s->repos[i]->nrelinks;
	}
	staged = s->nholds;
	if (broken + staged + relink == 0)
		return;
	stateitem(b, broken ? "fail" : "blocked");
	bufstr(b, "Rebuilds are due: ");
	if (broken)
		buffmt(b, "<a href=\"#broken\">%zu broken</a>", broken);
	if (staged)
		buffmt(b, "%s<a href=\"#stage\">%zu for the stage</a>",
		    broken ? ", " : "", staged);
	if (relink)
		buffmt(b, "%s<a href=\"#relink\">%zu for new interfaces</a>",
		    broken + staged ? ", " : "", relink);
	bufstr(b, ".</li>\n");
}

/* returns what a main repository has newer than the build repository, and sets *p to the
 * latter's package; NULL behind the last; *at starts at 0 */
static const struct repopkg *
nextbehind(const struct rebuilds *rs, size_t *at, const struct repopkg **p)
{
	const struct repopkg *is;

	while (rs->repos && (*p = reponext(reposat(rs->repos, 0), at))) {
		is = reposnewer(rs->repos, (*p)->name, pkgverversion((*p)->pkgver));
		if (is)
			return is;
	}
	return NULL;
}

static size_t
countbehind(const struct site *s)
{
	const struct repopkg *p;
	size_t at, i, n;

	for (i = n = 0; i < s->nrepos; i++) {
		for (at = 0; nextbehind(s->repos[i], &at, &p); n++)
			;
	}
	return n;
}

/* what is held, and what is behind a main repository */
static void
heldlines(const struct site *s, struct buf *b)
{
	size_t behind, held, i;

	behind = countbehind(s);
	for (i = held = 0; i < s->st->n; i++)
		held += s->st->jobs[i]->held && s->st->jobs[i]->state < RUN &&
		    webof(s, s->st->jobs[i]);
	if (held) {
		stateitem(b, "blocked");
		buffmt(b, "<a href=\"#way\">%zu held</a> by the limits.</li>\n", held);
	}
	if (behind) {
		stateitem(b, "blocked");
		buffmt(b, "<a href=\"#behind\">%zu behind</a> a main repository."
		    "</li>\n", behind);
	}
}

static void
failuresline(const struct site *s, struct buf *b)
{
	size_t blocked, failed;

	blocked = s->e->blocked;
	failed = s->st->counts[FAIL];
	if (failed > 0) {
		stateitem(b, "fail");
		buffmt(b, "<a href=\"#fail\">%zu failed</a>", failed);
	} else if (blocked > 0) {
		stateitem(b, "blocked");
		bufstr(b, "Nothing failed");
	} else {
		stateitem(b, "done");
		bufstr(b, "Nothing failed");
	}
	if (blocked > 0)
		buffmt(b, failed ? ", %zu blocked by %s" : ", %zu blocked", blocked,
		    failed == 1 ? "it" : "them");
	bufstr(b, ".</li>\n");
}

static void
progressbar(const struct site *s, struct buf *b)
{
	const struct forecast *e = s->e;
	size_t all;

	all = e->built + e->left + e->blocked;
	if (e->left + e->blocked > 0)
		buffmt(b, "<p><progress aria-label=\"Built\" max=\"%zu\" "
		    "value=\"%zu\">%zu of %zu</progress></p>\n", all, e->built,
		    e->built, all);
	bufstr(b, "<dl class=\"figures\">\n");
	if (e->left + e->blocked > 0) {
		progressfigure(b, "built", e->built, all);
		progressfigure(b, "to go", e->left, 0);
	}
	if (e->left > 0) {
		buffmt(b, "<div><dt>expected end%s</dt><dd>", s->st->runner ? "" :
		    ", if a scheduler starts now");
		if (e->end || e->least) {
			if (!e->end || forecastrough(e))
				buffmt(b, "<span class=\"dim\">%s</span> ",
				    e->end ? "about" : "not before");
			htmlclock(b, webround(s, e->end ? e->end : e->least),
			    s->st->now);
		} else {
			bufstr(b, "? <span class=\"dim\">none of it was "
			    "built before</span>");
		}
		bufstr(b, "</dd></div>\n");
	}
	progressfigure(b, "built in the last hour", e->lasthour, 0);
	bufstr(b, "</dl>\n");
}

/* returns the link to a table of jobs in that state; NULL if the page, which lists the
 * states listed, has none */
static const char *
tableof(enum state state, unsigned listed)
{
	if (state <= FAIL && state != DONE && !(listed & 1u << state))
		return NULL;
	switch (state) {
	case NEW:
	case WAIT:
	case READY:
		return "#wait";
	case RUN:
	case BUILT:
		return "#run";
	case FAIL:
		return "#fail";
	case DONE:
	case CANCEL:
	case NSTATE:
	default:
		return "history.html";
	}
}

static void
statecounts(const struct site *s, unsigned listed, struct buf *b)
{
	struct sjob j = {0};
	const char *to;
	int i;

	bufstr(b, "<ul class=\"counts\" aria-label=\"All jobs, by state\">\n");
	for (i = 0; i < NSTATE; i++) {
		if (s->st->counts[i] == 0)
			continue;
		j.state = (enum state)i;
		stateitem(b, webclass(&j));
		to = tableof(j.state, listed);
		if (to)
			buffmt(b, "<a href=\"%s\">", to);
		buffmt(b, "%zu %s%s</li>\n", s->st->counts[i], webword(&j),
		    to ? "</a>" : "");
	}
	bufstr(b, "</ul>\n");
}

/* when the page was written; site.js calls it old after data-fresh seconds */
static void
asoftime(const struct site *s, struct buf *b)
{
	char *file;

	bufstr(b, "<p class=\"dim\" id=\"asof\"");
	if (s->st->runner)
		buffmt(b, " data-fresh=\"%d\"", s->st->counts[RUN] > 0 ?
		    FRESH : IDLE);
	bufstr(b, ">As of ");
	htmltime(b, s->st->now);
	bufstr(b, ", all times in UTC. ");
	if (s->st->runner)
		buffmt(b, "While the scheduler runs this page is written anew every "
		    "%s. ", s->st->counts[RUN] > 0 ? "minute" : "hour");
	file = webarchfile(s->arch);
	buffmt(b, "<a href=\"%s\">Load it again</a>%s</p>\n", file, s->arch ?
	    " or see <a href=\"index.html\">all architectures</a>." : "");
	free(file);
}

/* packages that cannot be installed */
static void
brokentable(const struct site *s, struct buf *b)
{
	const struct rebuilds *rs;
	struct buf text = {0};
	const struct lack *l;
	size_t i, k, n;

	for (i = n = 0; i < s->nrepos; i++)
		n += s->repos[i]->nlacks;
	if (n == 0)
		return;
	webtable(b, "broken", "Broken: cannot be installed", n,
	    "Package|Architecture|State|Lacks");
	for (i = 0; i < s->nrepos; i++) {
		rs = s->repos[i];
		for (k = 0; k < rs->nlacks && k < SOME; k++) {
			l = &rs->lacks[k];
			bufstr(b, "<tr><td>");
			weblink(b, "", webmaker(s, l->pkg->name, l->pkg->arch),
			    l->pkg->pkgver);
			webcell(b, "Architecture");
			htmltext(b, l->pkg->arch);
			webcell(b, "State");
			bufstr(b, "<span class=\"state blocked\">broken</span>");
			webcell(b, "Lacks");
			text.len = 0;
			shlibswords(&text, l);
			htmltext(b, text.s);
			webrowend(b);
		}
	}
	webtableend(b);
	buffree(&text);
}

/* packages to be rebuilt before a stage can move into its index */
static void
stagetable(const struct site *s, struct buf *b)
{
	const struct hold *h;
	size_t i;

	if (s->nholds == 0)
		return;
	webtable(b, "stage", "To be rebuilt, so that what is staged can enter the "
	    "index", s->nholds,
	    "Package|Architecture|Needs|Staged|State");
	for (i = 0; i < s->nholds; i++) {
		h = &s->holds[i];
		bufstr(b, "<tr><td>");
		weblink(b, "", h->family, h->rebuild->user);
		webcell(b, "Architecture");
		htmltext(b, h->arch);
		webcell(b, "Needs");
		htmltext(b, h->rebuild->soname);
		webcell(b, "Staged");
		weblink(b, "", webmaker(s, h->rebuild->provider, h->arch),
		    h->rebuild->provider);
		webcell(b, "State");
		if (h->family)
			webstate(b, h->family->jobs[0]);
		webrowend(b);
	}
	webtableend(b);
}

/* packages that were built with another interface of a dependency */
static void
relinktable(const struct site *s, struct buf *b)
{
	const struct rebuilds *rs;
	const struct relink *l;
	char *name;
	size_t i, k, n;

	for (i = n = 0; i < s->nrepos; i++)
		n += s->repos[i]->nrelinks;
	if (n == 0)
		return;
	webtable(b, "relink", "To be rebuilt for new interfaces", n,
	    "Package|Architecture|Was built with another of");
	for (i = 0; i < s->nrepos; i++) {
		rs = s->repos[i];
		for (k = 0; k < rs->nrelinks && k < SOME; k++) {
			l = &rs->relinks[k];
			name = xstrndup(l->pkgver, pkgvername(l->pkgver));
			bufstr(b, "<tr><td>");
			weblink(b, "", webmaker(s, name, rs->arch), l->pkgver);
			free(name);
			webcell(b, "Architecture");
			htmltext(b, rs->arch);
			webcell(b, "Was built with another of");
			weblink(b, "", webmaker(s, l->dep, rs->arch), l->dep);
			webrowend(b);
		}
	}
	webtableend(b);
}

/* packages of which a main repository has a newer version */
static void
behindtable(const struct site *s, struct buf *b)
{
	const struct repopkg *is, *p;
	const struct rebuilds *rs;
	size_t at, i, n, k;

	n = countbehind(s);
	if (n == 0)
		return;
	webtable(b, "behind", "Behind a main repository, whose newer version is used", n,
	    "Package|Architecture|There");
	for (i = 0; i < s->nrepos; i++) {
		rs = s->repos[i];
		for (at = k = 0; k < SOME && (is = nextbehind(rs, &at, &p)); k++) {
			bufstr(b, "<tr><td>");
			weblink(b, "", webmaker(s, p->name, p->arch), p->pkgver);
			webcell(b, "Architecture");
			htmltext(b, p->arch);
			webcell(b, "There");
			htmltext(b, is->pkgver);
			webrowend(b);
		}
	}
	webtableend(b);
}

/* jobs that block most others first, then the latest */
static int
byblocks(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	if (x->blocks != y->blocks)
		return x->blocks > y->blocks ? -1 : 1;
	return weblatest(a, b);
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
endtable(struct buf *b, size_t left)
{
	webtableend(b);
	if (left > 0)
		buffmt(b, "<p>And %zu more: see <a href=\"packages.html\">"
		    "Packages</a>.</p>\n", left);
}

static void
firstcells(const struct site *s, struct buf *b, const struct sjob *j)
{
	bufstr(b, "<tr><td>");
	webjob(s, b, "", j->name);
	webcell(b, "Since");
	if (j->read)
		htmlclock(b, j->since, s->st->now);
}

static void
expectedend(const struct site *s, struct buf *b, const struct sjob *j)
{
	webcell(b, "Expected end");
	if (j->guessed && !s->e->end)
		bufchar(b, '?');
	else if (j->end)
		htmlclock(b, webround(s, j->end), s->st->now);
}

static void
explanation(const struct site *s, struct buf *b, const struct sjob *j)
{
	bufstr(b, "<code>");
	webdetail(s, b, j);
	bufstr(b, "</code>");
}

static void
buildingtable(const struct site *s, struct buf *b, const struct weblist *l)
{
	size_t i;

	if (l->n == 0)
		return;
	webtable(b, "run", s->st->runner ? "Building" : "Not built to the end", l->n,
	    "Package|Since|Expected end|Machine|Last line of the log");
	for (i = 0; i < l->n && i < MOST; i++) {
		firstcells(s, b, l->jobs[i]);
		expectedend(s, b, l->jobs[i]);
		webcell(b, "Machine");
		if (l->jobs[i]->job.node)
			htmltext(b, l->jobs[i]->job.node);
		webcell(b, "Log");
		explanation(s, b, l->jobs[i]);
		webrowend(b);
	}
	endtable(b, l->n - i);
}

/* whether a reason quotes the beginning or the end of the log's line that shows the
 * failure; both may be cut, and the line may begin with a long path */
static int
quotes(const char *reason, const char *shown)
{
	const char *line;
	char *head, *tail;
	size_t len, n;
	int r;

	for (line = shown; *line != '!' && strchr(line, '\t'); )
		line = strchr(line, '\t') + 1;
	line++;
	line += strspn(line, " ");
	n = strcspn(line, "\t");
	len = n < QUOTE ? n : QUOTE;
	head = xstrndup(line, len);
	tail = xstrndup(line + n - len, len);
	r = n > 0 && (strstr(reason, head) || strstr(reason, tail));
	free(head);
	free(tail);
	return r;
}

/* the job's reason and the line of the log that shows the failure, which links to the
 * log; once if they are the same */
static void
failurereason(struct site *s, struct buf *b, const struct sjob *j)
{
	struct buf reason = {0};
	char *shown, *url;

	webcell(b, "Why");
	url = weblog(s, j, &shown);
	explainshort(s->st, j, &reason);
	bufadd(&reason, "", 0);
	if (shown && *shown)
		buffmt(b, "<a class=\"why\" href=\"%s#fault\"><code>", url);
	if (shown && *shown && !quotes(reason.s, shown)) {
		webshown(b, shown, 0);
		bufstr(b, "</code></a>\n");
		explanation(s, b, j);
	} else {
		bufstr(b, shown && *shown ? "" : "<code>");
		htmltext(b, reason.s);
		bufstr(b, shown && *shown ? "</code></a>" : "</code>");
	}
	buffree(&reason);
	free(shown);
	free(url);
}

/* root causes; every failure is one, even if no job waits for it */
static void
rootstable(struct site *s, struct buf *b, const struct weblist *l, const char *id,
    const char *title)
{
	size_t i;

	if (l->n == 0)
		return;
	webtable(b, id, title, l->n, "Package|Since|Blocks|State|Why");
	for (i = 0; i < l->n && i < SOME; i++) {
		firstcells(s, b, l->jobs[i]);
		webcell(b, "Blocks");
		if (l->jobs[i]->blocks)
			buffmt(b, "%zu", l->jobs[i]->blocks);
		webcell(b, "State");
		webstate(b, l->jobs[i]);
		failurereason(s, b, l->jobs[i]);
		webrowend(b);
	}
	endtable(b, l->n - i);
}

/* tries the longest builds of the critical chain at half their time, and names the one
 * that would save most */
static void
halvedbuild(const struct site *s, struct buf *b, const struct forecaststep *path,
    size_t n)
{
	const struct sjob *best, *last, *tried[GAINS] = {0};
	int64_t most, saved[GAINS];
	size_t i, k, t;

	for (t = 0; t < GAINS; t++) {
		last = NULL;
		for (i = 0; i < n; i++) {
			for (k = 0; k < t && tried[k] != path[i].job; k++)
				;
			if (k == t && (!last || path[i].job->secs > last->secs))
				last = path[i].job;
		}
		if (!last)
			break;
		tried[t] = last;
	}
	forecastsooner(s->st, s->e, tried, t, saved);
	best = NULL;
	most = 0;
	for (i = 0; i < t; i++) {
		if (saved[i] > most) {
			most = saved[i];
			best = tried[i];
		}
	}
	if (!best || most < 60)
		return;
	bufstr(b, "<p>If ");
	webjob(s, b, "", best->name);
	bufstr(b, " took half its time, all would be built ");
	textspan(b, most);
	bufstr(b, " sooner.</p>\n");
}

/* the critical chain: each job begins when the one above it has ended */
static void
chaintable(const struct site *s, struct buf *b)
{
	const struct sjob *j;
	struct forecaststep *path;
	int64_t begin;
	size_t i, n, slots;

	n = forecastpath(s->st, &path);
	if (n > 1 && s->e->end) {
		webtable(b, "chain", "What decides the end", n,
		    "Package|From|Expected end|Time|Begins when");
		for (i = slots = 0; i < n; i++)
			slots += path[i].slot != 0;
		for (i = 0; i < n && i < FEW; i++) {
			j = path[i].job;
			bufstr(b, "<tr><td>");
			webjob(s, b, "", j->name);
			webcell(b, "From");
			begin = j->state == RUN && !s->st->runner ? s->st->now :
			    forecastbegin(j);
			htmlclock(b, j->state == RUN ? begin : webround(s, begin),
			    s->st->now);
			expectedend(s, b, j);
			webcell(b, "Time");
			textspan(b, j->end - begin);
			bufstr(b, j->guessed ? ", a guess" : "");
			webcell(b, "Begins when");
			if (i == 0)
				bufstr(b, !s->st->runner ? "a scheduler works" :
				    j->state == RUN ? "it builds now" :
				    "a slot is free");
			else
				bufstr(b, path[i].slot ?
				    "the one above leaves its slot" :
				    "the one above, which it needs, is built");
			webrowend(b);
		}
		webtableend(b);
		if (i < n)
			buffmt(b, "<p>And %zu more.</p>\n", n - i);
		if (slots > n / 2)
			bufstr(b, "<p>Most of them wait for a slot, not for a "
			    "package: with more slots all would end sooner.</p>\n");
		halvedbuild(s, b, path, n);
		bufstr(b, "<p>All of it by time: see <a href=\"schedule.html\">"
		    "Schedule</a>.</p>\n");
	}
	free(path);
}

/* the first jobs that a job waits for, or what else keeps it */
static void
waitsfor(const struct site *s, struct buf *b, const struct sjob *j)
{
	const struct graph *g = s->st->graph;
	size_t i, n;

	if (j->fault) {
		explanation(s, b, j);
	} else if (j->root) {
		webjob(s, b, "", j->root->name);
	} else if ((n = graphdegree(g, j->at)) == 0) {
		webturn(s, b, j);
	} else {
		for (i = 0; i < n && i < NEEDS; i++) {
			bufstr(b, i ? ", " : "");
			webjob(s, b, "",
			    s->st->jobs[graphnext(g, j->at, i, NULL)]->name);
		}
		if (i < n)
			buffmt(b, " and %zu more", n - i);
	}
}

static void
waitingtable(const struct site *s, struct buf *b, const struct weblist *l)
{
	size_t i;

	if (l->n == 0)
		return;
	webtable(b, "wait", "Waiting", l->n,
	    "Package|Since|Expected end|State|Waits for");
	for (i = 0; i < l->n && i < SOME; i++) {
		firstcells(s, b, l->jobs[i]);
		expectedend(s, b, l->jobs[i]);
		webcell(b, "State");
		webstate(b, l->jobs[i]);
		webcell(b, "Waits for");
		waitsfor(s, b, l->jobs[i]);
		webrowend(b);
	}
	endtable(b, l->n - i);
}

static void
builttable(const struct site *s, struct buf *b, const struct weblist *l)
{
	size_t i;

	if (l->n == 0)
		return;
	webtable(b, "done", "Built", 0, "Package|Since|" WEBBUILD);
	for (i = 0; i < l->n && i < SOME; i++) {
		firstcells(s, b, l->jobs[i]);
		webbuild(b, websecs(l->jobs[i]), l->jobs[i]->job.memory,
		    l->jobs[i]->job.node);
		webrowend(b);
	}
	webtableend(b);
	bufstr(b, "<p>All: see <a href=\"history.html\">"
	    "History</a>.</p>\n");
}

int
weboverview(struct site *s)
{
	struct weblist done = {0}, fail = {0}, run = {0}, wait = {0}, way = {0};
	const struct sjob *j;
	struct buf b = {0};
	unsigned listed;
	char *file, *title;
	size_t i;
	int r;

	for (i = 0; i < s->st->n; i++) {
		j = s->st->jobs[i];
		if (!webof(s, j))
			continue;
		if (j->root == j)
			weblistadd(j->state == FAIL ? &fail : &way, j);
		else if (j->state == RUN || j->state == BUILT)
			weblistadd(&run, j);
		else if (j->state == DONE)
			weblistadd(&done, j);
		else if (j->state < RUN)
			weblistadd(&wait, j);
	}
	weblistsort(&fail, byblocks);
	weblistsort(&way, byblocks);
	weblistsort(&done, weblatest);
	weblistsort(&run, byend);
	weblistsort(&wait, byend);
	title = xasprintf("Builds %s%s%son %s", s->arch ? "for " : "",
	    s->arch ? s->arch : "", s->arch ? " " : "", pidmachine());
	file = webarchfile(s->arch);
	webhead(&b, "", file, title);
	free(title);
	listed = (run.n ? 1u << RUN | 1u << BUILT : 0) |
	    (fail.n ? 1u << FAIL : 0) |
	    (wait.n ? 1u << NEW | 1u << WAIT | 1u << READY : 0);
	bufstr(&b, "<ul class=\"verdict\">\n");
	rebuildsline(s, &b);
	heldlines(s, &b);
	schedulerlines(s, &b);
	failuresline(s, &b);
	bufstr(&b, "</ul>\n");
	asoftime(s, &b);
	progressbar(s, &b);
	statecounts(s, listed, &b);
	webarchtable(s, &b);
	rootstable(s, &b, &fail, "fail", "Failed");
	rootstable(s, &b, &way, "way", "In the way");
	brokentable(s, &b);
	stagetable(s, &b);
	relinktable(s, &b);
	behindtable(s, &b);
	buildingtable(s, &b, &run);
	if (!s->arch)
		chaintable(s, &b);
	waitingtable(s, &b, &wait);
	builttable(s, &b, &done);
	webfoot(&b);
	r = dirput(s->dir, file, &b);
	free(file);
	buffree(&b);
	free(fail.jobs);
	free(done.jobs);
	free(run.jobs);
	free(wait.jobs);
	free(way.jobs);
	return r;
}

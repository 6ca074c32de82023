#include "base/buf.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/forecast.h"
#include "status/status.h"
#include "web/html.h"
#include "web/web.h"

static void
figure(struct buf *b, const char *what, size_t n, size_t of)
{
	buffmt(b, "<div><dt>%s</dt><dd>%zu", what, n);
	if (of > 0)
		buffmt(b, " <span class=\"dim\">of %zu</span>", of);
	bufstr(b, "</dd></div>\n");
}

/* begins a line of the verdict */
static void
line(struct buf *b, const char *class, const char *sign)
{
	buffmt(b, "<li class=\"state %s\"><b aria-hidden=\"true\">%s</b> ",
	    class, sign);
}

static void
building(const struct site *s, struct buf *b)
{
	const struct sjob *j;
	size_t i, n;

	n = s->st->counts[RUN];
	for (i = 0; i < s->st->n && s->st->jobs[i]->state != RUN; i++)
		;
	if (i == s->st->n) {
		line(b, "wait", "\xe2\x97\x8b");
		bufstr(b, "Nothing is being built now.</li>\n");
		return;
	}
	j = s->st->jobs[i];
	line(b, siteclass(j), sitesign(j));
	bufstr(b, "Building ");
	sitejob(s, b, "", j->name);
	if (n > 1)
		buffmt(b, " and <a href=\"#run\">%zu more</a>", n - 1);
	bufstr(b, ".</li>\n");
}

/* whether it goes on */
static void
activity(const struct site *s, struct buf *b)
{
	int left;

	left = s->e->left + s->e->blocked > 0;
	if (!left) {
		line(b, "done", "\xe2\x9c\x93");
		bufstr(b, "Nothing is left to build.</li>\n");
	} else if (s->st->runner) {
		building(s, b);
	}
	if (!s->st->runner) {
		line(b, left ? "blocked" : "wait", left ? "!" :
		    "\xe2\x97\x8b");
		bufstr(b, "No scheduler works on this spool.</li>\n");
	} else if (s->st->trouble) {
		line(b, "blocked", "!");
		bufstr(b, "The builder ");
		htmltext(b, s->st->trouble);
		bufstr(b, " can start nothing, since ");
		htmltime(b, s->st->troubled);
		bufstr(b, ".</li>\n");
	}
	if (s->st->paused) {
		line(b, "blocked", "!");
		bufstr(b, "Paused: nothing new is started.</li>\n");
	}
}

/* whether it goes well */
static void
health(const struct site *s, struct buf *b)
{
	size_t blocked, failed;

	blocked = s->e->blocked;
	failed = s->st->counts[FAIL];
	if (failed > 0) {
		line(b, "fail", "\xe2\x9c\x97");
		buffmt(b, "<a href=\"#fail\">%zu failed</a>", failed);
	} else if (blocked > 0) {
		line(b, "blocked", "!");
		bufstr(b, "Nothing failed");
	} else {
		line(b, "done", "\xe2\x9c\x93");
		bufstr(b, "Nothing failed");
	}
	if (blocked > 0)
		buffmt(b, ", and %zu wait%s in vain", blocked,
		    blocked == 1 ? "s" : "");
	bufstr(b, ".</li>\n");
}

static void
progress(const struct site *s, struct buf *b)
{
	const struct eta *e = s->e;
	size_t all;

	all = e->built + e->left + e->blocked;
	if (e->left + e->blocked > 0)
		buffmt(b, "<p><progress aria-label=\"Built\" max=\"%zu\" "
		    "value=\"%zu\">%zu of %zu</progress></p>\n", all, e->built,
		    e->built, all);
	bufstr(b, "<dl class=\"figures\">\n");
	if (e->left + e->blocked > 0) {
		figure(b, "built", e->built, all);
		figure(b, "to go", e->left, 0);
	}
	if (e->end) {
		bufstr(b, "<div><dt>until about</dt><dd>");
		htmlclock(b, siteround(s, e->end), s->st->now);
		bufstr(b, "</dd></div>\n");
	}
	figure(b, "built in the last hour", e->lasthour, 0);
	bufstr(b, "</dl>\n");
}

/* where on the page, if it has them, or elsewhere the jobs of a state are */
static const char *
whereis(enum state state, unsigned listed)
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
counts(const struct site *s, unsigned listed, struct buf *b)
{
	struct sjob j = {0};
	const char *to;
	int i;

	bufstr(b, "<ul class=\"counts\" aria-label=\"All jobs, by state\">\n");
	for (i = 0; i < NSTATE; i++) {
		if (s->st->counts[i] == 0)
			continue;
		j.state = (enum state)i;
		buffmt(b, "<li class=\"state %s\"><b aria-hidden=\"true\">%s</b> ",
		    siteclass(&j), sitesign(&j));
		to = whereis(j.state, listed);
		if (to)
			buffmt(b, "<a href=\"%s\">", to);
		buffmt(b, "%zu %s%s</li>\n", s->st->counts[i], siteword(&j),
		    to ? "</a>" : "");
	}
	bufstr(b, "</ul>\n");
}

void
sitesummary(const struct site *s, unsigned listed, struct buf *b)
{
	bufstr(b, "<ul class=\"verdict\">\n");
	activity(s, b);
	health(s, b);
	bufstr(b, "</ul>\n");
	progress(s, b);
	counts(s, listed, b);
	bufstr(b, "<p class=\"dim\">As of ");
	htmltime(b, s->st->now);
	bufstr(b, ", all times in UTC.</p>\n");
}

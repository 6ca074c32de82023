#include "buf.h"
#include "eta.h"
#include "html.h"
#include "job.h"
#include "site.h"
#include "spool.h"
#include "status.h"

static void
figure(struct buf *b, const char *what, size_t n, size_t of)
{
	buffmt(b, "<div><dt>%s</dt><dd>%zu", what, n);
	if (of > 0)
		buffmt(b, " <span class=\"dim\">of %zu</span>", of);
	bufstr(b, "</dd></div>\n");
}

static void
progress(const struct site *s, struct buf *b)
{
	const struct eta *e = s->e;
	size_t all;

	all = e->built + e->left + e->blocked;
	if (e->left + e->blocked == 0)
		bufstr(b, "<p>Nothing is left to build.</p>\n");
	else
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
	if (e->blocked)
		figure(b, "wait in vain", e->blocked, 0);
	figure(b, "in the last hour", e->lasthour, 0);
	bufstr(b, "</dl>\n<p class=\"dim\">As of ");
	htmltime(b, s->st->now);
	bufstr(b, ", all times in UTC.</p>\n");
	if (!s->st->runner)
		bufstr(b, "<p class=\"note\">No scheduler works on this "
		    "spool.</p>\n");
	if (s->st->runner && s->st->trouble) {
		bufstr(b, "<p class=\"note\">The builder ");
		htmltext(b, s->st->trouble);
		bufstr(b, " can start nothing, since ");
		htmltime(b, s->st->troubled);
		bufstr(b, ".</p>\n");
	}
	if (s->st->paused)
		bufstr(b, "<p class=\"note\">Paused: nothing new is "
		    "started.</p>\n");
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

	bufstr(b, "<ul class=\"counts\">\n");
	for (i = 0; i < NSTATE; i++) {
		if (s->st->counts[i] == 0)
			continue;
		j.state = (enum state)i;
		buffmt(b, "<li class=\"state %s\">", siteclass(&j));
		to = whereis(j.state, listed);
		if (to)
			buffmt(b, "<a href=\"%s\">", to);
		buffmt(b, "<b aria-hidden=\"true\">%s</b> %zu %s%s</li>\n",
		    sitesign(&j), s->st->counts[i], siteword(&j),
		    to ? "</a>" : "");
	}
	bufstr(b, "</ul>\n");
}

void
sitesummary(const struct site *s, unsigned listed, struct buf *b)
{
	progress(s, b);
	counts(s, listed, b);
}

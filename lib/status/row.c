#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/text.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/forecast.h"
#include "status/row.h"
#include "status/status.h"

enum { NAMECOLS = 48, SPANCOLS = 7 };

static void
pad(struct buf *b, size_t from, size_t cols, int right)
{
	struct buf text = {0};
	size_t n;

	bufadd(&text, b->s + from, b->len - from);
	n = textcols(text.s);
	b->len = right ? from : b->len;
	for (; n < cols; n++)
		bufchar(b, ' ');
	if (right)
		bufadd(b, text.s, text.len);
	buffree(&text);
}

static void
detail(const struct status *st, const struct sjob *j, struct buf *b)
{
	size_t start;

	if (j->state == RUN && j->job.node)
		buffmt(b, "%s: ", j->job.node);
	if (j->blocks)
		buffmt(b, "holds up %zu: ", j->blocks);
	start = b->len;
	statusdetail(st, j, b);
	if (b->len == start && start > 2)
		b->len -= 2;
	bufadd(b, "", 0);
}

size_t
rowname(const struct sjob *j)
{
	struct buf b = {0};
	size_t n;

	textclean(&b, j->name);
	n = textcols(b.s);
	buffree(&b);
	return n < NAMECOLS ? n : NAMECOLS;
}

void
row(const struct status *st, const struct sjob *j, size_t name, int cols,
    struct buf *b)
{
	struct buf text = {0};
	size_t from, used;

	bufstr(b, "  ");
	from = b->len;
	textcut(b, j->name, name);
	pad(b, from, name, 0);
	bufchar(b, ' ');
	from = b->len;
	if (j->read)
		textspan(b, st->now - j->since);
	pad(b, from, SPANCOLS, 1);
	detail(st, j, &text);
	used = 2 + name + 1 + SPANCOLS + 2;
	if (text.len > 0 && (cols == 0 || (size_t)cols > used)) {
		bufstr(b, "  ");
		textcut(b, text.s, cols ? (size_t)cols - used : (size_t)-1);
	}
	bufchar(b, '\n');
	buffree(&text);
}

void
rownotes(const struct status *st, struct buf *b)
{
	if (!st->runner)
		bufstr(b, "no spiff-run works on this spool\n");
	if (st->paused)
		bufstr(b, "paused: nothing new starts\n");
	if (st->runner && st->trouble) {
		bufstr(b, "nothing can be started by the builder ");
		textclean(b, st->trouble);
		bufstr(b, ", since ");
		textspan(b, st->now - st->troubled);
		bufchar(b, '\n');
	}
}

/* appends a time as people write it: the hour, and the day if it is another */
static void
moment(const struct status *st, int64_t when, struct buf *b)
{
	struct tm now, then;
	time_t t;
	char text[32];

	t = st->now;
	if (!localtime_r(&t, &now))
		return;
	t = when;
	if (!localtime_r(&t, &then) || !strftime(text, sizeof text,
	    then.tm_yday == now.tm_yday && then.tm_year == now.tm_year ?
	    "%H:%M" : "%Y-%m-%d %H:%M", &then))
		return;
	bufstr(b, text);
}

void
rowprogress(const struct status *st, const struct eta *e, struct buf *b)
{
	buffmt(b, "%zu built, %zu to go", e->built, e->left);
	if (e->end) {
		bufstr(b, " in ");
		textspan(b, e->end - st->now);
		bufstr(b, ", until ");
		moment(st, e->end, b);
	}
	if (e->blocked)
		buffmt(b, ", %zu blocked", e->blocked);
	if (e->lasthour)
		buffmt(b, "; %zu in the last hour", e->lasthour);
}

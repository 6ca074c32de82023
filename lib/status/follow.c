#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/loop.h"
#include "base/table.h"
#include "base/term.h"
#include "base/text.h"
#include "base/x.h"
#include "queue/available.h"
#include "spool/inotify.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/explain.h"
#include "status/follow.h"
#include "status/forecast.h"
#include "status/screen.h"
#include "status/status.h"

enum {
	NARROWEST = 10, WIDEST = 30,	/* columns of the bar */
	NARROW = 60,			/* of a screen */
	NAMES = 20			/* of failures in the summary */
};

/* the numbers beside the bar; the end of the line may be cut off */
static void
writenumbers(const struct status *st, const struct forecast *e, size_t all, struct buf *b)
{
	buffmt(b, "%zu%% %zu of %zu", all ? 100 * e->built / all : 100,
	    e->built, all);
	if (e->left > 0) {
		bufstr(b, ", ");
		forecastleft(st, e, b);
		bufstr(b, " left");
	}
	if (e->blocked)
		buffmt(b, ", %zu blocked", e->blocked);
	buffmt(b, ", %zu/h", e->lasthour);
}

static void
writeprogress(const struct status *st, const struct forecast *e, size_t cols, int colour,
    struct buf *b)
{
	struct buf text = {0};
	size_t all, full, i, width;

	all = e->built + e->left + e->blocked;
	writenumbers(st, e, all, &text);
	width = cols > textcols(text.s) + 3 ? cols - textcols(text.s) - 3 : 0;
	width = width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
	full = all ? width * e->built / all : width;
	bufchar(b, '[');
	if (colour)
		bufstr(b, "\033[32m");
	for (i = 0; i < full; i++)
		bufchar(b, '#');
	if (colour)
		bufstr(b, "\033[0m");
	for (; i < width; i++)
		bufchar(b, '.');
	bufstr(b, "] ");
	textcut(b, text.s, cols > width + 3 ? cols - width - 3 : 0);
	bufchar(b, '\n');
	buffree(&text);
}

/* appends why nothing is started; returns how many lines */
static int
writenotes(const struct status *st, size_t cols, struct buf *b)
{
	struct buf text = {0};
	char *line, *next;
	int n;

	n = 0;
	screennotes(st, &text);
	for (line = text.s; line && (next = strchr(line, '\n')); line = next + 1) {
		*next = '\0';
		textcut(b, line, cols);
		bufchar(b, '\n');
		n++;
	}
	buffree(&text);
	return n;
}

/* the oldest builds first */
static int
bystart(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	if (x->since != y->since)
		return x->since < y->since ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* appends at most rows lines of at most cols columns: the bar, and running builds */
static void
writebar(const struct status *st, const struct forecast *e, int cols, int rows,
    int colour, struct buf *b)
{
	const struct sjob **jobs;
	size_t i, most, n, name;
	int fold;

	writeprogress(st, e, (size_t)cols, colour, b);
	rows -= writenotes(st, (size_t)cols, b);
	jobs = xcalloc(st->n + 1, sizeof *jobs);
	name = n = 0;
	for (i = 0; i < st->n; i++) {
		if (st->jobs[i]->state != RUN)
			continue;
		jobs[n++] = st->jobs[i];
		if (screenname(st->jobs[i]) > name)
			name = screenname(st->jobs[i]);
	}
	qsort(jobs, n, sizeof *jobs, bystart);
	/* on a narrow terminal the log's line stands below the name */
	fold = cols < NARROW;
	most = fold ? (size_t)cols * 3 / 4 : (size_t)cols / 2;
	name = name > most ? most : name;
	most = rows > 3 ? (size_t)(rows - 3) / (fold ? 2 : 1) : 0;
	for (i = 0; i < n && i < most; i++)
		screenrow(st, jobs[i], name, cols, fold, b);
	if (i < n)
		buffmt(b, "  and %zu more\n", n - i);
	free(jobs);
}

enum {
	LEAST = 100,		/* milliseconds between two looks */
	SHARE = 5,		/* looks take at most this part of the time */
	REDRAW = 1000,		/* milliseconds until the bar is drawn anew */
	RESCAN = 3000,		/* the longest without a look, with inotify */
	WAITING = 1u << NEW | 1u << WAIT,
	MOVING = 1u << NEW | 1u << READY | 1u << RUN | 1u << BUILT,
	ENDED = 1u << DONE | 1u << FAIL | 1u << CANCEL
};

struct course {
	const struct spool *sp;
	const struct follow *f;
	struct available *available;
	struct inotify *watch;	/* NULL: only regular looks */
	struct table *seen;	/* state + 1, by job */
	int64_t begun;		/* seconds since the epoch */
	int64_t since;		/* of the progress */
	struct buf drawn;	/* the bar on the terminal */
	int failed;
};

static int
instates(enum state state, unsigned states)
{
	return state != NSTATE && states & 1u << state;
}

/* appends a job's new state; on a terminal only if the job has ended */
static void
writechange(const struct course *c, struct status *st, struct sjob *j, struct buf *b)
{
	static const int colours[NSTATE] = { [DONE] = 32, [FAIL] = 31,
	    [CANCEL] = 33 };
	struct buf text = {0};

	statusread(st, j);
	if (c->f->terminal < 0) {
		explainline(st, j, b);
		return;
	}
	if (!instates(j->state, ENDED))
		return;
	if (c->f->colour)
		buffmt(b, "\033[%dm%s\033[0m ", colours[j->state],
		    spoolstates[j->state]);
	else
		buffmt(b, "%s ", spoolstates[j->state]);
	textclean(b, j->name);
	explainshort(st, j, &text);
	if (text.len > 0) {
		bufstr(b, ": ");
		textclean(b, text.s);
	}
	bufchar(b, '\n');
	buffree(&text);
}

/* appends the jobs that have left the spool */
static void
writegone(struct course *c, struct status *st, struct buf *b)
{
	struct sjob j = { .state = NSTATE };
	const char *name;
	char **names;
	void *value;
	size_t i, n;

	names = NULL;
	n = 0;
	for (i = 0; (name = tablenext(c->seen, &i, &value));) {
		if (statusget(st, name) && statusget(st, name)->state != NSTATE)
			continue;
		names = xgrow(names, n, sizeof *names);
		names[n++] = xstrdup(name);
	}
	for (i = 0; i < n; i++) {
		j.name = names[i];
		writechange(c, st, &j, b);
		tabledrop(c->seen, names[i]);
		free(names[i]);
	}
	free(names);
}

/* appends the jobs whose state has changed; none the first time */
static void
writechanges(struct course *c, struct status *st, int first, struct buf *b)
{
	struct sjob *j;
	void **place;
	size_t i;

	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (j->state == NSTATE)
			continue;
		place = tableput(c->seen, j->name);
		if (!first && *place != (void *)((size_t)j->state + 1)) {
			writechange(c, st, j, b);
			c->failed |= j->state == FAIL;
		}
		*place = (void *)((size_t)j->state + 1);
	}
	if (!first)
		writegone(c, st, b);
}

/* whether a job may still move by itself */
static int
maymove(struct status *st)
{
	size_t i;

	for (i = 0; i < st->n; i++) {
		if ((instates(st->jobs[i]->state, MOVING) && !st->jobs[i]->held) ||
		    (st->jobs[i]->state == WAIT && !st->jobs[i]->root))
			return 1;
	}
	return 0;
}

static int
drawbar(struct course *c, struct status *st, struct buf *b)
{
	struct forecast e;
	int cols, rows;

	if (forecastmake(st, c->since, &e) < 0)
		return -1;
	if (e.left > 0)
		c->since = e.since;
	cols = termsize(c->f->terminal, &rows);
	c->drawn.len = 0;
	bufadd(&c->drawn, "", 0);
	if (cols > 0)
		writebar(st, &e, cols, rows, c->f->colour, &c->drawn);
	bufadd(b, c->drawn.s, c->drawn.len);
	return 0;
}

/* moves the cursor up to where the bar began, and erases it; a terminal that has become
 * narrower shows a line of it as several */
static void
erasebar(const struct course *c, struct buf *b)
{
	struct buf text = {0};
	size_t cols, up, width;
	char *line, *next;

	if (c->drawn.len == 0)
		return;
	cols = (size_t)termsize(c->f->terminal, NULL);
	up = 0;
	for (line = c->drawn.s; (next = strchr(line, '\n')); line = next + 1) {
		*next = '\0';
		text.len = 0;
		textclean(&text, line);
		*next = '\n';
		width = textcols(text.s);
		up += cols && width > cols ? (width + cols - 1) / cols : 1;
	}
	/* in two steps, as some terminals keep a screen that is erased from its first
	 * line in their history */
	buffmt(b, "\r\033[%zuA\033[K\n\033[J\033[A", up);
	buffree(&text);
}

/* lists at the end the jobs that failed meanwhile, and those that block others */
static void
writesummary(const struct course *c, const struct status *st, struct buf *b)
{
	const struct sjob *j;
	size_t i, n;
	int cols;

	cols = termsize(c->f->terminal, NULL);
	n = 0;
	for (i = 0; i < st->n; i++) {
		j = st->jobs[i];
		if (j->root != j || (j->blocks == 0 && (j->state != FAIL ||
		    j->since < c->begun)))
			continue;
		if (n++ == 0)
			bufstr(b, "\nnot built:\n");
		if (n <= NAMES)
			screenrow(st, j, screenname(j), cols, cols < NARROW, b);
	}
	if (n > NAMES)
		buffmt(b, "  and %zu more\n", n - NAMES);
}

/* reads the spool once and emits the changes: 1 more may come, 0 all is over, -1 after a
 * message */
static int
emitchanges(struct course *c, int first)
{
	struct buf b = {0};
	struct status st;
	int r;

	/* the open directories of a removed spool are empty */
	if (spoolgone(c->sp)) {
		warnx("%s: was removed or replaced", c->sp->path);
		return -1;
	}
	if (statusopen(&st, c->sp) < 0) {
		statusclose(&st);
		return -1;
	}
	availablerefresh(c->available, AVAILABLE_CHANGED);
	statuslink(&st, c->available);
	erasebar(c, &b);
	writechanges(c, &st, first, &b);
	r = maymove(&st);
	if (!r && st.counts[NEW] + st.counts[WAIT] > 0)
		c->failed = 1;
	if (c->f->terminal >= 0 && drawbar(c, &st, &b) < 0)
		r = -1;
	if (c->f->terminal >= 0 && r == 0)
		writesummary(c, &st, &b);
	if (b.len > 0 && c->f->emit(&b) < 0)
		r = -1;
	buffree(&b);
	statusclose(&st);
	return r;
}

/* whether a signal says to end; SIGWINCH only ends waiting */
static int
toldtoend(void)
{
	int sig;

	while ((sig = loopsignal())) {
		if (sig != SIGWINCH)
			return 1;
	}
	return 0;
}

/* waits for a change, but at least so long that looks take 1/SHARE of the time; -1 when a
 * signal came */
static int
awaitchange(struct course *c, int64_t cost)
{
	struct pollfd fd = { .events = POLLIN };
	const char *name;
	int64_t begun, least, most;
	int came, state;

	begun = loopnow();
	least = begun + (cost * SHARE > LEAST ? cost * SHARE : LEAST);
	most = begun + (c->f->terminal >= 0 || !c->watch ? REDRAW : RESCAN);
	while (loopnow() < least) {
		if (loopwait(NULL, 0, least) < 0 || toldtoend())
			return -1;
	}
	if (!c->watch)
		return loopwait(NULL, 0, most) < 0 || toldtoend() ? -1 : 0;
	fd.fd = inotifyfd(c->watch);
	if (loopwait(&fd, 1, most) < 0 || toldtoend())
		return -1;
	while (inotifynext(c->watch, &state, &came, &name) > 0)
		;
	return 0;
}

int
follow(const struct spool *sp, const struct follow *f)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH, 0 };
	struct course c = { .sp = sp, .f = f, .begun = time(NULL) };
	int64_t begun;
	int first, r;

	if (loopcatch(signals) < 0) {
		warn("signals");
		return -1;
	}
	/* before the first look, so that no change is missed */
	if (strcmp(confget(CONF_WATCH), "scan") != 0)
		c.watch = inotifyopen(sp);
	c.seen = mktable();
	c.available = mkavailable();
	for (first = 1;; first = 0) {
		begun = loopnow();
		r = emitchanges(&c, first);
		if (r <= 0)
			break;
		if (awaitchange(&c, loopnow() - begun) < 0) {
			c.failed = 1;
			break;
		}
	}
	inotifydel(c.watch);
	tabledel(c.seen);
	availabledel(c.available);
	buffree(&c.drawn);
	return r < 0 ? -1 : c.failed;
}

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/graph.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/buildlog.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/explain.h"
#include "status/status.h"

static void
needlist(const struct status *st, const struct sjob *j, struct buf *b)
{
	size_t i, n;

	if (!st->graph)
		return;
	n = graphdegree(st->graph, j->at);
	for (i = 0; i < n; i++)
		buffmt(b, "%s%s", i ? " " : "needs ",
		    st->jobs[graphnext(st->graph, j->at, i, NULL)]->name);
}

void
statusfailure(const struct sjob *j, struct buf *b)
{
	const struct job *job = &j->job;

	if (job->class)
		bufstr(b, job->class);
	if (job->class && (job->reason || job->exit))
		bufstr(b, ": ");
	if (job->reason)
		bufstr(b, job->reason);
	else if (job->exit)
		bufstr(b, job->exit);
}

/* the reason may be that of an earlier failure */
static void
cancellation(const struct job *job, struct buf *b)
{
	int ours;

	ours = !job->class || strcmp(job->class, "superseded") == 0 ||
	    strcmp(job->class, "cancelled") == 0;
	bufstr(b, ours && job->reason ? job->reason : "cancelled by hand");
}

void
statusdetail(const struct status *st, const struct sjob *j, struct buf *b)
{
	const struct sjob *root = j->root;
	char *last;

	if (j->fault) {
		bufstr(b, j->request ? "request: " : "unreadable: ");
		bufstr(b, j->fault);
		return;
	}
	switch (j->state) {
	case NEW:
	case WAIT:
		if (j->cycle) {
			buffmt(b, "cycle: %s", j->cycle);
		} else if (root && root != j) {
			buffmt(b, "blocked by %s: ", root->name);
			statusdetail(st, root, b);
		} else {
			needlist(st, j, b);
		}
		break;
	case RUN:
		if (j->job.waits && *j->job.waits) {
			buffmt(b, "waits: %s", j->job.waits);
			break;
		}
		last = loglast(st->sp, j->name);
		bufstr(b, last);
		free(last);
		break;
	case DONE:
		if (root) {
			bufstr(b, "built, but in no repository now");
		} else if (j->job.started && j->job.ended >= j->job.started) {
			bufstr(b, "took ");
			textspan(b, j->job.ended - j->job.started);
		}
		break;
	case FAIL:
		statusfailure(j, b);
		break;
	case CANCEL:
		cancellation(&j->job, b);
		break;
	case NSTATE:
		bufstr(b, "not in the spool");
		break;
	case READY:
	case BUILT:
	default:
		break;
	}
}

void
statusline(const struct status *st, const struct sjob *j, struct buf *b)
{
	struct buf text = {0};

	textclean(b, j->name);
	buffmt(b, "\t%s\t%lld\t", j->state == NSTATE ? "gone" :
	    spoolstates[j->state], (long long)(j->read ? j->since : st->now));
	if (j->state != NSTATE)
		statusdetail(st, j, &text);
	bufadd(&text, "", 0);
	textclean(b, text.s);
	bufchar(b, '\n');
	buffree(&text);
}

void
explainline(struct buf *b, const char *what, struct buf *text)
{
	textclean(b, what);
	bufchar(b, '\t');
	bufadd(text, "", 0);
	textclean(b, text->s);
	bufchar(b, '\n');
	buffree(text);
}

static void
span(const struct status *st, const struct sjob *j, const char *before,
    struct buf *b, const char *after)
{
	bufstr(b, before);
	textspan(b, st->now - j->since);
	bufstr(b, after);
}

void
explainrequest(const struct status *st, const struct sjob *j, struct buf *b)
{
	if (j->state == FAIL) {
		span(st, j, "a request for it, refused ", b, " ago: ");
		bufstr(b, j->fault ? j->fault : "");
		return;
	}
	span(st, j, "a request for it, came ", b, " ago");
	if (!st->runner)
		bufstr(b, "; no spiff-run works on this spool");
}

static void
ended(const struct status *st, const struct sjob *j, struct buf *b)
{
	if (j->state == NSTATE || !j->read) {
		bufstr(b, "not in a repository, and not in the spool");
		return;
	}
	if (j->state == DONE) {
		span(st, j, "built ", b, " ago, but in no repository now");
		return;
	}
	span(st, j, j->state == FAIL ? "failed " : "cancelled ", b, " ago: ");
	statusdetail(st, j, b);
}

/* what it waits for among the marked ones */
static void
needs(const struct status *st, const struct sjob *j, const char *mark,
    struct buf *b)
{
	size_t i, n, to;
	const char *comma;

	comma = " ";
	n = graphdegree(st->graph, j->at);
	for (i = 0; i < n; i++) {
		to = graphnext(st->graph, j->at, i, NULL);
		if (!mark[to])
			continue;
		buffmt(b, "%s%s", comma, st->jobs[to]->name);
		comma = ", ";
	}
}

/* for a job in ready/: what keeps it from being started */
static void
slot(const struct status *st, const struct sjob *j, struct buf *b)
{
	if (j->job.troubles > 0) {
		span(st, j, "waits ", b, " to be tried again: ");
		statusfailure(j, b);
	} else {
		span(st, j, "waits ", b, " for a slot");
	}
	if (st->paused) {
		bufstr(b, ", while the spool is paused");
	} else if (confslots(j->job.arch) == 0) {
		buffmt(b, ", and %s has none for %s", confname(CONF_SLOTS),
		    j->job.arch);
	} else if (st->runner && st->trouble) {
		buffmt(b, ", while nothing can be started by the builder %s, "
		    "since ", st->trouble);
		textspan(b, st->now - st->troubled);
	} else {
		if (st->counts[RUN] > 0)
			buffmt(b, ", while %zu build", st->counts[RUN]);
		if (j->place > 1)
			buffmt(b, "; %zu go first", j->place - 1);
	}
}

static void
active(const struct status *st, const struct sjob *j, const char *mark,
    struct buf *b)
{
	if (j->fault) {
		buffmt(b, "in %s/", spoolstates[j->state]);
		span(st, j, " for ", b, ": ");
		statusdetail(st, j, b);
	} else if (j->cycle) {
		span(st, j, "waits ", b, " for itself: ");
		bufstr(b, j->cycle);
	} else if (graphdegree(st->graph, j->at) > 0) {
		span(st, j, "waits ", b, " for");
		needs(st, j, mark, b);
	} else if (j->state == NEW || j->state == WAIT) {
		span(st, j, "came ", b, " ago, and needs nothing more");
	} else if (j->state == READY) {
		slot(st, j, b);
	} else if (j->state == RUN && j->job.waits && *j->job.waits) {
		span(st, j, "waits ", b, " for the builder: ");
		bufstr(b, j->job.waits);
	} else if (j->state == RUN) {
		span(st, j, "builds for ", b, "");
		if (j->job.node)
			buffmt(b, " on %s", j->job.node);
		if (j->end > st->now && !j->guessed) {
			bufstr(b, ", and is expected to end in ");
			textspan(b, j->end - st->now);
		}
	} else {
		span(st, j, "built ", b, " ago, but not in the index");
	}
	if (!st->runner && !j->root)
		bufstr(b, "; no spiff-run works on this spool");
}

static void
one(const struct status *st, const struct sjob *j, const char *mark,
    struct buf *b)
{
	struct buf text = {0};

	if (!j->read || j->state == NSTATE || j->state >= DONE)
		ended(st, j, &text);
	else
		active(st, j, mark, &text);
	explainline(b, j->name, &text);
}

/* marks the jobs on a shortest way from one to another */
static void
markpath(const struct status *st, size_t from, size_t to, char *mark)
{
	struct walk w;
	size_t i;

	if (graphpath(st->graph, from, to, &w)) {
		for (i = 0; i < w.n; i++)
			mark[w.nodes[i]] = 1;
		walkfree(&w);
	}
}

/* the marked ones, each before those it waits for */
static void
marked(const struct status *st, const char *mark, struct buf *b)
{
	size_t *component, *order, i;

	order = xcalloc(st->n, sizeof *order);
	component = xcalloc(st->n, sizeof *component);
	graphorder(st->graph, order, component);
	for (i = st->n; i-- > 0;) {
		if (mark[order[i]])
			one(st, st->jobs[order[i]], mark, b);
	}
	free(order);
	free(component);
}

void
explain(const struct status *st, const struct sjob *j, struct buf *b)
{
	const struct sjob *to;
	char *mark, *reached;
	size_t i;

	mark = xcalloc(st->n, 1);
	reached = xcalloc(st->n, 1);
	mark[j->at] = reached[j->at] = 1;
	graphreach(st->graph, reached);
	for (i = 0; i < st->n; i++) {
		to = st->jobs[i];
		/* without a root cause: those that will move by themselves */
		if (reached[i] && (j->root ? to->root == to :
		    graphdegree(st->graph, i) == 0))
			markpath(st, j->at, i, mark);
	}
	marked(st, mark, b);
	free(mark);
	free(reached);
}

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

/* the class and the reason of a job's last failure */
static char *
failure(const struct job *j)
{
	const char *words;

	words = j->reason ? j->reason : j->exit;
	if (j->class && words)
		return xasprintf("%s: %s", j->class, words);
	return xstrdup(words ? words : j->class ? j->class : "");
}

/* a reason of another class is that of an earlier failure */
static const char *
cancellation(const struct job *j)
{
	int ours;

	ours = !j->class || strcmp(j->class, "superseded") == 0 ||
	    strcmp(j->class, "cancelled") == 0;
	return ours && j->reason ? j->reason : "cancelled by hand";
}

static enum why
whywaits(const struct status *st, const struct sjob *j, struct explanation *r)
{
	if (j->cycle) {
		r->text = xstrdup(j->cycle);
		return WHY_CYCLE;
	}
	if (j->root && j->root != j) {
		r->root = j->root;
		return WHY_BLOCKED;
	}
	return st->graph && graphdegree(st->graph, j->at) > 0 ? WHY_NEEDS :
	    WHY_TAKEN;
}

static enum why
whyof(const struct status *st, const struct sjob *j, struct explanation *r)
{
	if (j->fault) {
		r->text = xstrdup(j->fault);
		return !j->request ? WHY_UNREADABLE :
		    j->state == FAIL ? WHY_REFUSED : WHY_REQUEST;
	}
	if (j->held) {
		r->text = xstrdup(j->held);
		return WHY_HELD;
	}
	switch (j->state) {
	case NEW:
	case WAIT:
		return whywaits(st, j, r);
	case READY:
		if (j->job.waits) {
			r->text = xstrdup(j->job.waits);
			return WHY_BESIDE;
		}
		if (j->job.troubles == 0)
			return WHY_SLOT;
		r->text = failure(&j->job);
		r->until = j->job.ended + confnumber(CONF_PAUSE);
		r->until = r->until > st->now ? r->until : 0;
		return WHY_RETRY;
	case RUN:
		if (!j->job.waits || !*j->job.waits)
			return WHY_BUILDING;
		r->text = xstrdup(j->job.waits);
		return WHY_QUEUED;
	case BUILT:
		if (st->runner && st->unindexed)
			r->text = xstrdup(st->unindexed);
		return WHY_INDEX;
	case DONE:
		return j->root ? WHY_LOST : WHY_BUILT;
	case FAIL:
		r->text = failure(&j->job);
		return WHY_FAILED;
	case CANCEL:
		r->text = xstrdup(cancellation(&j->job));
		return WHY_CANCELLED;
	case NSTATE:
	default:
		return WHY_NOWHERE;
	}
}

void
explain(const struct status *st, const struct sjob *j, struct explanation *r)
{
	memset(r, 0, sizeof *r);
	r->why = whyof(st, j, r);
}

void
explainfree(struct explanation *r)
{
	free(r->text);
}

/* appends the names of the jobs that a job waits for, marked ones or, if mark is NULL,
 * all */
static void
writeneeds(const struct status *st, const struct sjob *j, const char *mark,
    const char *between, struct buf *b)
{
	const char *sep = " ";
	size_t i, n, to;

	n = graphdegree(st->graph, j->at);
	for (i = 0; i < n; i++) {
		to = graphnext(st->graph, j->at, i, NULL);
		if (mark && !mark[to])
			continue;
		bufstr(b, sep);
		bufstr(b, st->jobs[to]->name);
		sep = between;
	}
}

static void
writelastline(const struct status *st, const struct sjob *j, struct buf *b)
{
	char *last;

	last = buildloglast(st->sp, j->name);
	bufstr(b, last);
	free(last);
}

/* appends why the sources of a job that waits cannot be fetched, if so */
static void
writesources(const struct sjob *j, const char *before, struct buf *b)
{
	if (j->job.sources && (j->state == WAIT || j->state == READY))
		buffmt(b, "%ssources: %s", before, j->job.sources);
}

void
explainshort(const struct status *st, const struct sjob *j, struct buf *b)
{
	static const char *const before[] = {
		[WHY_UNREADABLE] = "unreadable: ", [WHY_REQUEST] = "request: ",
		[WHY_REFUSED] = "request: ", [WHY_CYCLE] = "cycle: ",
		[WHY_QUEUED] = "waits: ", [WHY_RETRY] = "again after ",
		[WHY_BESIDE] = "waits ", [WHY_NOWHERE] = "not in the spool",
		[WHY_LOST] = "built, but in no repository now",
		[WHY_CANCELLED] = "",
	};
	struct explanation r;
	size_t begun;

	begun = b->len;
	explain(st, j, &r);
	if (r.why == WHY_BLOCKED) {
		buffmt(b, "blocked by %s: ", r.root->name);
		explainshort(st, r.root, b);
	} else if (r.why == WHY_NEEDS) {
		bufstr(b, "needs");
		writeneeds(st, j, NULL, " ", b);
	} else if (r.why == WHY_BUILDING) {
		writelastline(st, j, b);
	} else if (r.why == WHY_BUILT) {
		if (j->job.shared && *j->job.shared) {
			buffmt(b, "not built: the packages for %s", j->job.shared);
		} else if (j->job.started && j->job.ended >= j->job.started) {
			bufstr(b, "took ");
			textspan(b, j->job.ended - j->job.started);
		}
	} else {
		buffmt(b, "%s%s", before[r.why] ? before[r.why] : "",
		    r.text ? r.text : "");
	}
	writesources(j, b->len > begun ? "; " : "", b);
	explainfree(&r);
}

/* appends how long the job has been in its state, between two texts */
static void
writespan(const struct status *st, const struct sjob *j, const char *before,
    struct buf *b, const char *after)
{
	bufstr(b, before);
	textspan(b, st->now - j->since);
	bufstr(b, after);
}

/* what keeps a ready job from being started */
static void
whynoslot(const struct status *st, const struct sjob *j, struct buf *b)
{
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
writeprogress(const struct status *st, const struct sjob *j, struct buf *b)
{
	writespan(st, j, "builds for ", b, "");
	if (j->job.node)
		buffmt(b, " on %s", j->job.node);
	if (st->runner && st->silent) {
		buffmt(b, ", as far as is known: the cluster tells nothing: %s",
		    st->silent);
	} else if (j->end > st->now && !j->guessed) {
		bufstr(b, ", and is expected to end in ");
		textspan(b, j->end - st->now);
	}
}

/* the sentence of a job that has not ended */
static void
activelong(const struct status *st, const struct sjob *j, const struct explanation *r,
    const char *mark, struct buf *b)
{
	switch (r->why) {
	case WHY_REQUEST:
		writespan(st, j, "a request for it, came ", b, " ago");
		break;
	case WHY_UNREADABLE:
		buffmt(b, "in %s/", spoolstates[j->state]);
		writespan(st, j, " for ", b, ": unreadable: ");
		bufstr(b, r->text);
		break;
	case WHY_HELD:
		bufstr(b, r->text);
		break;
	case WHY_CYCLE:
		writespan(st, j, "waits ", b, " for itself: ");
		bufstr(b, r->text);
		break;
	case WHY_BLOCKED:
	case WHY_NEEDS:
		writespan(st, j, "waits ", b, " for");
		writeneeds(st, j, mark, ", ", b);
		break;
	case WHY_TAKEN:
		writespan(st, j, "came ", b, " ago, and needs nothing more");
		break;
	case WHY_RETRY:
		writespan(st, j, "waits ", b, " to be tried again");
		if (r->until) {
			bufstr(b, ", in ");
			textspan(b, r->until - st->now);
		}
		buffmt(b, ": %s", r->text);
		if (j->job.most)
			buffmt(b, ", now with %d processes at most", j->job.most);
		if (!r->until || st->paused)
			whynoslot(st, j, b);
		break;
	case WHY_SLOT:
		writespan(st, j, "waits ", b, " for a slot");
		whynoslot(st, j, b);
		break;
	case WHY_BESIDE:
		writespan(st, j, "waits ", b, " ");
		bufstr(b, r->text);
		break;
	case WHY_QUEUED:
		writespan(st, j, "waits ", b, " for the builder: ");
		bufstr(b, r->text);
		break;
	case WHY_BUILDING:
		writeprogress(st, j, b);
		break;
	case WHY_INDEX:
	default:
		writespan(st, j, "built ", b, " ago, but not in the index");
		if (r->text)
			buffmt(b, ": %s", r->text);
		break;
	}
	writesources(j, "; ", b);
	if (!st->runner && !j->root)
		bufstr(b, "; no spiff-run works on this spool");
}

void
explainlong(const struct status *st, const struct sjob *j, const char *mark,
    struct buf *b)
{
	struct explanation r;

	explain(st, j, &r);
	if (r.why == WHY_NOWHERE) {
		bufstr(b, "not in a repository, and not in the spool");
	} else if (r.why == WHY_REFUSED) {
		writespan(st, j, "a request for it, refused ", b, " ago: ");
		bufstr(b, r.text);
	} else if (r.why == WHY_BUILT || r.why == WHY_LOST) {
		writespan(st, j, "built ", b, " ago, but in no repository now");
	} else if (j->state == FAIL || j->state == CANCEL) {
		writespan(st, j, j->state == FAIL ? "failed " : "cancelled ", b,
		    " ago: ");
		if (r.why == WHY_UNREADABLE)
			bufstr(b, "unreadable: ");
		bufstr(b, r.text);
	} else {
		activelong(st, j, &r, mark, b);
	}
	explainfree(&r);
}

void
explainline(const struct status *st, const struct sjob *j, struct buf *b)
{
	struct buf text = {0};

	textclean(b, j->name);
	buffmt(b, "\t%s\t%lld\t", j->state == NSTATE ? "gone" :
	    spoolstates[j->state], (long long)(j->read ? j->since : st->now));
	if (j->state != NSTATE)
		explainshort(st, j, &text);
	bufadd(&text, "", 0);
	textclean(b, text.s);
	bufchar(b, '\n');
	buffree(&text);
}

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "graph.h"
#include "job.h"
#include "log.h"
#include "spool.h"
#include "status.h"
#include "text.h"

static void
needs(const struct status *st, const struct sjob *j, struct buf *b)
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
			needs(st, j, b);
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

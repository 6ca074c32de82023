#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/text.h"
#include "base/x.h"
#include "nomad/nomadbuild.h"
#include "nomad/nomadcli.h"
#include "nomad/nomadnodes.h"
#include "spool/spool.h"

/* milliseconds */
enum {
	OUT = 60000,		/* a node is left out so long, and twice as long each */
	OUTMAX = 3600000,	/* time after that, up to this */
	AGAIN = 10000		/* a call that failed is made again */
};

enum {
	SPOILT = 2,		/* builds in a row, of different jobs */
	FILEMAX = 1 << 16, IDLEN = 36
};

static const char file[] = "nodes";

struct node {
	char *id, *name;
	char *job, *why;	/* the last build that it spoilt; NULL: none */
	int spoilt;		/* so many in a row, of different jobs */
	int64_t until;		/* left out, 0: it is not to be */
	int64_t span;		/* of the last time */
	int out;		/* Nomad knows that it is left out */
	int64_t next;		/* no call before */
	char *trouble;		/* why Nomad cannot be told, or NULL */
};

static struct node **nodes;
static size_t n;
static struct child *call;	/* tells Nomad of one node */
static struct node *told;	/* that */
static int readfile;

static struct node *
nodeof(const char *id, const char *name)
{
	struct node *nd;
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(nodes[i]->id, id) == 0)
			return nodes[i];
	}
	nd = xcalloc(1, sizeof *nd);
	nd->id = xstrdup(id);
	nd->name = xstrdup(name);
	nodes = xgrow(nodes, n, sizeof *nodes);
	nodes[n++] = nd;
	return nd;
}

/* Keeps which nodes are left out for a run to come, which lets them in again; that
 * this is lost does less harm than to wait for it. */
static void
save(const struct spool *sp)
{
	struct buf b = {0};
	size_t i;

	for (i = 0; i < n; i++) {
		if (nodes[i]->out || nodes[i]->until)
			buffmt(&b, "%s %s\n", nodes[i]->id, nodes[i]->name);
	}
	if (ioreplace(sp->dir, file, b.s ? b.s : "", b.len, 0644) < 0)
		warn("%s/%s", sp->path, file);
	buffree(&b);
}

/* what an earlier run has left out stays so once more */
static void
load(const struct spool *sp)
{
	struct buf b = {0};
	struct node *nd;
	char *line, *name;

	readfile = 1;
	if (ioread(sp->dir, file, FILEMAX, &b) < 0) {
		if (errno != ENOENT)
			warn("%s/%s", sp->path, file);
		return;
	}
	for (line = strtok(b.s, "\n"); line; line = strtok(NULL, "\n")) {
		name = strchr(line, ' ');
		if (!name || name - line != IDLEN ||
		    strspn(line, "0123456789abcdef-") != IDLEN)
			continue;
		*name++ = '\0';
		nd = nodeof(line, name);
		nd->out = 1;
		nd->span = OUT;
		nd->spoilt = SPOILT;
		nd->until = loopnow() + OUT;
	}
	buffree(&b);
}

static void
leaveout(const struct spool *sp, struct node *nd)
{
	if (nd->until)
		return;
	nd->span = nd->span ? nd->span * 2 : OUT;
	if (nd->span > OUTMAX)
		nd->span = OUTMAX;
	nd->until = loopnow() + nd->span;
	nd->next = 0;
	warnx("%s: left out for %lld s, as it spoilt %d builds in a row: %s",
	    nd->name, (long long)nd->span / 1000, nd->spoilt, nd->why);
	save(sp);
}

void
nomadnodesend(const struct spool *sp, const struct nomadbuild *o,
    const char *job, int code, const char *why)
{
	struct node *nd;

	/* what was stopped, or was too large, tells nothing of the node */
	if (o->stop || (code < 0 && !o->spoilt) || strstr(why, "out of memory"))
		return;
	nd = nodeof(o->nodeid, o->node);
	if (!o->spoilt) {
		nd->spoilt = 0;
		nd->span = 0;
		if (nd->until)
			nd->until = 1;
		return;
	}
	if (!nd->job || strcmp(nd->job, job) != 0)
		nd->spoilt++;
	free(nd->job);
	free(nd->why);
	nd->job = xstrdup(job);
	nd->why = xstrdup(why);
	if (nd->spoilt >= SPOILT)
		leaveout(sp, nd);
}

/* takes what Nomad said when it was told */
static void
answer(const struct spool *sp)
{
	struct buf err = {0}, out = {0};
	char *why;

	why = nomadfailed(call, &out, &err);
	childdel(call);
	call = NULL;
	buffree(&err);
	buffree(&out);
	if (why) {
		warnx("%s: %s", told->name, why);
		told->next = loopnow() + AGAIN;
	} else {
		told->out = !told->out;
		save(sp);
	}
	free(told->trouble);
	told->trouble = why;
}

void
nomadnodesstep(const struct spool *sp)
{
	struct node *nd;
	int64_t now;
	size_t i;

	if (!readfile)
		load(sp);
	if (call && childended(call))
		answer(sp);
	now = loopnow();
	for (i = 0; i < n; i++) {
		nd = nodes[i];
		if (nd->until && nd->until <= now) {
			/* one more, and it is left out again */
			nd->until = 0;
			nd->spoilt = nd->spoilt ? SPOILT - 1 : 0;
		}
		if (!call && nd->out != (nd->until != 0) && nd->next <= now) {
			told = nd;
			call = nomadleaveout(nd->id, !nd->out);
			if (!call)
				nd->next = now + AGAIN;
		}
	}
}

int64_t
nomadnodesnext(void)
{
	const struct node *nd;
	int64_t at, next;
	size_t i;

	if (call)
		return -1;
	next = -1;
	for (i = 0; i < n; i++) {
		nd = nodes[i];
		at = nd->out != (nd->until != 0) ? nd->next : nd->until;
		if (at && (next < 0 || at < next))
			next = at;
	}
	return next;
}

void
nomadnodestext(struct buf *b)
{
	const struct node *nd;
	size_t i;

	for (i = 0; i < n; i++) {
		nd = nodes[i];
		if (!nd->until)
			continue;
		buffmt(b, "%s spoils builds and is left out%s%s", nd->name,
		    nd->why ? ": " : "", nd->why ? nd->why : "");
		if (nd->trouble)
			buffmt(b, "; but it cannot be: %s", nd->trouble);
		bufchar(b, '\n');
	}
}

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/loop.h"
#include "base/text.h"
#include "base/x.h"
#include "nomad/nomadbuild.h"
#include "nomad/nomadcli.h"
#include "nomad/nomadnodes.h"

/* milliseconds */
enum {
	OUT = 60000,		/* the first time that a node is left out; each
				 * further one takes twice as long, */
	OUTMAX = 3600000,	/* up to this */
	AGAIN = 10000		/* after a call that failed */
};

enum {
	SPOILT = 2,		/* builds in a row, of different jobs */
	IDLEN = 36
};

struct node {
	char *id, *name;
	char *job, *why;	/* the last build that it spoilt; NULL: none */
	int spoilt;		/* builds in a row, of different jobs */
	int64_t until;		/* the end of the time that it is left out, 0: it is in */
	int64_t span;		/* the last such time's length */
	int out;		/* Nomad knows that it is left out */
	int64_t next;		/* no call before */
	char *trouble;		/* why Nomad cannot be told, or NULL */
};

static struct node **nodes;
static size_t n;
static struct child *call;	/* tells Nomad of one node */
static struct node *told;	/* of this one */

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

void
nomadnodesread(const char *text)
{
	struct node *nd;
	char *copy, *id, *line, *name;

	copy = xstrdup(text);
	for (line = strtok(copy, "\n"); line; line = strtok(NULL, "\n")) {
		id = line + 4;
		if (strncmp(line, "out ", 4) != 0 ||
		    strspn(id, "0123456789abcdef-") != IDLEN || id[IDLEN] != ' ')
			continue;
		id[IDLEN] = '\0';
		name = id + IDLEN + 1;
		name[strcspn(name, " ")] = '\0';
		nd = nodeof(id, name);
		nd->out = 1;
		nd->span = OUT;
		nd->spoilt = SPOILT;
		nd->until = loopnow() + OUT;
	}
	free(copy);
}

static void
leaveout(struct node *nd)
{
	if (nd->until)
		return;
	nd->span = loopbackoff(nd->span, OUT, OUTMAX);
	nd->until = loopnow() + nd->span;
	nd->next = 0;
	warnx("%s: left out for %lld s, as it spoilt %d builds in a row: %s",
	    nd->name, (long long)nd->span / 1000, nd->spoilt, nd->why);
}

void
nomadnodesend(const struct nomadbuild *o, const char *job, int code,
    const char *why)
{
	struct node *nd;

	/* a build that was stopped or ran out of memory is not the node's fault */
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
		leaveout(nd);
}

static void
readanswer(void)
{
	struct buf err = {0}, out = {0};
	char *why;

	why = nomadclifailed(call, &out, &err);
	childdel(call);
	call = NULL;
	buffree(&err);
	buffree(&out);
	if (why) {
		warnx("%s: %s", told->name, why);
		told->next = loopnow() + AGAIN;
	} else {
		told->out = !told->out;
	}
	free(told->trouble);
	told->trouble = why;
}

void
nomadnodesstep(void)
{
	struct node *nd;
	int64_t now;
	size_t i;

	if (call && childended(call))
		readanswer();
	now = loopnow();
	for (i = 0; i < n; i++) {
		nd = nodes[i];
		if (nd->until && nd->until <= now) {
			/* one more spoilt build, and it is left out again */
			nd->until = 0;
			nd->spoilt = nd->spoilt ? SPOILT - 1 : 0;
		}
		if (!call && nd->out != (nd->until != 0) && nd->next <= now) {
			told = nd;
			call = nomadclileaveout(nd->id, !nd->out);
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
	char *why;
	size_t i;

	for (i = 0; i < n; i++) {
		nd = nodes[i];
		if (!nd->until && !nd->out)
			continue;
		why = textline(nd->why ? nd->why : "", nd->why ? strlen(nd->why) : 0);
		buffmt(b, "out %s %s %s", nd->id, nd->name, why);
		if (nd->trouble && !nd->out)
			buffmt(b, "; but Nomad refuses to leave it out: %s",
			    nd->trouble);
		bufchar(b, '\n');
		free(why);
	}
}

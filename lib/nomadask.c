#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "builder.h"
#include "call.h"
#include "job.h"
#include "loop.h"
#include "nomadask.h"
#include "nomadbuild.h"
#include "nomadcli.h"
#include "nomadhandle.h"
#include "nomadtext.h"
#include "spool.h"
#include "x.h"

/* The payload: the job's file without what only the queue needs, as it may have
 * hundreds of needs and Nomad takes no more than 16 KiB. */
static void
payload(struct buf *to, const char *text)
{
	static const char *const queues[] = { "needs ", "makes ", "asked ",
	    "started ", "ended ", "exit ", "node ", "handle ", "waits ",
	    "priority ", "troubles ", "class " };
	size_t i, n;

	for (; *text; text += n) {
		n = strcspn(text, "\n");
		n += text[n] == '\n';
		for (i = 0; i < sizeof queues / sizeof queues[0]; i++) {
			if (strncmp(text, queues[i], strlen(queues[i])) == 0)
				break;
		}
		if (i == sizeof queues / sizeof queues[0])
			bufadd(to, text, n);
	}
}

int
nomadaskbegin(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;
	struct buf text = {0}, in = {0};
	char *why;
	int r;

	r = spooltext(sp, RUN, b->job, &text, &why);
	if (r < 0) {
		warnx("%s: %s", b->job, why);
		free(why);
	}
	if (r == 1) {
		payload(&in, text.s);
		if (in.len > NOMAD_PAYLOAD)
			nomadend(b, NOMAD_UNAVAILABLE,
			    "its file is too long for Nomad");
		else
			o->call = nomaddispatch(o->h->parent, o->h->token,
			    o->h->prefix, in.s, in.len);
	}
	buffree(&in);
	buffree(&text);
	return o->call || o->over ? 0 : -1;
}

int
nomadaskstop(const struct build *b)
{
	struct nomadbuild *o = b->own;

	o->call = nomadstop(o->h->id);
	return o->call ? 0 : -1;
}

/* what is wrong with the cluster is told once, not by every build */
static void
say(const struct build *b, const char *why)
{
	static char *told;

	if (told && strcmp(told, why) == 0)
		return;
	warnx("%s: %s", b->job, why);
	free(told);
	told = xstrdup(why);
}

void
nomadasklearn(struct spool *sp, struct build *b, char *id)
{
	struct nomadbuild *o = b->own;
	struct buf lines = {0};

	o->h->id = id;
	o->learned = loopnow();
	o->next = o->pause = 0;
	nomadhandleline(&lines, o->h);
	spoolnote(sp, RUN, b->job, &lines);
	buffree(&lines);
	nomadnote(sp, b, "");
}

void
nomadaskend(struct spool *sp, struct build *b)
{
	struct nomadbuild *o = b->own;
	struct buf err = {0}, out = {0};
	char *id, *why;

	why = nomadfailed(o->call, &out, &err);
	calldel(o->call);
	o->call = NULL;
	if (o->h->id) {
		/* it was a stop; what is gone needs none */
		o->stopsent = !why || strstr(why, "No job(s) with") != NULL;
	} else {
		if (!why || !nomadnothingsent(why))
			o->sent = 1;
		id = why ? NULL : nomadid(out.s, o->h->parent,
		    o->h->prefix);
		if (!why && !id)
			why = xasprintf("nomad: not the answer that was "
			    "expected: %.*s", (int)strcspn(out.s, "\n"), out.s);
		if (id)
			nomadasklearn(sp, b, id);
		else
			nomadnote(sp, b, why);
	}
	if (why && !o->stopsent) {
		if (!o->pause)
			say(b, why);
		nomadlater(o);
	}
	free(why);
	buffree(&err);
	buffree(&out);
}


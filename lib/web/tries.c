#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/status.h"
#include "web/html.h"
#include "web/web.h"

/* one of the builds that a job's file tells of: its lines from one that says
 * started to the next */
struct try {
	int64_t started, ended, memory;
	const char *node, *exit, *reason;
};

static int64_t
number(const char *s)
{
	return strtonum(s, 0, INT64_MAX, NULL);
}

static void
row(struct buf *b, const struct try *t, int n)
{
	buffmt(b, "<tr><td class=\"dim\">try %d</td><td data-label=\"State\">",
	    n);
	if (t->reason || t->exit)
		htmltext(b, t->reason ? t->reason : t->exit);
	sitecell(b, "Since");
	if (t->ended)
		htmltime(b, t->ended);
	sitebuild(b, t->ended >= t->started ? t->ended - t->started : -1,
	    t->memory, t->node);
	bufstr(b, "</td><td></td><td></td></tr>\n");
}

static void
take(struct try *t, const char *name, const char *value)
{
	if (strcmp(name, "ended") == 0)
		t->ended = number(value);
	else if (strcmp(name, "memory") == 0)
		t->memory = number(value);
	else if (strcmp(name, "node") == 0)
		t->node = value;
	else if (strcmp(name, "exit") == 0)
		t->exit = value;
	else if (strcmp(name, "reason") == 0)
		t->reason = value;
}

void
sitetries(const struct site *s, struct buf *b, const struct sjob *j)
{
	struct buf text = {0};
	struct try t = {0};
	char *line, *save, *value, *why;
	int n;

	why = NULL;
	if (j->state == NSTATE ||
	    spooltext(s->sp, j->state, j->name, &text, &why) != 1) {
		free(why);
		buffree(&text);
		return;
	}
	n = 0;
	for (line = strtok_r(text.s, "\n", &save); line;
	    line = strtok_r(NULL, "\n", &save)) {
		value = strchr(line, ' ');
		if (!value)
			continue;
		*value++ = '\0';
		if (strcmp(line, "started") == 0) {
			/* the last one has a row of its own */
			if (n > 0)
				row(b, &t, n);
			memset(&t, 0, sizeof t);
			t.started = number(value);
			n++;
		} else {
			take(&t, line, value);
		}
	}
	buffree(&text);
}

#include <string.h>

#include "nomadjudge.h"
#include "nomadtext.h"
#include "x.h"

enum { SIGNALLED = 128, SIGNALS = 65 };

/* That an allocation is complete says nothing: it is that, too, when it was
 * stopped, drained or preempted. Only a task that has ended by itself has an exit
 * status that means something. */
static void
verdict(const struct nomadchild *c, int *code, char **words)
{
	int sig;

	*code = -1;
	sig = c->sig;
	/* drivers that run a shell in between have it from there */
	if (c->exited && !sig && c->code > SIGNALLED &&
	    c->code < SIGNALLED + SIGNALS)
		sig = c->code - SIGNALLED;
	if (c->exited && c->oom)
		*words = xstrdup("out of memory");
	else if (c->killed || !c->run)
		*words = xasprintf("stopped in Nomad%s%s", *c->words ? ": " :
		    "", c->words);
	else if (c->exited && sig)
		*words = xasprintf("signal %d (%s)", sig, strsignal(sig));
	else if (c->exited)
		*words = xasprintf("exit %d", *code = c->code);
	else
		*words = xasprintf("not run by Nomad: %s", c->trouble ?
		    c->trouble : c->words);
}

enum nomadstate
nomadjudge(const struct nomadchild *c, int *code, char **words)
{
	if (!c || (!c->listed && !c->alloc))
		return NOMAD_ABSENT;
	if (c->lost)
		return NOMAD_LOST;
	if (!c->alloc) {
		if (!c->dead)
			return NOMAD_WAITS;
		*code = -1;
		*words = xstrdup(c->stopped ? "stopped in Nomad before it began" :
		    "given up by Nomad before it began");
		return NOMAD_ENDED;
	}
	if (c->unknown)
		return NOMAD_UNKNOWN;
	if (!c->ended)
		return c->started ? NOMAD_RUNS : NOMAD_WAITS;
	verdict(c, code, words);
	return NOMAD_ENDED;
}

/* The logs of builds in Nomad: what is new comes into the spool's log, a piece at
 * a time, while the build runs and when it has ended. */

#include <stdint.h>

struct build;
struct call;
struct spool;

struct nomadlook {
	struct call *call;	/* under way, or NULL */
	int error;		/* standard error is read, not standard output */
	int64_t from;		/* the byte that was asked for */
	int64_t looked;		/* in milliseconds of loopnow(), like grown; 0: */
	int64_t grown;		/* never */
};

/* looks at the log of a running build, that which was not looked at for the
 * longest time, if it is time; returns when to call it again, in milliseconds
 * of loopnow(), -1: when something has happened */
int64_t nomadlooknext(struct spool *sp);

/* looks at the log of a build that has ended */
void nomadlooklast(struct spool *sp, struct build *b);

/* takes what a look that has ended has brought; nothing is missing, or it cannot
 * be had, when logtries is 0 then */
void nomadlookend(struct spool *sp, struct build *b);

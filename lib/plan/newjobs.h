/* Jobs that a plan asks for, and what the spool has of them already. They go into
 * new/ all or none. */

#include <limits.h>
#include <stddef.h>

struct plan;
struct spool;

struct demand {
	char *name;		/* of the job */
	char *text;
	size_t len;
	char *inputs;		/* hash, as in plan/inputhash */
	int priority;
	int forced;
	/* what the spool says */
	int kept;		/* it is queued or building already */
	char *old;		/* jobs whose place it takes, with spaces between,
				 * or NULL */
	char *past;		/* the same of those that are cancelled already */
	char *failed;		/* why it failed when it was made from the same,
				 * NULL: it is to be built */
	/* demandput's own */
	char tmp[PATH_MAX];	/* its draft, until it is published */
	int put;		/* we put it into new/ */
};

/* sets d to the job of a node that is to be built; -1 after a message */
int demandmake(const struct plan *p, size_t node, int priority,
    struct demand *d);

/* sees what the spool has of n jobs; -1 after a message */
int demandlook(const struct spool *sp, struct demand *ds, size_t n);

/* puts those in that are neither kept nor failed, dependencies first, cancels
 * those whose place they take, and tells those that are kept what is new; 1 when
 * a repository has changed since the plan was made, unless p is NULL, and nothing
 * done; -1 after a message and, unless all had been put in, nothing done */
int demandput(const struct plan *p, struct spool *sp, struct demand *ds,
    size_t n);

/* frees what d has */
void demandfree(struct demand *d);

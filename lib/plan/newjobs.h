/* Jobs that a plan asks for, and what the spool has of them already. They go into
 * new/ all or none. */

#include <limits.h>
#include <stddef.h>

struct plan;
struct pnode;
struct spool;

struct newjob {
	char *name;		/* of the job */
	size_t node;		/* of the plan */
	char *text;
	size_t len;
	char *inputs;		/* hashes, as in plan/inputhash */
	int priority;
	int forced;
	/* what the spool says */
	int kept;		/* it is queued or building already */
	char *old;		/* jobs whose place it takes, with spaces between,
				 * or NULL */
	char *past;		/* the same of those that are cancelled already */
	char *failed;		/* why it failed when it was made from the same,
				 * NULL: it is to be built */
	/* newjobsput's own */
	char tmp[PATH_MAX];	/* its draft, until it is published */
	int put;		/* we put it into new/ */
};

struct newjobs {
	struct newjob *list;
	size_t n;
	char **again;		/* jobs whose builds were stopped, to be begun again
				 * behind new ones */
	size_t nagain;
};

/* tells the plan, before it is made, what the spool has in its queue; -1 after a
 * message */
int newjobsqueued(const struct spool *sp, struct plan *p);

/* makes the jobs of n nodes that are to be built; -1 after a message */
int newjobsmake(struct newjobs *all, struct plan *p, const size_t *nodes,
    size_t n, int priority);

/* sees what the spool has of the jobs; -1 after a message */
int newjobscompare(const struct spool *sp, struct newjobs *all);

/* puts those in that are neither kept nor failed, dependencies first; cancels
 * those whose place they take; tells those that are kept what is new, and those
 * that the plan has not asked for what to wait for; 1 when a repository has
 * changed since the plan was made, unless anyhow is set, and nothing done; -1
 * after a message and, unless all had been put in, nothing done */
int newjobsput(const struct plan *p, struct spool *sp, struct newjobs *all,
    int anyhow);

/* returns the name of the job that builds a node; the caller owns it */
char *newjobsname(const struct pnode *v);

/* frees what it has */
void newjobsfree(struct newjobs *all);

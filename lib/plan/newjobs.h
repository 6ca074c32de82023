/* The jobs of a plan, compared with those that the spool has. All are put into new/, or
 * none. */

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

struct plan;
struct pnode;
struct spool;

struct newjob {
	char *name;		/* of the job */
	size_t node;		/* of the plan */
	char *text;
	size_t len;
	int64_t asked;		/* seconds since the epoch */
	char *inputs;		/* hashes, see plan/inputhash.h */
	int priority;
	int forced;
	/* set by newjobscompare */
	int kept;		/* the spool has the same job: queued or building */
	char *old;		/* jobs of other versions that it supersedes, with
				 * spaces between, or NULL */
	char *past;		/* the same, for jobs in cancel/ */
	char *failed;		/* why it failed when built from the same inputs, or
				 * NULL */
	/* for newjobsput */
	char tmp[PATH_MAX];	/* its draft, "" once it is published */
	int put;		/* this process put it into new/ */
};

struct newjobs {
	struct newjob *list;
	size_t n;
	char **again;		/* jobs whose builds were stopped, and begin again after
				 * the new jobs that they need */
	size_t nagain;
};

/* adds the spool's queued jobs to the plan, before planmake; -1 after a message */
int newjobsqueued(const struct spool *sp, struct plan *p);

/* makes the jobs of n nodes; -1 after a message */
int newjobsmake(struct newjobs *all, struct plan *p, const size_t *nodes,
    size_t n, int priority);

/* compares the jobs with those of the spool; -1 after a message */
int newjobscompare(const struct spool *sp, struct newjobs *all);

/* puts the jobs into new/ that are neither kept nor failed, dependencies first;
 * cancels the jobs that they supersede; writes into kept jobs what the plan changes,
 * and new needs into queued jobs that were not asked for. 1, and nothing done, when a
 * repository, or a template of the jobs, has changed since the plan was made, unless
 * anyhow is set; -1 after a message, and nothing done unless all jobs had been put */
int newjobsput(const struct plan *p, struct spool *sp, struct newjobs *all,
    int anyhow);

/* returns the name of a node's job; the caller owns it */
char *newjobsname(const struct pnode *v);

/* frees the jobs */
void newjobsfree(struct newjobs *all);

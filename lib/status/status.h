/* What the spool and the repositories say, for those who show it: the jobs by
 * state, what each waits for, and which of them hold others up. It is read
 * while jobs move, so it is a picture of no single moment, but each job that
 * stays in the spool is in it once. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct graph;
struct limits;
struct spool;
struct available;
struct table;

struct sjob {
	char *name;		/* as the file's, which may be no job's name */
	enum state state;	/* NSTATE: others need it, but it is nowhere */
	size_t at;		/* its number */
	int read;		/* what follows is set */
	int64_t since;		/* when it came there, seconds since the epoch */
	struct job job;
	char *fault;		/* why the file is no job, or NULL; then job is
				 * empty; of a request, its text */
	int request;		/* it is a request */
	const char *held;	/* why it is not to be built now, NULL: it may be */
	/* set by statuslink */
	struct sjob *root;	/* what keeps it from being built, itself if it
				 * is such a root cause, or NULL */
	char *cycle;		/* the jobs that wait for each other, or NULL */
	size_t blocks;		/* a root cause: the jobs that wait for it */
	/* set by forecastmake for what is left to build */
	int64_t secs;		/* what the build is expected to take */
	int guessed;		/* as nothing is known of earlier ones */
	size_t place;		/* among those that wait for the same slots, 1: the
				 * next; 0: it does not */
	int64_t end;		/* when it will be built, seconds since the epoch,
				 * 0: not as things are */
};

struct status {
	const struct spool *sp;
	struct sjob **jobs;	/* by name; behind them those that are nowhere */
	size_t n;
	size_t counts[NSTATE];
	pid_t runner;		/* spiff-run's, 0: none that can be seen */
	int paused;		/* nothing new is to start */
	char *trouble;		/* the builder that cannot start anything, NULL:
				 * none */
	int64_t troubled;	/* since when, seconds since the epoch */
	char *silent;		/* why the cluster tells nothing of its builds, NULL: it
				 * does */
	char *cluster;		/* what is wrong with it, lines for people; NULL:
				 * nothing */
	int64_t now;		/* when this was read, seconds since the epoch */
	struct graph *graph;	/* by number, an edge to each that is waited for;
				 * NULL until statuslink */
	char *next;		/* set by why: what to type next, or NULL */
	const struct limits *limits;	/* status's own, like this */
	struct table *names;
};

/* lists the spool, which must outlive st; -1 after a message; statusclose frees
 * it in both cases */
int statusopen(struct status *st, const struct spool *sp);

/* frees it */
void statusclose(struct status *st);

/* returns the job of that name, NULL when there is none */
struct sjob *statusget(const struct status *st, const char *name);

/* returns the job of that name, made when it is new: then it is nowhere */
struct sjob *statusadd(struct status *st, const char *name);

/* reads a job's file, if that has not been done; one that has moved meanwhile
 * gets its new state, NSTATE when it is gone */
void statusread(struct status *st, struct sjob *j);

/* returns when a job came to its state, from its file's times where the file has
 * not been read, seconds since the epoch; 0 when it is gone */
int64_t statussince(const struct status *st, const struct sjob *j);

/* reads the files of these states (bits 1 << state) */
void statusreadall(struct status *st, unsigned states);

/* reads what has not ended yet and finds out what waits for what */
void statuslink(struct status *st, struct available *available);

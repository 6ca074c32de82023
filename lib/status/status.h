/* The status of the spool: its jobs by state, what each waits for, and which of them
 * block others. As jobs move while it is read, it is no snapshot of one moment, but has
 * each job of the spool once. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct graph;
struct limits;
struct spool;
struct available;
struct table;

struct sjob {
	const char *name;	/* of the file, which may be no job */
	enum state state;	/* NSTATE: nowhere, but other jobs need it */
	size_t at;		/* its number */
	int read;		/* the fields behind this one are set */
	int64_t since;		/* when it came to its state, seconds since the epoch */
	struct job job;
	char *fault;		/* why the file is no job, or a request's text, and job
				 * is empty then; NULL: it is a job */
	int request;		/* it is a request */
	const char *held;	/* why the limits hold it, or NULL */
	/* set by statuslink */
	struct sjob *root;	/* the root cause that keeps it from being built, which
				 * may be itself, or NULL */
	char *cycle;		/* the jobs that wait for each other, or NULL */
	size_t blocks;		/* of a root cause: how many jobs wait for it */
	/* set by forecastmake for what is left to build */
	int64_t secs;		/* what the build is expected to take */
	int guessed;		/* it was never built before */
	size_t place;		/* among those that wait for the same slots, 1: the
				 * next; 0: it does not wait for one */
	int64_t end;		/* when it will be built, seconds since the epoch, 0:
				 * never as things are */
};

struct status {
	const struct spool *sp;
	struct sjob **jobs;	/* by name; behind them those of NSTATE */
	size_t n;
	size_t counts[NSTATE];
	pid_t runner;		/* of spiff-run, 0: none that can be seen */
	int paused;		/* the file pause keeps builds from being started */
	char *trouble;		/* the builder that cannot start builds, or NULL */
	int64_t troubled;	/* since when, seconds since the epoch */
	char *unindexed;	/* why nothing comes into the index, or NULL */
	char *silent;		/* why the cluster cannot be asked, or NULL */
	char *cluster;		/* lines for people on what is wrong with it, or NULL */
	int64_t now;		/* when this was read, seconds since the epoch */
	struct graph *graph;	/* by number, edges to the jobs that a job waits for;
				 * NULL before statuslink */
	char *next;		/* set by why: a command that may help, or NULL */
	/* status's own */
	const struct limits *limits;
	struct table *names;
};

/* Lists the spool, which must live longer than st; -1 after a message; statusclose frees
 * st in both cases. */
int statusopen(struct status *st, const struct spool *sp);

/* Frees st. */
void statusclose(struct status *st);

/* Returns the job of that name, or NULL. */
struct sjob *statusget(const struct status *st, const char *name);

/* Returns the job of that name, made with NSTATE if there is none. */
struct sjob *statusadd(struct status *st, const char *name);

/* Reads a job's file if it was not read; a job that has moved meanwhile gets its new
 * state, NSTATE when it is gone. */
void statusread(struct status *st, struct sjob *j);

/* Returns when a job came to its state, by its file's times if the file was not read,
 * seconds since the epoch; 0 when it is gone. */
int64_t statussince(const struct status *st, const struct sjob *j);

/* Reads the files of these states (bits 1 << state). */
void statusreadall(struct status *st, unsigned states);

/* Reads the files of jobs that have not ended or failed, and finds what they wait for. */
void statuslink(struct status *st, struct available *available);

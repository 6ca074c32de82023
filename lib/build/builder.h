/* Builds, and the builders that run them: a table of functions for each kind of builder,
 * of which spiff-run uses one. A build is one try of one job, from its start until none
 * of its processes is left.
 *
 * A builder starts builds, says how each ended, and stops it when told to. It never
 * waits: what takes time is a child of base/child, or goes on in the next turns. The
 * scheduler sees to slots, limits, the job's file and the delivery. */

#include <stdint.h>

#include <bsd/sys/queue.h>

struct buf;
struct builder;
struct spool;

struct build {
	const struct builder *builder;
	char *job;		/* its name; the job's file is in run/ */
	char *try;		/* its name, as in the job's file */
	int slot;		/* from 1; no two builds at a time have the same */
	int jobs;		/* processes that it may run at a time, 0: any number */
	int64_t memory;		/* bytes that bound it, 0: none */
	int64_t needs;		/* bytes that it is expected to have, 0: not known */
	int64_t longest, idle;	/* milliseconds that it may last, and may write
				 * nothing, 0: for ever */
	char *alone;		/* no other build has the same mark, NULL: none */
	char *nomad;		/* the Nomad jobs for it, NULL: those of SPIFF_NOMAD */
	int64_t began;		/* milliseconds of loopnow(), like all here */
	int64_t stopped;	/* when it was told to stop, 0: it was not */
	int hard;		/* it was told to stop at once */
	int back;		/* its job is to be begun again */
	int dropped;		/* its job was moved away: it must be stopped */
	char *why;		/* why it was told to stop */
	int adopted;		/* an earlier spiff-run started it, */
	int elsewhere;		/* by the clock of another machine */
	int64_t again;		/* when to file its end again, after a failure */
	int noted;		/* its end is in the job's file already */
	/* set by the builder */
	int waits;		/* it has not begun: no limit counts */
	int ended;		/* none of it is left; code and words are set */
	int code;		/* exit status, -1: it did not end by itself */
	char *words;		/* the same for people */
	int64_t finished;	/* when it ended, seconds since the epoch, 0: just now */
	void *own;		/* the builder's own */
	TAILQ_ENTRY(build) list;
};

struct builder {
	const char *name;
	int remote;		/* its builds go on without spiff-run */

	/* appends lines, and a handle to find the build again, to the job's file, and
	 * starts b: 1; 0 if the job was moved away, -1 after a message, and nothing is
	 * started */
	int (*start)(struct spool *sp, struct build *b,
	    const struct buf *lines);

	/* makes b the build that the handle of an earlier run names: 1, or 0 if
	 * none of it is left */
	int (*adopt)(struct spool *sp, struct build *b, const char *handle);

	/* looks after all builds; returns when to be called again at the latest, -1:
	 * when something has happened */
	int64_t (*step)(struct spool *sp);

	/* returns when the build last wrote to its log, in milliseconds of
	 * loopnow() */
	int64_t (*wrote)(const struct spool *sp, struct build *b);

	/* tells a build to stop; hard: kills it */
	void (*stop)(struct build *b, int hard);

	/* frees own */
	void (*forget)(struct build *b);
};

/* Makes a build of that job, at the end of the list of all builds. */
struct build *mkbuild(const struct builder *builder, const char *job);

/* Takes a build off the list, and frees it. */
void builddel(struct build *b);

/* Returns the build behind b on the list, the first one for NULL; NULL at the
 * end. */
struct build *buildnext(const struct build *b);

/* Returns the build of that job on the list, NULL when there is none. */
struct build *buildof(const char *job);

/* What makes the builds: a table of functions for each kind of builder, of which
 * there is one in a run. A build is one try of one job, from its start until
 * nothing of it is left.
 *
 * A builder starts builds, says when nothing is left of one and how it ended,
 * and stops it when told to. It never waits: what takes time is a child, as
 * base/child has it, or is done in one of the next turns. Slots, limits, the job's
 * file and what becomes of it are not its business, nor is the delivery: it is
 * looked for in the spool when the build has ended. */

#include <stdint.h>

#include <bsd/sys/queue.h>

struct buf;
struct builder;
struct spool;

struct build {
	const struct builder *builder;
	char *job;		/* its name; the job's file is in run/ */
	int try;		/* the job's tries, this one included */
	int slot;		/* 1 and up; no two builds at a time have the same */
	int jobs;		/* processes at a time that it is to run, 0: as it
				 * likes */
	int64_t memory;		/* bytes that bound it, 0: none */
	int64_t needs;		/* bytes that it is expected to have, 0: not known */
	int64_t longest, idle;	/* milliseconds that it may last, and may write
				 * nothing, 0: for ever */
	char *alone;		/* no other build has the same mark, NULL: none */
	int64_t began;		/* milliseconds of loopnow(), like all here */
	int64_t stopped;	/* when it was told to stop, 0: it was not */
	int hard;		/* and told so that it cannot refuse */
	int back;		/* its job is to be begun again */
	int dropped;		/* its job was moved away: it is to be stopped */
	char *why;		/* it was told to stop */
	int adopted;		/* it was begun by an earlier run */
	int64_t again;		/* its end could not be filed, not before then */
	/* what the builder sets */
	int waits;		/* it is only about to begin: no limit counts */
	int ended;		/* nothing of it is left; code and words are set */
	int code;		/* exit status, -1: none, it did not end by itself */
	char *words;		/* the same for people */
	int64_t finished;	/* when, in seconds since the epoch, 0: only now */
	void *own;		/* what else the builder knows of it */
	TAILQ_ENTRY(build) list;
};

struct builder {
	const char *name;
	int remote;		/* its builds go on without us */

	/* starts b, after it has appended lines, and how to find the build
	 * again, to the job's file; -1 after a message and nothing started */
	int (*start)(struct spool *sp, struct build *b,
	    const struct buf *lines);

	/* makes b the build that the handle of an earlier run names: 1, or 0
	 * when nothing of it is left */
	int (*adopt)(struct spool *sp, struct build *b, const char *handle);

	/* looks after its builds, once in each turn; returns when it has to do
	 * so at the latest, -1: when something has happened */
	int64_t (*step)(struct spool *sp);

	/* returns when the build last wrote something, as far as is known, in
	 * milliseconds of loopnow() */
	int64_t (*wrote)(const struct spool *sp, struct build *b);

	/* tells a build to stop; hard: at once, and it cannot refuse */
	void (*stop)(struct build *b, int hard);

	/* forgets a build, and frees own */
	void (*forget)(struct build *b);
};

/* Returns a build of that job by that builder, put at the end of the one list of
 * all builds. */
struct build *mkbuild(const struct builder *builder, const char *job);

/* Takes a build off the list, has its builder forget it, and frees it. */
void builddel(struct build *b);

/* Returns the build behind b on the list, the first one for NULL; NULL at the
 * end. */
struct build *buildnext(const struct build *b);

/* Returns the build of that job on the list, NULL when there is none. */
struct build *buildof(const char *job);

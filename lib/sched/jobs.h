/* The scheduler: what spiff-run does. Its parts work on one struct:
 *   scan	memory follows the directories
 *   intake	new/: jobs and requests
 *   needs	wait/ to ready/
 *   builds	ready/ to run/ to built/, or fail/
 *   taking	built/ to done/, by spiff-index
 *   hooks	programs of people's that are told of it
 *   www	the site, by spiff-status
 * Each has a step that does what can be done now and never waits. */

#include <stdint.h>

struct builder;
struct builds;
struct hooks;
struct intake;
struct job;
struct packing;
struct past;
struct qjob;
struct queue;
struct ready;
struct spool;
struct starts;
struct stock;
struct taking;
struct watch;
struct www;

struct sched {
	struct spool *sp;
	struct queue *q;
	struct ready *ready;
	struct stock *stock;
	struct past *past;
	struct watch *watch;		/* NULL: by scans alone */
	struct intake *intake;
	struct builds *builds;
	struct starts *starts;
	struct taking *taking;
	struct packing *packing;
	struct hooks *hooks;
	struct www *www;
	const struct builder *builder;
	int64_t idle, longest;		/* limits of a build, milliseconds, 0:
					 * none */
	int64_t wake;			/* when to look again at the latest */
	int failed;			/* something went to fail/ */
	int trouble;			/* system failures in a row */
	int putoff;			/* files that the system could not read
					 * since the last scan began */
	int stopping;			/* nothing is to be begun any more */
	unsigned scans;
};

/* looks at the spool that s->sp is, and begins to watch it; the settings of the
 * caller, s->builder among them, are set; -1 after a message */
int schedopen(struct sched *s);

/* frees what schedopen made */
void schedclose(struct sched *s);

/* moves a job's file and notes it; why is for the log and may be NULL; 1 moved,
 * 0 when the file was not there and memory was corrected, -1 after a message */
int schedmove(struct sched *s, struct qjob *j, int to, const char *why);

/* notes that a job's file lies in another state now; NSTATE: nowhere; j may be
 * freed */
void schedset(struct sched *s, struct qjob *j, int to, const char *why);

/* says that the system cannot read a file now: the next scan finds it again */
void schedputoff(struct sched *s, int state, const char *name, const char *why);

/* asks for a turn at that time of loopnow() at the latest */
void schedwake(struct sched *s, int64_t at);

/* takes a job that lies in that state into memory, or what its file says now;
 * returns it */
struct qjob *schedput(struct sched *s, const struct job *j, int state);

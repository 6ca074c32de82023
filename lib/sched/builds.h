/* The builds under way: watched, and filed when nothing of them is left. */

#include <stdint.h>
#include <sys/types.h>

struct build;
struct builds;
struct qjob;
struct sched;

/* returns builds with none under way; buildsdel frees it */
struct builds *mkbuilds(void);

/* frees it, and what is known of builds under way; NULL is allowed */
void buildsdel(struct builds *bs);

/* takes over or stops what an earlier run has left, and files the builds that
 * have ended */
void buildsstep(struct sched *s);

/* notes that a job's build of that try begins, and takes a slot for it; returns
 * the build, which stays ours */
struct build *buildsadd(struct sched *s, struct qjob *q, int try);

/* takes that back, as it could not be started; b is freed */
void buildsundo(struct sched *s, struct build *b);

/* takes the end of a child; 1 when it was a builder's */
int buildsreaped(struct sched *s, pid_t pid, int status);

/* returns a descriptor that can be read when there is something for buildsstep,
 * -1: there is none */
int buildsfd(const struct sched *s);

/* stops a build whose job is not to be built any more */
void buildsdrop(struct sched *s, struct build *b, const char *why);

/* stops all builds of this machine, so that their jobs are begun again; hard: at
 * once */
void buildsstop(struct sched *s, int hard);

/* returns the number of builds under way */
size_t buildslen(const struct sched *s);

/* returns the processes that they may run at a time, all together */
long buildsjobs(const struct sched *s);

/* whether builds are under way that end when we do */
int buildslocal(const struct sched *s);

/* whether a build of this machine that an earlier run has left still lives */
int buildsold(const struct sched *s);

/* whether an earlier build of that job is still ending */
int buildsbusy(const struct sched *s, const char *job);

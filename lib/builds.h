/* The builds under way: started while there are slots, watched, and filed when
 * nothing of them is left. */

#include <stdint.h>
#include <sys/types.h>

struct build;
struct builds;
struct sched;

/* returns builds with none under way; buildsdel frees it */
struct builds *mkbuilds(void);

/* frees it, and what is known of builds under way; NULL is allowed */
void buildsdel(struct builds *bs);

/* files the builds that have ended and starts others */
void buildsstep(struct sched *s);

/* takes the end of a child; 1 when it was a builder's */
int buildsreaped(struct sched *s, pid_t pid, int status);

/* stops a build whose job is not to be built any more */
void buildsdrop(struct sched *s, struct build *b, const char *why);

/* stops all builds of this machine, so that their jobs are begun again; hard: at
 * once */
void buildsstop(struct sched *s, int hard);

/* returns the number of builds under way that end when we do */
size_t buildslen(const struct sched *s);

/* notes that a ready job is not to be started before that time of loopnow() */
void buildslater(struct sched *s, int64_t at);

/* whether there are such jobs */
int buildsdelayed(const struct sched *s);

/* whether nothing is to be started, as the file pause says */
int buildspaused(const struct sched *s);

/* whether an earlier build of that job is still ending */
int buildsbusy(const struct sched *s, const char *job);

/* A job's attributes as environment variables, for programs that people write. */

#include <sys/types.h>

struct hooks;
struct sched;

/* returns "SPIFF_JOB=NAME" and, for each attribute of a job's text whose name is
 * of lower-case letters, digits and _, "SPIFF_JOB_ATTRIBUTE=VALUE": the last of
 * its values, of needs and makes all with spaces between; what could be no text on
 * one line is made such; NULL ends the array; jobenvfree frees it */
char **jobenv(const char *name, const char *text);

/* frees it */
void jobenvfree(char **env);

/* Hooks: executables in the directory SPIFF_HOOKS, named after what has happened
 * (started, built, done, failed, cancelled, idle), which are told of it. They are
 * children beside the queue: each runs once at a time, for a limited time, and what
 * it is still to be told is kept in memory, so a hook is told once or, when
 * spiff-run is killed, not at all. */

/* returns hooks that have nothing to do; hooksdel frees it */
struct hooks *mkhooks(void);

/* frees it; NULL is allowed */
void hooksdel(struct hooks *h);

/* notes that a file has come to a state, for the hook that is named after that;
 * nothing is done for states that have none */
void hookstell(struct sched *s, int state, const char *name);

/* notes whether no job can move now, for the hook idle: it is told when something
 * could before, and nothing has for a second */
void hooksrest(struct sched *s, int resting);

/* starts hooks, and ends those that take too long */
void hooksstep(struct sched *s);

/* takes the end of a child; 1 when it was a hook */
int hooksreaped(struct sched *s, pid_t pid, int status);

/* whether one runs, or is to */
int hooksbusy(const struct sched *s);

/* gives them some seconds to end, or, hard, none */
void hooksstop(struct sched *s, int hard);

/* What is put into new/: jobs, which are accepted into wait/, and requests,
 * which spiff-enqueue makes jobs of. What is neither goes to fail/ with the
 * reason beside it. */

#include <sys/types.h>

struct intake;
struct sched;

/* returns an intake with nothing to do; intakedel frees it */
struct intake *mkintake(void);

/* frees it; NULL is allowed */
void intakedel(struct intake *in);

/* notes a name in new/ to look at */
void intakename(struct sched *s, const char *name);

/* notes all names in new/ */
void intakescan(struct sched *s);

/* looks at what was noted; 1 when there is more than fits in one turn */
int intakestep(struct sched *s);

/* whether there is something noted or under way */
int intakebusy(const struct sched *s);

/* whether a request is under way */
int intakerequest(const struct sched *s);

/* takes the end of a child; 1 when it was the intake's */
int intakereaped(struct sched *s, pid_t pid, int status);

/* stops what is under way; it is begun again by the next run */
void intakestop(struct sched *s);

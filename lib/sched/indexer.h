/* Taking deliveries into the repository: spiff-index -i, one at a time, for as
 * long as built/ is not empty. */

#include <sys/types.h>

struct sched;
struct taking;

/* returns one that has not begun; takingdel frees it */
struct taking *mktaking(void);

/* frees it; NULL is allowed */
void takingdel(struct taking *t);

/* starts spiff-index when there is something for it */
void takingstep(struct sched *s);

/* sees whether an earlier run of spiff-index has left something to tidy up */
void takingscan(struct sched *s);

/* takes the end of a child; 1 when it was spiff-index */
int takingreaped(struct sched *s, pid_t pid, int status);

/* whether spiff-index runs or is to */
int takingbusy(const struct sched *s);

/* stops it, which loses nothing */
void takingstop(struct sched *s);

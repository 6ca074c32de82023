/* A request: a file in new/ with operands for spiff-enqueue, one a line. It is
 * renamed before it is read, so that another of the same name, put there
 * meanwhile, is another request; what a crash leaves under the second name is
 * done again. */

#include <sys/types.h>

struct request;
struct sched;

/* says whether the name is that of a request that was taken */
int requesttaken(const char *name);

/* takes a file in new/ and starts spiff-enqueue: 1, also when there is no such
 * file any more or, after a message, spiff-enqueue cannot be started; 0 and
 * nothing done when *r, the one under way, is not NULL */
int requeststart(struct request **r, struct sched *s, const char *name);

/* takes the end of a child: 1 when it was that of *r, which is freed then; the
 * file is gone, or in fail/ with what spiff-enqueue said; 2 when spiff-enqueue was
 * killed or the system failed, and, unless this was the last time, the file is
 * there to be taken again */
int requestended(struct request **r, struct sched *s, pid_t pid, int status,
    int last);

/* stops it, so that it is begun again some time; NULL is allowed */
void requeststop(struct request *r);

/* frees it; NULL is allowed */
void requestdel(struct request *r);

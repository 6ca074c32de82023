/* Another program, called in the background: nobody waits for it, its output is
 * kept up to a limit, and it is killed when it takes too long. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct call;

enum { CALL_OVER = -1, CALL_HUNG = -2 };

/* begins argv with n bytes of standard input; of each of its two outputs max
 * bytes are kept, and it is killed after these milliseconds; NULL with errno;
 * calldel frees it */
struct call *callstart(char *const *argv, const void *in, size_t n, size_t max,
    int ms);

/* ends it if it has not ended, and frees it; NULL is allowed */
void calldel(struct call *c);

/* takes the end of a child: 1 when it was this one's */
int callreaped(struct call *c, pid_t pid, int status);

/* returns when it is to be looked at, in milliseconds of loopnow(); one that is
 * over its time is killed */
int64_t callstep(struct call *c);

/* says whether it has ended */
int callended(const struct call *c);

/* returns its exit status, CALL_OVER when a signal ended it, as with too much
 * output, CALL_HUNG when it took too long */
int callcode(const struct call *c);

/* appends what it wrote to standard output and standard error; -1 with errno */
int calloutput(const struct call *c, struct buf *out, struct buf *err);

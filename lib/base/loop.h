/* Waiting: for descriptors, signals and deadlines, in one place. */

#include <poll.h>
#include <stdint.h>

/* returns the monotonic clock in milliseconds */
int64_t loopnow(void);

/* returns the earlier of two times, -1 being never */
int64_t loopsooner(int64_t a, int64_t b);

/* returns the pause after another failure in a row: first, then twice the last, up to
 * most */
int64_t loopbackoff(int64_t last, int64_t first, int64_t most);

/* catches the signals of the list, which 0 ends, from now on; -1 with errno */
int loopcatch(const int *signals);

/* returns a caught signal and forgets it, 0 when there is none; the same one
 * caught twice is told once */
int loopsignal(void);

/* says whether one of the caught signals says to end: SIGTERM, SIGINT or SIGQUIT;
 * loopsignal has it still */
int loopending(void);

/* waits until one of the n descriptors has an event, a signal was caught, or
 * the monotonic time until (milliseconds, -1: for ever) has come; revents are
 * set as poll(2) does; -1 with errno */
int loopwait(struct pollfd *fds, nfds_t n, int64_t until);

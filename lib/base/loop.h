/* Waits for descriptors, signals and deadlines. */

#include <poll.h>
#include <stdint.h>

/* returns the monotonic clock in milliseconds */
int64_t loopnow(void);

/* returns the earlier of two times, -1 being never */
int64_t loopsooner(int64_t a, int64_t b);

/* returns the pause after another failure in a row: first, then twice the last, up to
 * most */
int64_t loopbackoff(int64_t last, int64_t first, int64_t most);

/* catches the signals of a list, which 0 ends, from now on; -1 with errno */
int loopcatch(const int *signals);

/* returns and forgets a caught signal, 0 when there is none; a signal that came twice is
 * returned once */
int loopsignal(void);

/* says whether SIGTERM, SIGINT or SIGQUIT was caught; loopsignal will still return it */
int loopending(void);

/* waits until one of n descriptors has an event, a signal is caught, or loopnow() is
 * until (-1: never); sets revents as poll(2) does; -1 with errno */
int loopwait(struct pollfd *fds, nfds_t n, int64_t until);

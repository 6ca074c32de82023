/* The same work on many things at once, by as many threads as there are
 * processors. */

#include <stddef.h>

/* returns how many of the machine's processors the process may use, at least 1 */
long threadscpus(void);

/* returns how many threads threadsrun may start: as many as the process may use
 * processors, at least 1 and at most 16 */
unsigned threadsmax(void);

/* calls fn(arg, i, thread) for each i below n, in any order and at the same time
 * in other threads, thread being below threadsmax(); returns when all is done */
void threadsrun(size_t n, void (*fn)(void *arg, size_t i, unsigned thread),
    void *arg);

/* The same work on many things at once, by as many threads as there are
 * processors. */

#include <stddef.h>

/* returns how many of the machine's processors the process may use, at least 1 */
long poolcpus(void);

/* returns how many threads poolrun may start: as many as the process may use
 * processors, at least 1 and at most 16 */
unsigned poolsize(void);

/* calls fn(arg, i, thread) for each i below n, in any order and at the same time
 * in other threads, thread being below poolsize(); returns when all is done */
void poolrun(size_t n, void (*fn)(void *arg, size_t i, unsigned thread),
    void *arg);

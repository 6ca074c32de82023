/* Calls a function for many things side by side, in as many threads as there are
 * processors. */

#include <stddef.h>

/* returns how many processors this process may use, at least 1 */
long threadscpus(void);

/* returns how many threads threadsrun uses: one for each processor, at most 16 */
unsigned threadsmax(void);

/* calls fn(arg, i, thread) for each i below n, in any order, in threads numbered below
 * threadsmax(); returns when all calls have */
void threadsrun(size_t n, void (*fn)(void *arg, size_t i, unsigned thread),
    void *arg);

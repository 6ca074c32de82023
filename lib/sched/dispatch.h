/* Which job is begun next, and when: while there are slots, best first, unless
 * something has to pass before. */

#include <stdint.h>

struct sched;
struct starts;

/* returns starts with nothing put off; startsdel frees it */
struct starts *mkstarts(void);

/* frees it; NULL is allowed */
void startsdel(struct starts *st);

/* begins builds of ready jobs while there are slots */
void startsstep(struct sched *s);

/* notes that a ready job is not to be started before that time of loopnow() */
void startslater(struct sched *s, int64_t at);

/* whether there are such jobs */
int startsdelayed(const struct sched *s);

/* whether nothing is to be started, as the file pause says */
int startspaused(const struct sched *s);

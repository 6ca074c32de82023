/* Logs of finished builds, packed one after the other, a piece at each turn. */

struct packing;
struct sched;

/* returns a queue of logs; packingdel frees it */
struct packing *mkpacking(void);

/* frees it; NULL is allowed */
void packingdel(struct packing *p);

/* notes a log to pack */
void packingadd(struct packing *p, const char *job);

/* makes sure that the log of that job is not being packed any more, as it is
 * written again */
void packingdrop(struct packing *p, const char *job);

/* notes the logs that an earlier run has left, and removes what it left half
 * packed */
void packingscan(struct sched *s);

/* packs on; 1 when there is more */
int packingstep(struct sched *s);

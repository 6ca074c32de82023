/* The static site, kept up to date by spiff-status -w where SPIFF_WWW is set: every
 * ten seconds at most, and never so that the queue waits for it. */

#include <sys/types.h>

struct sched;
struct www;

/* returns one that has not begun; wwwdel frees it */
struct www *mkwww(void);

/* frees it; NULL is allowed */
void wwwdel(struct www *w);

/* starts spiff-status when it is time */
void wwwstep(struct sched *s);

/* takes the end of a child; 1 when it was spiff-status */
int wwwreaped(struct sched *s, pid_t pid, int status);

/* whether spiff-status runs */
int wwwbusy(const struct sched *s);

/* stops it, which loses nothing */
void wwwstop(struct sched *s);

/* has the last state written, and waits for that a minute at most; spiff-run holds
 * the spool no more by then, which is part of that state */
void wwwlast(void);

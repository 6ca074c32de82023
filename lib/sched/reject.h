/* What cannot be read: it goes to fail/, its reason beside it. */

struct sched;

/* moves a file of any kind from a state to fail/, under the name as or one like
 * it that is free, and writes the reason to NAME.reason; -1 after a message and
 * nothing moved */
int rejectfile(struct sched *s, int state, const char *name, const char *as,
    const char *why);

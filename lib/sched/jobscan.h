/* Memory follows the directories: what was moved, added, edited or removed by
 * others is noticed from the kernel's hints, and without them by a look at
 * everything every few seconds. */

struct sched;

/* looks where the file of that name lies, if in wait/, ready/, run/ or built/,
 * and corrects memory */
void scanlook(struct sched *s, const char *name);

/* looks at everything */
void scanall(struct sched *s);

/* follows the kernel's hints; 1 when there are more than fit in one turn, -1
 * when all has to be looked at */
int scanstep(struct sched *s);

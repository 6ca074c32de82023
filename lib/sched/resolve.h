/* Readiness: what a waiting job needs, followed through those that took the
 * place of others, and looked up in the repositories. */

struct sched;

/* looks at the jobs that were touched: moves those to ready/ that need nothing
 * any more; 1 when there are more left than fit in one turn */
int needsstep(struct sched *s);

/* looks up in the repositories what is waited for */
void needscheck(struct sched *s);

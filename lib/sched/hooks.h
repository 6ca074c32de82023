/* Hooks: programs in the directory SPIFF_HOOKS, named after what has happened (started,
 * built, done, failed, cancelled, idle). Each is a child that runs once at a time, for a
 * limited time. Their news wait in memory: a hook gets them once or, if spiff-run is
 * killed, never. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void hookspart(struct part *p, struct jobs *js);

/* Hooks: executables in the directory SPIFF_HOOKS, named after what has happened
 * (started, built, done, failed, cancelled, idle), which are told of it. They are
 * children beside the queue: each runs once at a time, for a limited time, and what
 * it is still to be told is kept in memory, so a hook is told once or, when
 * spiff-run is killed, not at all. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void hookspart(struct part *p, struct jobs *js);

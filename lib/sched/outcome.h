/* How a build ended, and what follows for its job. */

struct build;
struct jobs;

/* Writes into the job's file how the build ended, and moves the job to its next state: 1,
 * also when the job is not this build's any more; -1 after a message, to be called
 * again. */
int outcomefile(struct jobs *js, struct build *b);

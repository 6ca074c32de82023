/* Leaves out nodes that spoil builds, as a node that fails fast is free at once and would
 * get one build after the other. Metadata of the node tells Nomad, and the Nomad job has
 * a constraint for it. */

#include <stdint.h>
#include <sys/types.h>

struct buf;
struct nomadbuild;

/* Counts how a build ended on its node: code is its exit status or -1, why the last line
 * of its log. */
void nomadnodesend(const struct nomadbuild *o, const char *job, int code,
    const char *why);

/* Leaves nodes out, and lets them in again when their time is over. */
void nomadnodesstep(void);

/* Returns when nomadnodesstep is to be called, in milliseconds of loopnow(), -1: when
 * something has happened. */
int64_t nomadnodesnext(void);

/* Appends a line "out ID NAME WHY" for each node that is left out, or should be. */
void nomadnodestext(struct buf *b);

/* Reads such lines of an earlier run, and leaves these nodes out for a while. */
void nomadnodesread(const char *text);

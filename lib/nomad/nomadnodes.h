/* Nodes that spoil builds: a node that fails fast is free again at once, and would be
 * given one build after the other. Such a node is left out for a while, by metadata of
 * the node that the job has a constraint for. */

#include <stdint.h>
#include <sys/types.h>

struct buf;
struct nomadbuild;

/* takes how a build ended on its node: code is its exit status or -1, why the last line
 * of its log */
void nomadnodesend(const struct nomadbuild *o, const char *job, int code,
    const char *why);

/* leaves nodes out, and lets them in again */
void nomadnodesstep(void);

/* returns when nomadnodesstep is to be called, in milliseconds of loopnow(), -1: when
 * something has happened */
int64_t nomadnodesnext(void);

/* appends a line "out ID NAME WHY" for each node that is left out, or should be */
void nomadnodestext(struct buf *b);

/* takes such lines of an earlier run: these nodes are let in after a while */
void nomadnodesread(const char *text);

/* The program nomad, a child for each command. The environment, NOMAD_ADDR and others,
 * tells it where the cluster is. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct child;

enum nomadwhich { NOMAD_JOBS, NOMAD_ALLOCS, NOMAD_BLOCKED };

enum { NOMAD_PAYLOAD = 16384 };		/* bytes, Nomad's own limit */

/* Each of these starts a call, which the caller frees with childdel; NULL after a
 * message, with errno. */

/* Dispatches a child of the job parent with a payload, unless Nomad still has a child of
 * that token; the priority is added to Nomad's usual one. */
struct child *nomadclidispatch(const char *parent, const char *token,
    const char *prefix, int priority, const char *payload, size_t n);

/* Stops the job of exactly that ID. */
struct child *nomadclistop(const char *id);

/* Lists, as JSON, the jobs, allocations or evaluations that match a filter. */
struct child *nomadclilist(enum nomadwhich which, const char *filter);

/* Reads the standard output, or error, of an allocation's task from a byte on. */
struct child *nomadclilog(const char *alloc, int64_t from, int error);

/* Sets or unsets the metadata of a node that keeps builds off it. */
struct child *nomadclileaveout(const char *nodeid, int out);

/* Returns why a call that has ended failed, one line that the caller owns, NULL if it did
 * not, and appends its outputs. */
char *nomadclifailed(const struct child *c, struct buf *out, struct buf *err);

/* Returns a line, which the caller owns, about an output that is no answer. */
char *nomadcliunexpected(const struct buf *out);

/* Returns the ID in the output of a dispatch, which the caller owns, NULL if there is
 * none. */
char *nomadcliid(const char *out);

/* Says whether a look at a log succeeded, by its standard error. */
int nomadclilogok(const char *err);

/* Says whether a dispatch that failed for this reason has surely dispatched nothing. */
int nomadclinothingsent(const char *why);

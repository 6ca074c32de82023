/* The program nomad: each command as it is called, none of them waited for. Where
 * the cluster is, it reads from the environment, NOMAD_ADDR and its kin. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct child;

enum nomadwhich { NOMAD_JOBS, NOMAD_ALLOCS, NOMAD_BLOCKED };

enum { NOMAD_PAYLOAD = 16384 };		/* bytes, Nomad's own limit */

/* Each returns a call that the caller frees with childdel, or NULL after a
 * message, errno saying why. */

/* dispatches a child of the job parent with that payload, unless the token was
 * used before and its child is still known; a priority that is not 0 is added to
 * Nomad's usual one */
struct child *nomadclidispatch(const char *parent, const char *token,
    const char *prefix, int priority, const char *payload, size_t n);

/* stops one job of exactly that ID */
struct child *nomadclistop(const char *id);

/* lists, as JSON, the jobs, allocations or blocked evaluations that the server finds
 * with a filter */
struct child *nomadclilist(enum nomadwhich which, const char *filter);

/* reads a build's log from a byte on; error: its standard error */
struct child *nomadclilog(const char *alloc, int64_t from, int error);

/* has jobs with spiff's constraint pass over a node, or not any more */
struct child *nomadclileaveout(const char *nodeid, int out);

/* says in one line why a call that has ended failed, NULL when it did not; its
 * outputs are appended; the caller owns the line */
char *nomadclifailed(const struct child *c, struct buf *out, struct buf *err);

/* says in one line what a call said in place of an answer: the caller owns it */
char *nomadcliunexpected(const struct buf *out);

/* returns the ID that a dispatch has told, NULL when it is none; the caller owns it */
char *nomadcliid(const char *out);

/* whether what a log's call has written to standard output is of the log */
int nomadclilogok(const char *err);

/* whether a dispatch that failed so has surely begun nothing */
int nomadclinothingsent(const char *why);

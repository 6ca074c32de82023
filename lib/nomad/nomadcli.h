/* The program nomad: each command as it is called, none of them waited for. Where
 * the cluster is, it reads from the environment, NOMAD_ADDR and its kin. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct call;

enum nomadlist { NOMAD_JOBS, NOMAD_ALLOCS, NOMAD_BLOCKED };

enum { NOMAD_PAYLOAD = 16384 };		/* bytes, Nomad's own limit */

/* Each returns a call that the caller frees with calldel, or NULL after a
 * message, errno saying why. */

/* dispatches a child of the job parent with that payload, unless the token was
 * used before and its child is still known */
struct call *nomaddispatch(const char *parent, const char *token,
    const char *prefix, const char *payload, size_t n);

/* stops one job of exactly that ID */
struct call *nomadstop(const char *id);

/* lists all children dispatched with that mark, by the templates of nomadtext */
struct call *nomadlist(enum nomadlist which, const char *mark);

/* reads a build's log from a byte on; error: its standard error */
struct call *nomadlog(const char *alloc, int64_t from, int error);

/* says in one line why a call that has ended failed, NULL when it did not; its
 * outputs are appended; the caller owns the line */
char *nomadfailed(const struct call *c, struct buf *out, struct buf *err);

/* whether what a log's call has written to standard output is of the log */
int nomadisloggood(const char *err);

/* whether a dispatch that failed so has surely begun nothing */
int nomadnothingsent(const char *why);

/* A request: a file in new/ with operands for spiff-enqueue, one a line. It is renamed
 * before it is read, so that another of the same name, put there meanwhile, is another
 * request; what a crash leaves under the second name is done again. */

struct jobs;
struct request;

/* Says whether the name is that of a request that was renamed. */
int requesttaken(const char *name);

/* Renames a file in new/ and starts spiff-enqueue; NULL when there is no such file any
 * more, and, after a message, when that cannot be done now: the next look finds it. The
 * caller calls requestdel. */
struct request *requeststart(struct jobs *js, const char *name);

/* Returns the file's second name, good until requestdel. */
const char *requestname(const struct request *r);

/* Says whether spiff-enqueue has ended. */
int requestended(const struct request *r);

/* Takes its end: 1 the file is gone, or in fail/ with what spiff-enqueue said; 2 it was
 * killed, or the system failed, and, unless this was the last time, the file is there
 * to be taken again. */
int requestfile(struct request *r, struct jobs *js, int last);

/* Stops it, hard: at once, so that it is begun again some time. */
void requeststop(struct request *r, int hard);

/* Frees it; NULL is allowed. */
void requestdel(struct request *r);

/* A request: a file in new/ with operands for spiff-enqueue, one a line. It is renamed
 * before it is read, so that a file of the same name that comes meanwhile is another
 * request; after a crash the renamed file is read again. */

struct jobs;
struct request;

/* Says whether the name is that of a renamed request. */
int requesttaken(const char *name);

/* Returns the name that a renamed request had. */
const char *requestformer(const char *name);

/* Renames a file in new/ and starts spiff-enqueue; NULL when the file is not there any
 * more, and, after a message, when the system failed: the next look finds the file.
 * requestdel frees the request. */
struct request *requeststart(struct jobs *js, const char *name);

/* Returns the second name, good until requestdel. */
const char *requestname(const struct request *r);

/* Says whether spiff-enqueue has ended. */
int requestended(const struct request *r);

/* Finishes a request that has ended: 1 the file is removed, or refused with
 * spiff-enqueue's messages; 2 spiff-enqueue was killed, or the system failed: the file
 * stays, to be tried again, unless this was the last time. */
int requestfile(struct request *r, struct jobs *js, int last);

/* Stops spiff-enqueue; hard: at once. */
void requeststop(struct request *r, int hard);

/* Frees it; NULL is allowed. */
void requestdel(struct request *r);

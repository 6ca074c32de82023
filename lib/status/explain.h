/* Why a job is where it is. */

struct buf;
struct sjob;
struct status;

/* appends a line "what TAB text", both cleaned; text is emptied */
void explainline(struct buf *b, const char *what, struct buf *text);

/* appends what is to be said of a request in new/, or in fail/ */
void explainrequest(const struct status *st, const struct sjob *j,
    struct buf *b);

/* appends a line that says why the job is in its state, and one for each job on
 * the way to the root causes, or, where there are none, to those that it waits
 * for; st must have been linked */
void explain(const struct status *st, const struct sjob *j, struct buf *b);

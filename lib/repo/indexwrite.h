/* Writing the changed indexes of a set, after the files that they name. */

struct indexset;
struct signer;

/* Moves packages that do not wait from the stages to the indexes, signs (unless sg is
 * NULL), syncs and writes the changed indexes, gives files that replace others their
 * names, and prints the notes; -1 after a message, and indexes that were not written are
 * closed. */
int indexwrite(struct indexset *s, const struct signer *sg);

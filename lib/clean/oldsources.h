/* Distfiles below SPIFF_HOSTDIR/sources that no template names any more. */

struct leftovers;
struct tree;

/* removes the old files of by_sha256/ whose checksum stands in no template of the
 * trees, and the old directories NAME-VERSION of a version that the template of
 * NAME does not have; -1 after a message when a directory cannot be read */
int oldsources(struct leftovers *l, struct tree *t);

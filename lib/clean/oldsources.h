/* Removes distfiles below SPIFF_HOSTDIR/sources that no template names any more. */

struct leftovers;
struct tree;

/* Removes the old files of by_sha256/ whose checksum is in no template of the trees, and
 * the old directories NAME-VERSION of a version that NAME's template does not have; -1
 * after a message if a directory or template cannot be read. */
int oldsources(struct leftovers *l, struct tree *t);

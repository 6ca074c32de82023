/* Removes the trees that builds have of their own, but the first. */

struct leftovers;

/* Removes from SPIFF_HOSTDIR the trees in which no build works, but the first, with which
 * the next build begins, and that of builds by hand; nothing while a build chooses its
 * tree; -1 after a message if a directory cannot be read. */
int oldtrees(struct leftovers *l);

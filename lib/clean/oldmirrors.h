/* Removes copies of main repositories that no build reads any more. */

struct leftovers;

/* Removes from SPIFF_HOSTDIR the copies, which spiff-mirror has made, of more directories
 * than SPIFF_REPOS names now; -1 after a message if a directory cannot be read. */
int oldmirrors(struct leftovers *l);

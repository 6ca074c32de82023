/* Masterdirs and merged trees of slots that nobody uses any more. */

struct leftovers;

/* removes what SPIFF_HOSTDIR and SPIFF_MASTERDIR have of the slots above slots, a
 * number of builds at a time; a slot in which a build runs stays; -1 after a
 * message when a directory cannot be read */
int oldslots(struct leftovers *l, long slots);

/* Removes masterdirs of slots that are not used any more, and what belongs to slots. */

struct leftovers;

/* Removes from SPIFF_HOSTDIR and SPIFF_MASTERDIR the directories of slots above slots,
 * the number of builds at a time, except slots in which a build runs, unless l->all is
 * set; -1 after a message if a directory cannot be read. */
int oldslots(struct leftovers *l, long slots);

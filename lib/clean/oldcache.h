/* What SPIFF_CACHE remembers: evaluated templates and the interfaces of packages. All
 * of it is found again when it is gone. */

struct leftovers;

/* removes the files that nobody has read or written for long; -1 after a message when
 * the directory cannot be read */
int oldcache(struct leftovers *l);

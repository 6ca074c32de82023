/* Package files that replace others of the same name. A file that an index names cannot
 * be replaced together with the index. So the new file waits as .FILE.forced until all
 * indexes that name FILE are written, and then takes its name. Whoever locks the indexes
 * and finds such a file finishes that: if an index has its hash, all indexes that name
 * FILE get the hash, and the file its name; if none has, the file is removed. */

#include <stddef.h>

struct arena;
struct index;

/* Returns the name under which a file waits; the caller owns it. */
char *forcedname(const char *file);

/* Says whether the directory has a file that waits; -1 after a message. */
int forcedhas(const char *dir);

/* Gives the waiting file and its signature their names in the index's directory; -1
 * after a message. */
int forcedfinish(const struct index *ix, const char *file);

/* Finishes or removes what waits in the directory of an index, which is one of the n
 * locked ones of the list; their new entries live in the arena; -1 after a message. */
int forcedrecover(struct index *list, size_t n, struct index *in, struct arena *a);

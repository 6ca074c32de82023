/* A hash table from strings to pointers: open addressing, linear probing, and
 * deletion by moving the rest of the run back (Knuth, 6.4, algorithm R). */

#include <stddef.h>

struct tab;

/* returns an empty table; tabdel frees it */
struct tab *mktab(void);

/* frees the table and its keys, not what the values point to */
void tabdel(struct tab *t);

/* returns the value's place for key, made with a NULL value when new; the
 * table copies the key; the place is good until the next put or drop */
void **tabput(struct tab *t, const char *key);

/* returns the value for key, NULL when there is none */
void *tabget(const struct tab *t, const char *key);

/* returns the table's own copy of key, which lives as long as its entry, NULL
 * when there is none */
const char *tabkey(const struct tab *t, const char *key);

/* removes key and returns its value, NULL when there was none */
void *tabdrop(struct tab *t, const char *key);

/* returns the number of keys */
size_t tablen(const struct tab *t);

/* walks the table in no order: returns the next key and sets *value; *i starts
 * at 0; NULL at the end; the table must not change meanwhile */
const char *tabnext(const struct tab *t, size_t *i, void **value);

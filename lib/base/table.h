/* A hash table from strings to pointers: open addressing, linear probing, and
 * deletion by moving the rest of the run back (Knuth, 6.4, algorithm R). */

#include <stddef.h>

struct table;

/* returns an empty table; tabledel frees it */
struct table *mktable(void);

/* frees the table and its keys, not what the values point to */
void tabledel(struct table *t);

/* the same, and frees the values */
void tabledelall(struct table *t);

/* returns the place of key's value, which is NULL when the key is new; the table copies
 * the key; the place is valid until the next put or drop */
void **tableput(struct table *t, const char *key);

/* returns the value for key, NULL when there is none */
void *tableget(const struct table *t, const char *key);

/* returns the table's own copy of key, which lives as long as its entry, NULL
 * when there is none */
const char *tablekey(const struct table *t, const char *key);

/* removes key and returns its value, NULL when there was none */
void *tabledrop(struct table *t, const char *key);

/* returns the number of keys */
size_t tablelen(const struct table *t);

/* returns the next key, in no order, and sets *value; NULL at the end; *i starts at 0;
 * the table must not change meanwhile */
const char *tablenext(const struct table *t, size_t *i, void **value);

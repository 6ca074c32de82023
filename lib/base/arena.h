/* Memory for many small objects that are freed together. */

#include <stddef.h>

struct arena;

/* returns an empty arena */
struct arena *mkarena(void);

/* frees the arena with all its memory; NULL is allowed */
void arenadel(struct arena *a);

/* returns n bytes, uninitialized, aligned for any object; they live as long as
 * the arena */
void *arenaget(struct arena *a, size_t n);

/* copies n bytes of a string and a NUL into the arena */
char *arenastr(struct arena *a, const char *s, size_t n);

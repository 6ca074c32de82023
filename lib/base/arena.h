/* Memory for many small things that end together. */

#include <stddef.h>

struct arena;

/* returns an empty arena */
struct arena *mkarena(void);

/* frees the arena and all that came from it; NULL is none */
void arenadel(struct arena *a);

/* returns n bytes, uninitialized, aligned for any object; they live as long as
 * the arena */
void *arenaget(struct arena *a, size_t n);

/* copies n bytes of a string and a NUL into the arena */
char *arenastr(struct arena *a, const char *s, size_t n);

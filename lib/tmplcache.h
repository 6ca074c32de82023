/* The memory of evaluations: a file of texts by name, each with a number that
 * says from which state of which template it comes. It may be lost at any time,
 * and what is not exactly as it was written counts as lost. */

#include <stddef.h>
#include <stdint.h>

struct tmplcache;

/* reads dir's file for the key, a text of several lines; id, a line of it that
 * does not change as the tree does, chooses the file. dir "" or one that cannot
 * be used is as if nothing was remembered */
struct tmplcache *tmplcacheopen(const char *dir, const char *id,
    const char *key);

/* returns the text that was put for name, lines that each end in a newline, and
 * sets the number; NULL when there is none; lives as long as the cache */
const char *tmplcacheget(const struct tmplcache *c, const char *name,
    uint64_t *number);

/* puts a text in the place of what name had */
void tmplcacheput(struct tmplcache *c, const char *name, uint64_t number,
    const char *text);

/* if anything was put, writes the texts whose names keep(arg, name) takes; frees
 * the cache in any case */
void tmplcacheclose(struct tmplcache *c, int (*keep)(void *, const char *),
    void *arg);

/* The memory of evaluations: a file of texts by name, each with its origin. It may
 * be lost at any time, and what is not exactly as it was written counts as lost. */

#include <stddef.h>
#include <stdint.h>

struct origin;
struct tmplcache;

/* reads dir's file for the key, a text of several lines; id, a line of it that
 * does not change as the tree does, chooses the file. state(arg, deep) tells the
 * number of what all texts come from besides, as in stamp.h. dir "" or one that
 * cannot be used is as if nothing was remembered */
struct tmplcache *tmplcacheopen(const char *dir, const char *id,
    const char *key, uint64_t (*state)(const void *arg, int deep),
    const void *arg);

/* returns the text that was put for name, lines that each end in a newline, and
 * sets its origin; NULL when there is none; lives as long as the cache */
const char *tmplcacheget(const struct tmplcache *c, const char *name,
    struct origin *from);

/* puts a text in the place of what name had */
void tmplcacheput(struct tmplcache *c, const char *name,
    const struct origin *from, const char *text);

/* gives the text of name another status */
void tmplcachetouch(struct tmplcache *c, const char *name, uint64_t status);

/* if anything was put and the state is what it was, writes the texts whose names
 * keep(arg, name) takes; frees the cache in any case */
void tmplcacheclose(struct tmplcache *c, int (*keep)(void *, const char *),
    void *arg);

/* The cache of evaluated templates: a file of texts by source package, each with its
 * origin. It may be lost at any time; a file that is not exactly as it was written
 * counts as lost. */

#include <stddef.h>
#include <stdint.h>

struct tmplcache;

/* What an evaluation was made from, as numbers like those of fingerprint.h: of the
 * status of the files, and of their contents. While either is the same, so is the
 * evaluation. The status is had at once; the contents are the same after another
 * checkout too. */
struct origin {
	uint64_t status, contents;
};

/* reads dir's file for these trees. id are lines that tell the trees, and so their file,
 * from others; key are lines of what the texts depend on besides files. state(arg, deep)
 * returns the number of the files that all texts depend on, as in fingerprint.h. dir
 * must outlive the cache; with "", or a directory that cannot be used, the cache is
 * empty */
struct tmplcache *tmplcacheopen(const char *dir, const char *id,
    const char *key, uint64_t (*state)(const void *arg, int deep),
    const void *arg);

/* returns the text of name, lines that each end in a newline, and sets its origin; NULL
 * when there is none; lives as long as the cache */
const char *tmplcacheget(const struct tmplcache *c, const char *name,
    struct origin *from);

/* returns how many files of other trees there are with the same key and state */
size_t tmplcacheothers(struct tmplcache *c);

/* the same as tmplcacheget in the i-th of these files */
const char *tmplcacheother(struct tmplcache *c, const char *name, size_t i,
    struct origin *from);

/* sets the text of name */
void tmplcacheput(struct tmplcache *c, const char *name,
    const struct origin *from, const char *text);

/* sets the status of name's text */
void tmplcachetouch(struct tmplcache *c, const char *name, uint64_t status);

/* writes the texts of the names for which keep(arg, name) returns 1, if any was put and
 * the state is the same as at tmplcacheopen; frees the cache */
void tmplcacheclose(struct tmplcache *c, int (*keep)(void *, const char *),
    void *arg);

/* Makes a struct tmpl of bash's answer. */

struct arena;
struct buf;
struct tmpl;
struct tree;

/* appends an answer in the form of the cache, with each run-time dependency under the
 * packages that have it */
void tmplparsefold(struct buf *b, const char *answer);

/* returns the template of lines in the form of the cache, in the arena; its error is
 * set when they do not describe a sound template */
struct tmpl *tmplparse(struct arena *a, struct tree *tree, const char *name,
    const char *lines);

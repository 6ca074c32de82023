/* From what bash answers about a template to a struct tmpl. */

struct arena;
struct buf;
struct tmpl;
struct tree;

/* appends the answer as it is remembered: with each run-time dependency under
 * the packages that have it */
void tmplparsefold(struct buf *b, const char *answer);

/* returns the template that such lines are about, in the arena; error is set in
 * it when they are not those of a sound one */
struct tmpl *tmplparse(struct arena *a, struct tree *tree, const char *name,
    const char *lines);

/* What evaluation depends on besides the templates: the trees' own code, and
 * the settings of xbps-src. */

#include <stddef.h>

struct evalenv;
struct tmplenv;
struct tree;

/* fills ee for bash and sets *id to the lines that tell this evaluation from
 * those of other trees, machines and settings, and *key to the same with the
 * state of all the files it reads and of ourselves; the caller owns both, and
 * frees ee by tmplenvfree; -1 after a message */
int tmplenvmake(const struct tree *t, const struct tmplenv *env,
    struct evalenv *ee, char **id, char **key);

/* frees what ee has */
void tmplenvfree(struct evalenv *ee);

/* What evaluation depends on besides the templates: the trees' own code, and
 * the settings of xbps-src. */

#include <stddef.h>
#include <stdint.h>

struct bashpoolenv;
struct tmplenv;
struct tree;

/* fills ee for bash and sets *id to the lines that tell this evaluation from
 * those of other trees, machines and settings, and *key to the same with the
 * number of the program; the caller owns both, and frees ee by tmplenvfree; -1
 * after a message */
int tmplenvmake(const struct tree *t, const struct tmplenv *env,
    struct bashpoolenv *ee, char **id, char **key);

/* returns the number of all files but templates that evaluation reads, deep or
 * not as in stamp.h */
uint64_t tmplenvstate(const struct bashpoolenv *ee, int deep);

/* frees what ee has */
void tmplenvfree(struct bashpoolenv *ee);

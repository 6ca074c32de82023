/* What evaluation depends on besides the templates: the trees' own code, and
 * the settings of xbps-src. */

#include <stddef.h>
#include <stdint.h>

struct bashpoolenv;
struct tmplenv;
struct tree;

/* fills ee but for common; sets *id to the lines that tell these trees from others, and
 * *key to those of what an answer depends on besides the contents of files; the caller
 * owns both, and frees ee by tmplenvfree; -1 after a message */
int tmplenvmake(const struct tree *t, const struct tmplenv *env,
    struct bashpoolenv *ee, char **id, char **key);

/* fills ee for bash: sets ee->common, and where overlays add to common/ makes it a
 * directory below TMPDIR, which is gone when ee is freed, or this process; -1 after a
 * message */
int tmplenvready(struct bashpoolenv *ee);

/* returns the number of all files that are read for every template, deep or not as in
 * fingerprint.h */
uint64_t tmplenvstate(const struct bashpoolenv *ee, int deep);

/* returns the number of those files below common/ that an evaluation read besides, by its
 * lines as in tmplparse.c; what was looked at once stays as it was then */
uint64_t tmplenvshared(struct bashpoolenv *ee, const char *lines, int deep);

/* frees what ee has */
void tmplenvfree(struct bashpoolenv *ee);

/* The environment of evaluations: the files of the trees besides templates, and the
 * settings of xbps-src. */

#include <stddef.h>
#include <stdint.h>

struct bashpoolenv;
struct tmplenv;
struct tree;

/* sets ee but for common; sets *id and *key for tmplcacheopen, which the caller owns; -1
 * after a message; tmplenvfree frees ee */
int tmplenvmake(const struct tree *t, const struct tmplenv *env,
    struct bashpoolenv *ee, char **id, char **key);

/* sets ee->common for bash; where overlays have a common/ makes it a directory below
 * TMPDIR, which is removed when ee is freed or this process ends; -1 after a message */
int tmplenvready(struct bashpoolenv *ee);

/* returns the number of the files that are read for every template; deep is as in
 * fingerprint.h */
uint64_t tmplenvstate(const struct bashpoolenv *ee, int deep);

/* returns the number of the other files below common/ that an evaluation has read, such
 * as build styles, by its lines as in tmplparse.c; reads each file once for all calls */
uint64_t tmplenvshared(struct bashpoolenv *ee, const char *lines, int deep);

/* frees what ee has */
void tmplenvfree(struct bashpoolenv *ee);

/* What a template's text mentions of what is beside it: so that the memory of
 * its evaluation knows what it may hang on. It only tells what cannot be left
 * out; what the template says is told by bash. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct origin;
struct stat;
struct tmplcache;

struct mention {
	int eval;		/* it may define subpackages of any name */
	char *subs;		/* those it may define otherwise: words, sorted */
	int files;		/* it may read what lies in its files/ */
	int patches;		/* or in its patches/ */
	int any;		/* it may read anything */
	int common;		/* it may read what lies below common/ */
	char **others;		/* source packages whose directories it may read */
	size_t nothers;
	int quick;		/* it runs what lib/tree/tmpl.bash has without a fork */
	char *hints;		/* packages that it may need: words, a guess */
};

/* reads the text, a string */
void mention(const char *text, struct mention *m);

/* frees what m has */
void mentionfree(struct mention *m);

/* What the evaluation of a template comes from: the template, and what is beside
 * it that it may read. */

/* in numbers as those of stamp.h: of the files' status, and of their contents.
 * While either is the same so is the evaluation: the first is known at once, the
 * second outlasts another link and another checkout */
struct origin {
	uint64_t status, contents;
};

/* appends the text of a template; -1 with errno */
int originread(const char *srcpkgs, const char *name, struct buf *b);

/* returns the number of the template's status and that of the directories below
 * srcpkgs that lines begin with, a line `w PATH` for each */
uint64_t originstatus(const char *srcpkgs, const struct stat *st,
    const char *lines);

/* returns the number of the contents of these directories */
uint64_t origincontents(const char *srcpkgs, const char *lines);

/* The memory of evaluations: a file of texts by name, each with its origin. It may
 * be lost at any time, and what is not exactly as it was written counts as lost. */

/* reads dir's file for the key, lines that say what the texts depend on, and id, lines
 * that choose the file: those of the trees, and what of the key does not change with
 * spiff. state(arg, deep) tells the number of what all texts come from besides, as in
 * fingerprint.h. dir, which must outlive the cache, is "" for none; one that cannot be
 * used is as if nothing was remembered */
struct tmplcache *tmplcacheopen(const char *dir, const char *id,
    const char *key, uint64_t (*state)(const void *arg, int deep),
    const void *arg);

/* returns the text that was put for name, lines that each end in a newline, and
 * sets its origin; NULL when there is none; lives as long as the cache */
const char *tmplcacheget(const struct tmplcache *c, const char *name,
    struct origin *from);

/* returns how many trees there are besides whose texts come from the same state */
size_t tmplcacheothers(struct tmplcache *c);

/* the same as tmplcacheget for the text that the i-th of them has for name */
const char *tmplcacheother(struct tmplcache *c, const char *name, size_t i,
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

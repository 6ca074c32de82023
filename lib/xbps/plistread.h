/* Reads XML property lists as XBPS does. What was read and not changed,
 * plistwrite writes back the same, byte for byte, if XBPS wrote it. */

#include <stddef.h>
#include <stdint.h>

struct arena;
struct plist;

/* why and where a text is no property list */
struct plisterr {
	const char *why;
	size_t line;
};

/* makes a tree of the n bytes of text, which are followed by a NUL; the tree's
 * strings lie in the text, which is changed and has to live as long; its nodes
 * come from a; NULL with e filled in */
struct plist *plistread(struct arena *a, char *text, size_t n,
    struct plisterr *e);

/* The tags and texts of XML property lists, one after the other, out of a text
 * that is changed on the way. */

enum tagname { STRING, KEY, ARRAY, DICT, INTEGER, TRUE, FALSE, DATA, PLIST, UNKNOWN };

struct tag {
	enum tagname name;
	enum { START, END, EMPTY } kind;
	int attr;		/* it has an attribute */
};

struct tags {
	char *p;		/* what comes next */
	char *end;		/* where a NUL is */
	const char *why;	/* what is wrong, NULL as long as nothing is */
};

/* sets why, unless it is set; returns -1 */
int tagbad(struct tags *x, const char *why);

/* goes to the first tag, behind what XML has before it; -1 with why set */
int tagfirst(struct tags *x);

/* takes the next tag; -1 with why set */
int tagget(struct tags *x, struct tag *t);

/* takes the text up to the end tag of that name, decoded where it lies and ended
 * by a NUL, and the tag; -1 with why set */
int tagtext(struct tags *x, enum tagname name, char **s, uint32_t *len);

/* sees that nothing comes any more; -1 with why set */
int taglast(struct tags *x);

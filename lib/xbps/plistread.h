/* Reads XML property lists as XBPS does. plistwrite writes a tree that was read back the
 * same, byte for byte, if XBPS wrote the text. */

#include <stddef.h>

struct arena;
struct plist;

/* why and in which line a text is no property list */
struct plisterr {
	const char *why;
	size_t line;
};

/* returns the tree of the n bytes of text, which a NUL follows; the text is changed, and
 * has to live as long as the tree, whose strings lie in it; the nodes come from a; NULL
 * with e set */
struct plist *plistread(struct arena *a, char *text, size_t n,
    struct plisterr *e);

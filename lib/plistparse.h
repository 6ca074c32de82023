/* Reads XML property lists as XBPS does. What was read and not changed,
 * plistwrite writes back the same, byte for byte, if XBPS wrote it. */

#include <stddef.h>

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
struct plist *plistparse(struct arena *a, char *text, size_t n,
    struct plisterr *e);

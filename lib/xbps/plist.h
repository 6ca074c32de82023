/* Property lists as trees, and writing them as the XML of XBPS, which plistread reads. */

#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;

enum plisttype {
	PLIST_DICT,
	PLIST_ARRAY,
	PLIST_STRING,
	PLIST_INTEGER,
	PLIST_DATA,
	PLIST_TRUE,
	PLIST_FALSE
};

/* a value and, in a dictionary, its key; a dictionary's kids are in the order of
 * their keys (strcmp) */
struct plist {
	const char *key;	/* NULL for what is not in a dictionary */
	union {
		struct plist *kids;	/* dictionary, array */
		const char *s;		/* string; digits; base64 without space */
	} u;
	uint32_t len;		/* kids; bytes in s, the NUL not counted */
	uint8_t type;
	uint8_t room;		/* kids can grow to the next power of two */
};

/* appends the text of a property list to b */
void plistwrite(struct buf *b, const struct plist *p);

/* sorts n values of a dictionary by their keys, which lie in one text in the order in
 * which they were read; of equal keys the last stays; returns how many are left */
size_t plistsort(struct plist *kids, size_t n);

/* returns an empty dictionary */
struct plist *mkplist(struct arena *a);

/* returns a dictionary's value, NULL if there is none or p is not a dictionary */
struct plist *plistget(const struct plist *p, const char *key);

/* returns a dictionary's string, NULL if there is none of that key */
const char *pliststr(const struct plist *p, const char *key);

/* returns a dictionary's array of strings, NULL if there is none of that key */
const struct plist *pliststrs(const struct plist *p, const char *key);

/* sets *n to a dictionary's number; -1 if there is none of that key, or it is
 * negative */
int plistnum(const struct plist *p, const char *key, uint64_t *n);

/* sets a dictionary's key to a copy of the node value; key and the value's kids are not
 * copied and have to live as long */
void plistset(struct arena *a, struct plist *dict, const char *key,
    const struct plist *value);

/* the same with a string, which is copied, or a number */
void plistsetstr(struct arena *a, struct plist *dict, const char *key,
    const char *s);
void plistsetnum(struct arena *a, struct plist *dict, const char *key,
    uint64_t n);

/* removes a key from a dictionary */
void plistdrop(struct plist *dict, const char *key);

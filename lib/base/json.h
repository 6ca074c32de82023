/* Reads JSON into a tree. */

#include <stddef.h>

struct arena;

enum jsontype { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING,
	JSON_ARRAY, JSON_OBJECT };

struct json {
	enum jsontype type;
	const char *key;		/* in an object, else NULL */
	const char *text;		/* of a string or number, else "" */
	const struct json *first;	/* element of an array or object */
	const struct json *next;	/* element of the same array or object */
};

/* reads n bytes, which have to be one value; the tree lives as long as the arena; NULL
 * when they are no JSON, or nested deeper than 32 */
const struct json *jsonread(struct arena *a, const char *s, size_t n);

/* returns a member of an object, NULL when there is none; o may be no object, or NULL */
const struct json *jsonget(const struct json *o, const char *key);

/* returns the text of a member that is a string, else "" */
const char *jsonstring(const struct json *o, const char *key);

/* returns a member that is a number without a fraction, else 0 */
long long jsonnumber(const struct json *o, const char *key);

/* says whether a member is true */
int jsontrue(const struct json *o, const char *key);

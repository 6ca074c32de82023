/* JSON, read into a tree. */

#include <stddef.h>

struct arena;

enum jsontype { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING,
	JSON_ARRAY, JSON_OBJECT };

struct json {
	enum jsontype type;
	const char *key;		/* in an object, else NULL */
	const char *text;		/* of a string or number, else "" */
	const struct json *first;	/* element of an array or object */
	const struct json *next;	/* behind this one in the same */
};

/* reads n bytes, which must be one value and nothing else; the tree lives as long
 * as the arena; NULL when it is not JSON, or nested deeper than 32 */
const struct json *jsonread(struct arena *a, const char *s, size_t n);

/* returns the member of an object, NULL when there is none or o is no object;
 * NULL is allowed */
const struct json *jsonget(const struct json *o, const char *key);

/* returns the text of the object's member that is a string, otherwise "" */
const char *jsonstring(const struct json *o, const char *key);

/* returns the object's member that is a number without a fraction, otherwise 0 */
long long jsonnumber(const struct json *o, const char *key);

/* says whether the object's member is true */
int jsontrue(const struct json *o, const char *key);

/* Text as HTML and XML: text from outside is shown and never acts. */

#include <stdint.h>

struct buf;

/* Appends any text, cleaned as textclean does, escaped for content and for quoted
 * attributes. */
void htmltext(struct buf *b, const char *s);

/* Appends s as one part of a path in a URL; / is escaped, too. */
void htmlurl(struct buf *b, const char *s);

/* Appends an element with a time, seconds since the epoch, as date and minute in UTC. */
void htmltime(struct buf *b, int64_t t);

/* The same without the date if it is that of now. */
void htmlclock(struct buf *b, int64_t t, int64_t now);

/* Appends a time as RFC 3339 has it, in UTC. */
void htmlstamp(struct buf *b, int64_t t);

/* Appends a link to a URL with a text. */
void htmllink(struct buf *b, const char *to, const char *text);

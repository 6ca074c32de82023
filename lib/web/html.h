/* Text as HTML and XML: what comes from outside is shown and never acts. */

#include <stdint.h>

struct buf;

/* appends s, which may be anything, so that it stands for itself in text and in
 * quoted attributes; made one line of clean text first, as textclean does */
void htmltext(struct buf *b, const char *s);

/* appends s as a part of a path in a URL, / escaped too */
void htmlurl(struct buf *b, const char *s);

/* appends a time, seconds since the epoch, as an element that says it in UTC, with
 * the date and to the minute */
void htmltime(struct buf *b, int64_t t);

/* the same without the date, if it is of the same day as now */
void htmlclock(struct buf *b, int64_t t, int64_t now);

/* appends a time as RFC 3339 has it, in UTC */
void htmlstamp(struct buf *b, int64_t t);

/* appends a link: to, which is a URL already, and text as htmltext has it */
void htmllink(struct buf *b, const char *to, const char *text);

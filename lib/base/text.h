/* Text from outside, made fit for one line of a terminal, and times in words. */

#include <stdint.h>
#include <stddef.h>

struct buf;

/* appends s as valid UTF-8 on one line: without escape sequences, with ? for other
 * control characters and those that turn the direction of writing, with spaces for
 * tabs; of a line with carriage returns, the part behind the last one */
void textclean(struct buf *b, const char *s);

/* the same, and at most cols columns of it, the last one … when there is more */
void textcut(struct buf *b, const char *s, size_t cols);

/* appends clean text as lines of at most cols columns, 0 for no limit, which end where a
 * space was; a longer word has a line of its own; the last line has a newline too */
void textfold(struct buf *b, const char *s, size_t cols);

/* returns the last line of what a program has said, without the program's name before it,
 * as in "name: "; it lives as long as said, from which newlines at the end are cut */
const char *textlast(struct buf *said, const char *name);

/* returns the first n bytes of s, made clean, for a message: not all if they are very
 * many; the caller owns it */
char *textline(const char *s, size_t n);

/* decodes the UTF-8 character at s to *c and returns its bytes, 0 when it is none */
size_t textdecode(const char *s, unsigned long *c);

/* returns the columns of clean text: two for a character of East Asian scripts and for a
 * picture, one for any other code point */
size_t textcols(const char *s);

/* appends clean text, of as many columns, for a terminal that knows ASCII alone: the
 * … of what was cut becomes >, other characters ? */
void textascii(struct buf *b, const char *s);

/* appends a number of bytes as "512 MiB", "1.5 GiB" */
void textsize(struct buf *b, int64_t bytes);

/* appends a span of time as "7s", "2m05s", "3h05m", "2d03h", "123d" */
void textspan(struct buf *b, int64_t secs);

/* returns a hash of n bytes */
uint64_t texthash(const void *p, size_t n);

/* returns the next line of a text, ended by a NUL in place of its newline, and moves
 * *rest behind it; NULL at the end, or when *rest is NULL */
char *textnext(char **rest);

/* returns the length of s without the suffix, 0 when s has another end, or nothing
 * else */
size_t textends(const char *s, const char *suffix);

/* whether one of the words, with spaces between, is the word */
int texthasword(const char *words, const char *word);

/* compares two strings for qsort(3): the arguments point to char pointers */
int textcompare(const void *a, const void *b);

/* returns the seconds of a span of time, which is a number of them or one with a unit,
 * s, m, h or d; -1 when it is none, or longer than ten years */
int64_t textseconds(const char *s);

/* returns how much two names differ: 1 for each letter of the other case, 2 for each
 * missing, different or additional letter; TEXTFAR when one is no misspelling of the
 * other */
enum { TEXTFAR = 1000 };
unsigned textdistance(const char *a, const char *b);

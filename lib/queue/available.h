/* What the repositories have, as far as jobs go: whether the package that a job
 * makes is there at the job's version. Each architecture's are read when first
 * asked about. */

#include <stddef.h>

struct stock;

/* returns a stock of which nothing is read yet; stockdel frees it */
struct stock *mkstock(void);

/* frees it; NULL is allowed */
void stockdel(struct stock *s);

/* whether a repository has the job's package at exactly its version, in the
 * index or in the stage; 0 too when they cannot be read, after a message */
int stockhas(struct stock *s, const char *job);

/* whether the build repository has a later version of the job's package */
int stocklater(struct stock *s, const char *job);

/* notes that a job's package has been put into the build repository since that
 * was read */
void stockadd(struct stock *s, const char *job);

/* how much is to be read again: all; what has changed; or what has changed and was
 * read half an hour ago, for who learns by stockadd what is new */
enum stockhow { STOCK_ALL, STOCK_CHANGED, STOCK_OLD };

/* reads again, and, from time to time, what could not be read; 1 when anything
 * was read */
int stockfresh(struct stock *s, enum stockhow how);

/* whether there are repositories that could not be read */
int stockbroken(const struct stock *s);

/* returns how many packages have to be rebuilt before what is staged in the build
 * repository can enter its index, for the architecture of the settings and those that
 * were asked about */
size_t stockdue(struct stock *s);

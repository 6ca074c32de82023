/* What the repositories have, as far as jobs go: whether the package that a job
 * makes is there at the job's version. Each architecture's are read when first
 * asked about. */

#include <stddef.h>

struct available;

/* returns an object that has read no repository yet; availabledel frees it */
struct available *mkavailable(void);

/* frees it; NULL is allowed */
void availabledel(struct available *s);

/* whether a repository has the job's package at exactly its version, in the
 * index or in the stage; 0 too when they cannot be read, after a message */
int availablehas(struct available *s, const char *job);

/* whether the build repository has a later version of the job's package */
int availablelater(struct available *s, const char *job);

/* notes that a job's package has been put into the build repository since that
 * was read */
void availableadd(struct available *s, const char *job);

/* how much is to be read again: all; what has changed; or what has changed and was
 * read half an hour ago, for who learns by availableadd what is new */
enum availablehow { AVAILABLE_ALL, AVAILABLE_CHANGED, AVAILABLE_OLD };

/* reads again, and, from time to time, what could not be read; 1 when anything
 * was read */
int availablerefresh(struct available *s, enum availablehow how);

/* whether there are repositories that could not be read */
int availablebroken(const struct available *s);

/* returns how many packages have to be rebuilt before what is staged in the build
 * repository can enter its index, for the architecture of the settings and those that
 * were asked about */
size_t availabledue(struct available *s);

/* Whether a repository has the package that a job makes, at the job's version. The
 * repositories of an architecture are read when first asked about. */

#include <stddef.h>

struct available;
struct job;

/* Returns an object that has read no repository; availabledel frees it. */
struct available *mkavailable(void);

/* Frees it; NULL is allowed. */
void availabledel(struct available *s);

/* Says whether a repository has the job's package at exactly its version, in the index or
 * in the stage; 0 too, after a message, when it cannot be read. */
int availablehas(struct available *s, const char *job);

/* Says whether the build repository has a later version of the job's package. */
int availablelater(struct available *s, const char *job);

/* Returns an architecture but the job's own for which the build repository has all
 * packages of the job, as noarch ones; the caller owns it; NULL when there is none. */
char *availableshared(struct available *s, const struct job *j);

/* Remembers that a job's package is in the build repository, until that is read again. */
void availableadd(struct available *s, const char *job);

/* What to read again: all; changed repositories; or those that have changed and were read
 * half an hour ago, for callers that use availableadd. */
enum availablehow { AVAILABLE_ALL, AVAILABLE_CHANGED, AVAILABLE_OLD };

/* Reads repositories again, and from time to time those that could not be read; 1 if any
 * was read. */
int availablerefresh(struct available *s, enum availablehow how);

/* Says whether there are repositories that could not be read. */
int availablebroken(const struct available *s);

/* Returns how many packages of the build repository must be rebuilt, since they need a
 * soname that no repository has, or before its stages can move into the indexes, for
 * SPIFF_ARCH and the architectures that were asked about. */
size_t availabledue(struct available *s);

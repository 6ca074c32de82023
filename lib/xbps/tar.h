/* Tar archives, read however XBPS compresses them, entry by entry. Nothing is said
 * here: -1 comes with the reason in why. */

#include <stddef.h>

struct archive;
struct archive_entry;
struct buf;

struct tar {
	struct archive *ar;
	struct archive_entry *entry;
	char why[128];
	int transient;	/* why is the system's fault, not the archive's */
};

/* begins to read the archive in fd, which stays open; tarclose ends it unless
 * -1 was returned */
int taropen(struct tar *t, int fd);

/* goes to the next entry: 1, *name set until the next call and *regular to
 * whether it is a plain file; 0 at the end, -1 */
int tarnext(struct tar *t, const char **name, int *regular);

/* returns how many bytes the entry says that it has */
unsigned long long tarsize(struct tar *t);

/* appends the entry's data to b; -1, for more than max bytes too */
int tardata(struct tar *t, size_t max, struct buf *b);

/* ends reading */
void tarclose(struct tar *t);

/* begins to append an archive to b, not compressed; tarfinish ends it unless -1
 * was returned */
int tarcreate(struct tar *t, struct buf *b);

/* writes a file, of root and without a time; -1 */
int taradd(struct tar *t, const char *name, const void *data, size_t n);

/* ends writing, with what is left to be written unless it failed; -1 */
int tarfinish(struct tar *t, int failed);

/* Tar archives: reads those that XBPS compresses, entry by entry, and writes plain ones.
 * The functions print no messages: -1 comes with the reason in why. */

#include <stddef.h>

struct archive;
struct archive_entry;
struct buf;

struct tar {
	struct archive *ar;
	struct archive_entry *entry;
	char why[128];
	int transient;	/* the system failed: another try may succeed */
};

/* begins to read the archive in fd, which the caller closes; tarclose ends reading unless
 * -1 was returned */
int taropen(struct tar *t, int fd);

/* reads the next entry: 1, with *name set until the next call and *regular to whether it
 * is a plain file; 0 at the end; -1 */
int tarnext(struct tar *t, const char **name, int *regular);

/* returns the entry's size in bytes, as its header has it */
unsigned long long tarsize(struct tar *t);

/* appends the entry's data to b; -1 also for more than max bytes */
int tardata(struct tar *t, size_t max, struct buf *b);

/* ends reading */
void tarclose(struct tar *t);

/* begins to append an archive to b; tarfinish ends it unless -1 was returned */
int tarcreate(struct tar *t, struct buf *b);

/* writes a file that belongs to root and has no time; -1 */
int taradd(struct tar *t, const char *name, const void *data, size_t n);

/* ends the archive, or gives it up if failed is set; -1 */
int tarfinish(struct tar *t, int failed);

/* Tar archives, compressed as XBPS has them, entry by entry. Messages begin
 * with the name given to the open call, which has to live as long. */

#include <stddef.h>

struct archive;
struct archive_entry;
struct buf;

struct tar {
	struct archive *ar;
	struct archive_entry *entry;
	const char *file;
};

struct packing {
	int level;	/* zstd's, 1 to 19 */
	int threads;	/* that compress, 0 for none beside the caller */
};

/* begins to read the archive in fd, which stays open; -1 after a message */
int taropen(struct tar *t, int fd, const char *file);

/* goes to the next entry: 1, *name set until the next call and *regular to
 * whether it is a plain file; 0 at the end, -1 after a message */
int tarnext(struct tar *t, const char **name, int *regular);

/* appends the entry's data to b; -1 after a message, for more than max bytes
 * too */
int tardata(struct tar *t, size_t max, struct buf *b);

/* ends reading */
void tarclose(struct tar *t);

/* begins to write an archive to fd; -1 after a message */
int tarcreate(struct tar *t, int fd, const char *file, const struct packing *p);

/* writes a file, of root and without a time; -1 after a message */
int taradd(struct tar *t, const char *name, const void *data, size_t n);

/* ends writing: -1 after a message, whatever write went wrong; tarcreate's
 * success is to be followed by this in any case */
int tarfinish(struct tar *t);

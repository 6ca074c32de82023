/* A directory of generated files, of which only those are written that have changed.
 * Its file .pages has a signature of all input, then a line for each file with a hash,
 * the size and a note. Without .pages every file is written. A process that writes
 * holds the lock .lock. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct dir;

/* Opens the directory, made if it is missing, for input with that signature, 0:
 * unknown, and waits until no other process writes there; NULL after a message. */
struct dir *diropen(const char *path, uint64_t signature);

/* Says whether the files were made from input with that signature, and index.html, in
 * place of all, is still there. */
int dirfresh(const struct dir *p);

/* Writes a file with the text of b, unless it has that already, and empties b; -1 after
 * a message. */
int dirput(struct dir *p, const char *name, struct buf *b);

/* Says whether a file that was written with dirputas and this hash is there, and keeps
 * it; *note, which lives as long as p, is its note. */
int dirkeep(struct dir *p, const char *name, uint64_t hash, const char **note);

/* Writes a file, empties b, and remembers the hash of the file's input and a note of one
 * line; -1 after a message. */
int dirputas(struct dir *p, const char *name, struct buf *b,
    uint64_t hash, const char *note);

/* Makes the file a link to, or a copy of, a file of another directory; -1 after a
 * message. */
int dirlink(struct dir *p, const char *name, int fromdir, const char *from);

/* Removes earlier files that were neither put nor kept, writes .pages, and frees p in any
 * case; -1 after a message. */
int dirclose(struct dir *p);

/* Frees p; the directory stays as it is. */
void dirabandon(struct dir *p);

/* Returns the hash of n bytes, continued from h, 0 to begin with. */
uint64_t dirhash(uint64_t h, const void *s, size_t n);

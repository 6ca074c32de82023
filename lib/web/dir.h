/* A directory of generated files, of which those are written that have changed.
 * The file .pages in it remembers what was written: a line with a signature of
 * what all was made from, then one for each file with a hash, the size and
 * a note. It is expendable: without it everything is written. One process at a
 * time writes, the one that has .lock. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct dir;

/* opens the directory, making it if need be, and waits until no other process
 * writes there; NULL after a message */
struct dir *diropen(const char *path);

/* whether all was made from what has this signature */
int dirfresh(const struct dir *p, uint64_t signature);

/* makes the file say what b does, which is emptied; -1 after a message */
int dirput(struct dir *p, const char *name, struct buf *b);

/* whether a file whose text depends only on what has this hash is there; then it
 * stays, and *note is what was noted with it, as long as p lives */
int dirkeep(struct dir *p, const char *name, uint64_t hash,
    const char **note);

/* makes the file say what b does, and remembers hash in place of the text's own,
 * and a note without a newline; -1 after a message */
int dirputas(struct dir *p, const char *name, struct buf *b,
    uint64_t hash, const char *note);

/* makes the file another name of, or a copy of, a file of another directory; -1
 * after a message */
int dirlink(struct dir *p, const char *name, int fromdir,
    const char *from);

/* removes what was written earlier and not put or kept since, and notes what is
 * there and its signature; -1 after a message; frees p in any case */
int dirclose(struct dir *p, uint64_t signature);

/* frees p, and the directory stays as it is */
void dirabandon(struct dir *p);

/* hashes n bytes on top of h, 0 to begin with */
uint64_t dirhash(uint64_t h, const void *s, size_t n);

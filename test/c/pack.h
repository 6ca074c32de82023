/* Packages for tests, of archives. */

struct buf;

/* writes the archive, compressed at a level of zstd, to a file of the directory,
 * frees what it has, and ends the program with 111 after a message if it fails */
void packwrite(int dir, const char *file, struct buf *archive, int level);

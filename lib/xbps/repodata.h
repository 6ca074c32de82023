/* The file ARCH-repodata of a repository: what is in the index, what waits in
 * the stage, and the index's metadata (the public key). A file appears whole
 * or not at all. */

#include <stddef.h>

struct arena;
struct plist;

struct repodata {
	struct arena *arena;	/* of the trees; entries may be added to it */
	struct plist *index;	/* package names to what is known of them */
	struct plist *stage;
	struct plist *meta;	/* NULL when there is none */
	char *text[3];		/* that the trees lie in */
};

/* reads the file, path being its name for messages too: 1 read, 0 when there
 * is none, rd being empty then; -1 after a message; repodatafree frees rd
 * unless -1 was returned */
int repodataread(struct repodata *rd, const char *path);

/* writes a new file beside that one, durable, what changed being compressed at a
 * level of zstd; returns its path, which the caller owns, NULL after a message */
char *repodatadraft(const struct repodata *rd, const char *path, int level);

/* frees what rd has */
void repodatafree(struct repodata *rd);

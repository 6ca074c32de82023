/* The file ARCH-repodata of a repository: its index, its stage, and the metadata, which
 * are the public key. */

#include <stddef.h>

struct arena;
struct plist;

struct repodata {
	struct arena *arena;	/* of the trees; entries may be added to it */
	struct plist *index;	/* names to properties of packages */
	struct plist *stage;
	struct plist *meta;	/* NULL: none */
	char *text[3];		/* of the trees' strings */
};

/* reads the file: 1; 0 when there is none, with index and stage empty; -1 after a
 * message; repodatafree frees rd unless -1 was returned */
int repodataread(struct repodata *rd, const char *path);

/* writes and syncs a new file beside path, compressed at a level of zstd; returns the
 * path of the new file, which the caller owns; NULL after a message */
char *repodatadraft(const struct repodata *rd, const char *path, int level);

/* frees what rd has */
void repodatafree(struct repodata *rd);

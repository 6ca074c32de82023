/* The indexes that a batch of deliveries goes into: one for each sub-repository
 * and architecture, all locked together, always in the same order so that two
 * who do this never wait for each other. */

#include <stddef.h>
#include <stdio.h>

struct index;
struct pkg;
struct signer;

struct shelf {
	char *sub;		/* sub-repository, "" for the main one */
	char *arch;
	char *path;		/* of the directory */
	int dir;		/* -1 when it could not be opened */
	int noarch;		/* gets noarch files */
	int lock;		/* on the directory's noarch files, or -1 */
	struct index *ix;	/* NULL then */
	char **placed;	/* files that are to be synced */
	size_t nplaced;
};

struct shelves {
	const char *repo;
	struct shelf *list;
	size_t n;
};

/* names an index that will be needed, and whether for noarch packages too */
void shelfneed(struct shelves *ss, const char *sub, const char *arch, int noarch);

/* names the indexes of all architectures that the sub-repository has, for noarch
 * packages */
void shelfneedall(struct shelves *ss, const char *sub);

/* opens and locks all that was named, making directories; what cannot be opened
 * is left closed, after a message */
void shelvesopen(struct shelves *ss);

/* returns an index that was named, NULL if it could not be opened */
struct shelf *shelfget(const struct shelves *ss, const char *sub,
    const char *arch);

/* puts the file from, below fromdir, into the directory as p's file, unless its
 * bytes are there already, and its signature, if there is one to be; -1 with
 * errno, EIO if a copy has other bytes */
int shelfplace(struct shelf *s, int fromdir, const char *from,
    const struct pkg *p, int issigned);

/* whether the index of another architecture has a noarch package at this version,
 * so that its file is not to be replaced; 1, 0, -1 after a message */
int shelfshared(const struct shelves *ss, const struct shelf *s,
    const struct pkg *p);

/* settles, signs, syncs and writes all that was changed, and says what was done;
 * those that could not be written are closed, after a message */
void shelveswrite(struct shelves *ss, const struct signer *sg, FILE *out);

/* unlocks and frees all */
void shelvesfree(struct shelves *ss);

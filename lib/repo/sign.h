/* Signatures of packages and repositories, made by xbps-rindex with the key
 * SPIFF_PRIVKEY in the name of SPIFF_SIGNEDBY. */

#include <stddef.h>

struct arena;
struct index;
struct plist;

struct signer {
	int on;			/* the settings ask for signatures */
	char *key;
	char *by;
	struct plist *meta;	/* the key's metadata for indexes */
	struct arena *arena;
	char *text;
};

/* Reads the settings, and tries the key and the tool by making an index's metadata; -1
 * after a message if they cannot sign. signclose frees s after 0. */
int signopen(struct signer *s);

/* Frees what s has. */
void signclose(struct signer *s);

/* Makes FILE.sig2 of each of n files anew, and syncs it, but not the directory; -1
 * after a message. */
int signfiles(const struct signer *s, char *const *files, size_t n);

/* Says whether FILE.sig2 is there and not older than the file. */
int signedalready(const char *file);

/* Makes an index name the key if it does not, after signing all of its packages that have
 * no signature of that key; -1 after a message. If the signer is off, says how many
 * packages of a changed index that names a key are not signed. */
int signindex(const struct signer *s, struct index *ix);

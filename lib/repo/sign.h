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
	struct plist *meta;	/* what an index says of the key */
	struct arena *arena;
	char *text;
};

/* reads the settings and tries the key and the tool: an index's metadata comes
 * of it; -1 after a message when signatures are asked for and cannot be made;
 * signclose ends it unless -1 was returned */
int signopen(struct signer *s);

/* frees it */
void signclose(struct signer *s);

/* makes FILE.sig2 of each of the n files in place of what there was, durable
 * but for the directory; -1 after a message */
int signfiles(const struct signer *s, char *const *files, size_t n);

/* whether FILE.sig2 is there and not older than the file */
int signedalready(const char *file);

/* makes an index say the key, where it does not, after having signed all that it
 * has and that has no signature of that key; -1 after a message */
int signindex(const struct signer *s, struct index *ix);

/* Asking Nomad to begin and to stop a build. */

struct build;
struct spool;

/* begins to dispatch a build, or ends one that cannot be; -1 after a message */
int nomadaskbegin(struct spool *sp, struct build *b);

/* begins to stop it; -1 after a message */
int nomadaskstop(const struct build *b);

/* takes the ID of its child, and notes it; id becomes the build's */
void nomadasklearn(struct spool *sp, struct build *b, char *id);

/* takes what either has brought; what failed is tried again later */
void nomadaskend(struct spool *sp, struct build *b);

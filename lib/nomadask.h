/* Asking Nomad to begin and to stop a build. */

struct build;
struct spool;

/* begins to dispatch a build; -1 after a message */
int nomadaskbegin(struct spool *sp, const struct build *b);

/* begins to stop it; -1 after a message */
int nomadaskstop(const struct build *b);

/* takes what either has brought; what failed is tried again later */
void nomadaskend(struct spool *sp, struct build *b);

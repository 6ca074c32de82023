/* Takes the deliveries of the jobs in built/ into the repository. */

struct signer;
struct spool;

/*
 * Checks all deliveries, signs the packages of the good ones if the signer is on, puts
 * them into the build repository, writes each index once, and moves the jobs: to done/ if
 * the index has their packages, to fail/ with the reason if their delivery is bad. A
 * noarch job without a delivery gets what the repository has for another architecture, or
 * goes back to ready/, to be built. Prints what was added and staged, and `done TAB JOB',
 * `ready TAB JOB' or `fail TAB JOB TAB REASON'. After a crash the next call goes on.
 * Returns 0; 1 if a delivery was bad; -1 after a message if the system failed for one of
 * them, and the others are done.
 */
int takein(struct spool *sp, const struct signer *sg, const char *repo);

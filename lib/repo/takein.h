/* Taking what builds delivered into the repository: incoming/JOB of the jobs in
 * built/. */

struct signer;
struct spool;

/*
 * Checks all deliveries, signs the packages of the sound ones if the signer is
 * on, moves them into the build repository, writes each index once, and moves
 * the jobs on: to done/ when the index has what they made, to fail/ with the
 * reason when what they delivered is bad. Says what was added and staged, and
 * `done TAB JOB' or `fail TAB JOB TAB REASON'. Every step can be done again
 * after a crash. Returns 0, 1 when a delivery was bad, -1 after a message when
 * one has to wait for the system to recover; the others are done then.
 */
int takein(struct spool *sp, const struct signer *sg, const char *repo);

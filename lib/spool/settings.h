/* The spool's file settings: the trees and repositories for which its jobs were planned.
 * A program that queues or builds jobs compares its own settings with the file first, so
 * that no job is built from other trees, or for another repository, than it was planned
 * for. */

struct spool;

enum settingsuse {
	SETTINGS_LOOK,		/* only compare */
	SETTINGS_QUEUE,		/* queue jobs */
	SETTINGS_RUN		/* build jobs, holding the spool's lock */
};

/* compares this program's settings with the file: 0 when they agree; 1 after a message
 * with both when they differ; -1 after a message. When no job is queued and no
 * spiff-run works on the spool, first writes them into the file. Sets *lock to a
 * descriptor, or -1, which the caller closes when its jobs are queued: until then no
 * other process changes the file */
int settingsagree(struct spool *sp, enum settingsuse use, int *lock);

/* returns our settings in one line, as a job has them; the caller owns it; NULL with
 * errno */
char *settingsline(void);

/* says in words where a job's line differs from ours, with both values; the caller owns
 * it */
char *settingsdiffer(const char *line);

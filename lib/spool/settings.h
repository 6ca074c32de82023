/* The spool's file settings: the trees and repositories that its jobs are planned
 * for. Who queues jobs, and who builds them, compares its own settings with the
 * file first, so that no job is built from other trees or for another repository
 * than it was planned for. */

struct spool;

enum settingsuse {
	SETTINGS_LOOK,		/* the file is not written to */
	SETTINGS_QUEUE,		/* to queue jobs */
	SETTINGS_RUN		/* to build them, holding the spool's lock */
};

/* compares the settings with the file: 0 when they agree, 1 after a message that
 * names both when they do not, -1 after a message. When no job is queued and no
 * spiff-run works on the spool, ours are written into the file, and agree. *lock
 * is a descriptor, or -1, that keeps the file as it is until the caller closes
 * it, after the jobs are queued */
int settingsagree(struct spool *sp, enum settingsuse use, int *lock);

/* returns our settings in one line, as a job has them; the caller owns it; NULL with
 * errno */
char *settingsline(void);

/* says in words where a job's line differs from ours, with both values; the caller owns
 * it */
char *settingsdiffer(const char *line);

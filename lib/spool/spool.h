/* The spool: a directory for each state, a file for each job, a rename for each
 * transition. The process whose rename succeeds has the job. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct job;

enum state {
	NEW,
	WAIT,
	READY,
	RUN,
	BUILT,
	DONE,
	FAIL,
	CANCEL,
	NSTATE
};

struct spool {
	char *path;		/* as given */
	int dir;
	int states[NSTATE];	/* descriptors of the states' directories */
	int tmp, incoming, log;
	/* A lock that this process must hold to change the spool: a descriptor, -1 if
	 * there is none, and the name of its file in a directory. */
	int lock, lockdir;
	const char *lockname;
	int lost;		/* the lock was lost */
	/* not synced yet: states' directories, files with notes, and if these are too
	 * many the whole file system */
	unsigned dirty;
	int noted[8];
	size_t nnoted;
	int all;
};

/* the states' directory names, by state */
extern const char *const spoolstates[NSTATE];

/* opens the spool; with create makes missing directories and calls spoolsweep; -1 after a
 * message */
int spoolopen(struct spool *sp, const char *path, int create);

/* removes files from tmp/ that a killed process has left, or that are older than a day */
void spoolsweep(struct spool *sp);

/* has this process change the spool only while it holds a lock, which it has taken with
 * locktake and closes itself */
void spoolfence(struct spool *sp, int lock, int dir, const char *name);

/* takes the lock again, if there is one: 1; 0, the first time after a message, when it
 * was lost. All functions below that change the spool begin with this and fail then: an
 * earlier call may have taken so long that a file server has given the lock away. */
int spoolheld(struct spool *sp);

/* closes the spool */
void spoolclose(struct spool *sp);

/* whether somebody has removed or replaced one of its directories */
int spoolgone(const struct spool *sp);

/* writes a job's text to a file in tmp/, and sets tmp, of tmpsize bytes, to its name; -1
 * after a message and no file left */
int spooldraft(struct spool *sp, const char *name, const char *text, size_t len,
    char *tmp, size_t tmpsize);

/* syncs n drafts, before they are published; -1 after a message */
int spoolsyncdrafts(const struct spool *sp, const char *const *tmps, size_t n);

/* makes a draft the job's file in a state, or just removes it if name is NULL; the caller
 * syncs; 1 done, 0 when the state has a file of that name, -1 after a message; the draft
 * is gone in any case */
int spoolpublish(struct spool *sp, const char *tmp, enum state to,
    const char *name);

/* moves a job; the caller syncs; 1 moved, 0 when another process has moved it, -1 after a
 * message */
int spoolmove(struct spool *sp, enum state from, enum state to,
    const char *name);

/* moves any file of a state to another name or state; the caller syncs; 1 done, 0 when it
 * is gone, -1 with errno */
int spoolrename(struct spool *sp, enum state from, const char *name,
    enum state to, const char *as);

/* moves a job that gives way to another from its state to cancel/, in place of what
 * there is of an earlier end; as spoolmove */
int spoolcancel(struct spool *sp, enum state from, const char *name);

/* removes a job's file; the caller syncs; 1 removed, 0 when it is gone, -1 after a
 * message */
int spooldrop(struct spool *sp, enum state st, const char *name);

/* whether there are moves or notes that spoolsync has to sync */
int spoolunsynced(const struct spool *sp);

/* syncs every move and note since the last call; -1 after a message */
int spoolsync(struct spool *sp);

/* has a client of NFS ask again what the states' directories have, see iorefresh */
void spoolrefresh(const struct spool *sp);

/* returns the first of some states (bits 1 << state) that has the job, NSTATE when none
 * has, with errno ENOENT, or another when the system failed; a job that is just being
 * moved may be missed: try twice before believing NSTATE */
enum state spoolfind(const struct spool *sp, const char *name, unsigned states);

/* appends the text of any file in a state to b; 1 read, 0 when it is gone; -1 with *why
 * set to a reason that the caller owns: a directory, a link, too large ...; -2 likewise
 * when the system failed, so that another try may succeed */
int spooltext(const struct spool *sp, enum state st, const char *name,
    struct buf *b, char **why);

/* reads a job: as spooltext, and -1 with *why set also for a text that is no job or has a
 * bad line; jobfree empties j */
int spoolread(const struct spool *sp, enum state st, const char *name,
    struct job *j, char **why);

/* appends lines made with jobline to a job's file, even if it is moved meanwhile; the
 * caller syncs; 1 done, 0 when it is gone, -1 after a message and nothing appended. The
 * file is locked first: over NFS a process that was cut off in between loses this lock,
 * too, and cannot write any more. */
int spoolnote(struct spool *sp, enum state st, const char *name,
    const struct buf *lines);

/* the same for lines that need no sync, since they concern a process of this machine */
int spoolsign(struct spool *sp, enum state st, const char *name,
    const struct buf *lines);

/* appends whole lines to an open file, under a lock if it can be had soon: all or none;
 * -1 with errno */
int spoolappend(int fd, const struct buf *lines);

/* makes a new file in a state; the caller syncs; -1 with errno and no file left */
int spoolmake(struct spool *sp, enum state st, const char *name,
    const char *text);

/* lists the names in a state that do not begin with a dot, sorted; spoollistfree frees
 * them; -1 after a message */
int spoollist(const struct spool *sp, enum state st, char ***names, size_t *n);

/* frees a list */
void spoollistfree(char **names, size_t n);

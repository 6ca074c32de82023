/* The spool: a directory per state, a file per job, a rename per transition.
 * Whoever's rename succeeds has the job. */

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
	/* what is not synced yet: states' directories, files with notes, and
	 * when these are too many the whole file system */
	unsigned dirty;
	int noted[8];
	size_t nnoted;
	int all;
};

/* the states' directory names, by state */
extern const char *const spoolstates[NSTATE];

/* opens the spool, making what is missing of it when create, and sweeps it then;
 * -1 after a message */
int spoolopen(struct spool *sp, const char *path, int create);

/* removes from tmp/ what a killed process has left there or is older than a day */
void spoolsweep(struct spool *sp);

/* closes it */
void spoolclose(struct spool *sp);

/* whether its directories are not those any more that its path leads to, since
 * somebody has removed or replaced them */
int spoolgone(const struct spool *sp);

/* writes a job's text to tmp/, under a name that goes to tmp, of tmpsize bytes;
 * -1 after a message and nothing left */
int spooldraft(struct spool *sp, const char *name, const char *text, size_t len,
    char *tmp, size_t tmpsize);

/* makes n drafts durable, which they have to be before they are published; -1
 * after a message */
int spoolsyncdrafts(const struct spool *sp, const char *const *tmps, size_t n);

/* makes a draft the job's file in a state, NULL as name throws it away; the
 * caller syncs; 1 done, 0 when the state has one of that name already, -1 after
 * a message; the draft is gone in any case */
int spoolpublish(struct spool *sp, const char *tmp, enum state to,
    const char *name);

/* moves a job; the caller syncs; 1 moved, 0 when another was first and it is
 * not there any more, -1 after a message */
int spoolmove(struct spool *sp, enum state from, enum state to,
    const char *name);

/* gives any file of a state another name there or in another state; the caller
 * syncs; 1 done, 0 when it is not there any more, -1 with errno */
int spoolrename(struct spool *sp, enum state from, const char *name,
    enum state to, const char *as);

/* removes a job's file; the caller syncs; 1 removed, 0 when it is not there,
 * -1 after a message */
int spooldrop(struct spool *sp, enum state st, const char *name);

/* whether there is something for spoolsync */
int spoolunsynced(const struct spool *sp);

/* makes every move and note since the last call durable; -1 after a message */
int spoolsync(struct spool *sp);

/* returns the state that has the job, looking at the given states (bits
 * 1 << state) in their order, NSTATE when none has, and errno is ENOENT then, or
 * another when the system cannot tell; a job that is moving may be missed: look
 * twice before believing NSTATE */
enum state spoolfind(const struct spool *sp, const char *name, unsigned states);

/* appends the text of any file in a state to b; 1 read, 0 when it is not there
 * any more, -1 with *why set to a reason that the caller owns: a directory, a
 * link, too large ...; -2 likewise, when it is the system's fault and may pass */
int spooltext(const struct spool *sp, enum state st, const char *name,
    struct buf *b, char **why);

/* reads a job; 1 read, 0 when it is not there any more, -1 or -2 with *why set
 * to a reason as spooltext has, or that it is no job, or which line is bad */
int spoolread(const struct spool *sp, enum state st, const char *name,
    struct job *j, char **why);

/* appends lines made with jobline to the job's file, wherever it is moved to
 * meanwhile; the caller syncs; 1 done, 0 when it is not there any more, -1 after
 * a message and nothing appended */
int spoolnote(struct spool *sp, enum state st, const char *name,
    const struct buf *lines);

/* the same for what nobody wants to know when the machine has gone down, and is
 * not synced: that a process of it has the job */
int spoolsign(const struct spool *sp, enum state st, const char *name,
    const struct buf *lines);

/* makes a file that the state does not have yet, of this text; the caller syncs;
 * -1 with errno and nothing left */
int spoolmake(struct spool *sp, enum state st, const char *name,
    const char *text);

/* lists the names in a state that do not begin with a dot, sorted; the caller
 * frees them with spoollistfree; -1 after a message */
int spoollist(const struct spool *sp, enum state st, char ***names, size_t *n);

/* frees a list */
void spoollistfree(char **names, size_t n);

/* A job: a source package to be built for an architecture. Its file's name is
 * PKGVER.ARCH, its text are lines "name value". A job file is written once, and later
 * lines are only appended: of a name with one value the last line counts, and a line
 * without a value removes all values of its name. Unknown names stay in the file. */

#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct buf;

struct job {
	char *name;		/* hello-2.0_1.x86_64 */
	char *pkgver;		/* hello-2.0_1 */
	char *pkgname;		/* hello */
	char *arch;		/* x86_64: the target */
	char *host;		/* the machine that builds */
	char **needs;		/* job names */
	size_t nneeds;
	char **makes;		/* names of binary packages */
	size_t nmakes;
	int64_t asked;		/* times in seconds since the epoch, 0: never */
	int64_t started;
	int64_t ended;
	int64_t memory;		/* the most bytes that the last build used, 0: unknown,
				 * as for the next two */
	int64_t cpu;		/* seconds of processor time that it used */
	int64_t guess;		/* seconds that a build may take of a package that was
				 * never built, see plan/guess.h; 0: no guess */
	int jobs;		/* processes that it was allowed */
	int most;		/* processes that the next build is allowed, as earlier
				 * ones ran out of memory; 0: unknown */
	int priority;		/* a higher one goes first */
	int tries;		/* builds begun */
	char *try;		/* the name of the last one, which no other has:
				 * EPOCH.TRIES; if the file names none, its tries */
	int troubles;		/* of these, the failures of a machine since the job was
				 * last put into new/ */
	int force;		/* build and index it though a repository has it */
	int noarch;		/* all its packages are the same for all architectures */
	char *shared;		/* the architecture for which the repository had its
				 * packages, so that it was not built; or NULL, like
				 * those below */
	char *exit;		/* how the last build ended */
	char *reason;		/* why the job is in its state */
	char *class;		/* of a failure: package, unavailable, machine ... */
	int64_t logline;	/* number of the log's line that shows the failure, 0:
				 * none */
	char *by;		/* the job that superseded it */
	char **commits;		/* "COMMIT DIR" of each tree that is a git checkout, from
				 * which it was planned or, later, built: COMMIT-dirty
				 * if the tree differed from it; the template's first,
				 * - if that tree has none */
	size_t ncommits;
	char *style;		/* the template's build_style */
	char *inputs;		/* hashes, see plan/inputhash.h */
	char *with;		/* its dependencies, words as in xbps/interface.h */
	char *against;		/* the interfaces that it was built against, the same */
	char *settings;		/* with which it was planned, see settings.h */
	char *node;		/* the machine that builds */
	char *handle;		/* the builder's own name for the build */
	char *sources;		/* why they could not be fetched while the job waits */
	char *waits;		/* why a build that was begun does not run yet, "" when
				 * it runs */
	struct timespec mtime;	/* of the file, when spoolread began to read it */
	int64_t ctime;		/* of the file's last change, rename or chmod then, in
				 * seconds since the epoch */
	char *text;		/* the memory of all strings above */
};

/* says whether name can be a job's: PKGVER.ARCH in xbps' characters */
int jobnameok(const char *name);

/* says whether a text can be the name of a try: digits, with dots between them */
int jobtryok(const char *try);

/* says whether two jobs make the same package for the same architecture, in any version;
 * the names are good */
int jobsame(const char *a, const char *b);

/* returns NAME.ARCH of a good job name, which all versions have in common; the caller
 * owns it */
char *jobbase(const char *name);

/* says whether a text is a job's, which has a line pkgver, and not a request */
int jobis(const char *text);

/* parses a job's text into j, which jobfree empties; -1 with *why set to a reason that
 * the caller owns when it is no job */
int jobparse(struct job *j, const char *name, const char *text, size_t len,
    char **why);

/* a line "commit" */
struct jobcommit {
	const char *hash;
	size_t len;		/* of hash, 0: the tree is no git checkout */
	int dirty;
	const char *dir;
};

/* reads a value that may be that of a line "commit", in which the strings of c lie; -1,
 * and c undefined, when it is none */
int jobcommit(struct jobcommit *c, const char *value);

/* whether that is the reason of a build that ran out of memory, or seems to: the kernel
 * kills when memory is short */
int jobstarved(const char *reason);

/* returns how many processes a job is to run at most that ran out of memory with that
 * many */
int jobfewer(int jobs);

/* frees what j has */
void jobfree(struct job *j);

/* appends one line "name value" to b; control characters in value become
 * spaces */
void jobline(struct buf *b, const char *name, const char *value);

/* appends one line "name number" to b; a number that no job can have becomes the nearest
 * one that it can */
void jobnumber(struct buf *b, const char *name, long long value);

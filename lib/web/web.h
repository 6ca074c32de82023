/* The spool and the repository as a static web site: a directory of pages that
 * any server, or none, shows. Only what has changed is written, and each file is
 * replaced whole. What it wrote, and from what, it remembers in the file .pages
 * there. site is all that others need; the rest is between its parts. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct eta;
struct pages;
struct rebuild;
struct rebuilds;
struct repo;
struct repopkg;
struct sjob;
struct spool;
struct status;
struct tab;

/* writes the site, or makes it new; -1 after a message */
int site(const struct spool *sp, const char *dir);

/* the jobs of a package for an architecture, all versions of it: what has a page
 * of its own */
struct family {
	char *base;		/* NAME.ARCH */
	struct sjob **jobs;	/* the one that counts first */
	size_t n;
	struct family **needs, **needed;	/* sorted by base */
	size_t nneeds, nneeded;
	const struct repopkg **pkgs;	/* that the build repository has of it */
	size_t npkgs;
};

/* a package of the build repository */
struct offer {
	const struct repopkg *pkg;
	const struct family *family;	/* whose build makes it, or NULL */
};

/* what keeps a stage from moving into its index */
struct hold {
	const struct rebuild *rebuild;
	const struct repopkg *pkg;	/* that must be rebuilt */
	const struct family *family;	/* whose build makes it, or NULL */
	const char *arch;		/* the index's */
};

struct site {
	const struct spool *sp;
	struct status *st;
	struct eta *e;
	struct pages *pages;
	struct family **families;	/* by base */
	size_t nfamilies;
	struct tab *bases;		/* to the same */
	struct tab *makers;		/* NAME.ARCH of a binary package to them */
	struct tab *logs;		/* the names in the spool's log/ */
	struct repo **repos;		/* one for each architecture */
	size_t nrepos;
	struct offer *offers;		/* by name, then architecture */
	size_t noffers;
	struct rebuilds **stages;
	size_t nstages;
	struct hold *holds;
	size_t nholds;
};

/* returns a number that is another one when what the pages show has changed; 0 when
 * that cannot be told */
uint64_t sitesignature(const struct spool *sp);

/* finds the families and what they need, and what the repository has */
void sitefamilies(struct site *s);

/* frees what it found */
void sitefamiliesfree(struct site *s);

/* returns the family of a job, NULL when it is no job's name or has no page */
const struct family *sitefamily(const struct site *s, const char *job);

/* begins a page: root is "" or "../", here the file of the navigation that it is,
 * or NULL */
void sitehead(struct buf *b, const char *root, const char *here,
    const char *title);

/* ends it */
void sitefoot(struct buf *b);

/* return the class, the sign and the word of a job's state */
const char *siteclass(const struct sjob *j);
const char *sitesign(const struct sjob *j);
const char *siteword(const struct sjob *j);

/* appends a job's state as an element */
void sitestate(struct buf *b, const struct sjob *j);

/* begins a table with columns that are separated by |; count, unless it is 0, is put
 * behind the title */
void sitetable(struct buf *b, const char *id, const char *title, size_t count,
    const char *columns);

/* ends a cell of a table and begins the next; where a row has no room, the label
 * stands before what it has */
void sitecell(struct buf *b, const char *label);

/* appends a link to a family's page */
void sitelink(struct buf *b, const char *root, const struct family *f,
    const char *text);

/* appends a job as an item of a list, with its state: a link, unless f is NULL */
void siteitem(struct buf *b, const char *root, const struct family *f,
    const struct sjob *j, const char *text);

/* appends a job's name, as a link when it has a page */
void sitejob(const struct site *s, struct buf *b, const char *root,
    const char *job);

/* returns a time to come such that it does not change with every second */
int64_t siteround(const struct site *s, int64_t when);

/* appends what is to be said of a job in its state */
void sitedetail(const struct site *s, struct buf *b, const struct sjob *j);

/* appends cells for what a build took, in seconds and bytes, and its machine: under
 * SITEBUILD's columns, which begin after another one's; what is not known is
 * negative, 0, and NULL */
#define SITEBUILD "It took|Memory|Machine"
void sitebuild(struct buf *b, int64_t secs, int64_t memory, const char *node);

/* returns the seconds that a job's last build took, -1: none has ended */
int64_t sitesecs(const struct sjob *j);

/* compares names as an index has them: letters by their place in the alphabet */
int sitenames(const char *a, const char *b);

/* compares two pointers to jobs: what came to its state last comes first */
int sitelatest(const void *a, const void *b);

/* appends rows for a job's builds before the last one */
void sitetries(const struct site *s, struct buf *b, const struct sjob *j);

/* lists the logs that there are; tabdel frees s->logs */
void sitelogs(struct site *s);

/* puts a job's log into the site: returns its URL from the root, NULL when there is
 * none; *line becomes the line that shows the failure of one that failed, else
 * NULL; the caller owns both */
char *sitelog(struct site *s, const struct sjob *j, char **line);

/* finds what has to be rebuilt before the stage of that repository can move into
 * its index; the families must be known */
void sitestageread(struct site *s, const struct repo *r, const char *arch);

/* frees what it found */
void sitestagefree(struct site *s);

/* append what has to be rebuilt, as a table; in a sentence; and why a family must
 * be */
void sitestage(const struct site *s, struct buf *b);
void sitestagenote(const struct site *s, struct buf *b);
void sitestageof(const struct site *s, struct buf *b, const struct family *f);

/* appends how far all is: the progress, and how many jobs are in each state, with
 * links to the tables of those states (bits 1 << state) that the page lists */
void sitesummary(const struct site *s, unsigned listed, struct buf *b);

/* write the pages; -1 after a message */
int siteoverview(struct site *s);
int sitepackages(struct site *s);
int sitefamilypage(struct site *s, const struct family *f);
int sitehistory(struct site *s);
int sitefeed(struct site *s);
int sitedata(struct site *s);

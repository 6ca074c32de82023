/* The spool and the repository as a static web site: a directory of pages that
 * any server, or none, shows. Only what has changed is written, and each file is
 * replaced whole. What it wrote, and from what, it remembers in the file .pages
 * there. site is all that others need; the rest is between its parts. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct forecast;
struct dir;
struct rebuild;
struct rebuilds;
struct repopkg;
struct sjob;
struct spool;
struct status;
struct table;

/* writes the site, or makes it new; -1 after a message */
int webwrite(const struct spool *sp, const char *dir);

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
	const struct family *family;	/* whose build makes what must be rebuilt, or
					 * NULL */
	const char *arch;		/* the index's */
};

struct site {
	const struct spool *sp;
	struct status *st;
	struct forecast *e;
	struct dir *dir;
	struct family **families;	/* by base */
	size_t nfamilies;
	struct table *bases;		/* to the same */
	struct table *makers;		/* NAME.ARCH of a binary package to them */
	struct table *logs;		/* the names in the spool's log/ */
	struct rebuilds **repos;	/* for each architecture */
	size_t nrepos;
	struct offer *offers;		/* by name, then architecture */
	size_t noffers;
	struct hold *holds;
	size_t nholds;
};

/* finds the families and what they need, what the repositories have, and what keeps
 * their stages from moving into the indexes */
void webmodel(struct site *s);

/* frees what it found */
void webmodelfree(struct site *s);

/* returns the family whose build makes a binary package, or NULL */
const struct family *webmaker(const struct site *s, const char *name,
    const char *arch);

/* returns the pkgver that a main repository has of a package, NULL when none has it */
const char *webmain(const struct site *s, const char *name, const char *arch);

/* returns the family of a job, NULL when it is no job's name or has no page */
const struct family *webfamily(const struct site *s, const char *job);

/* begins a page: root is "" or "../", here the file of the navigation that it is,
 * or NULL */
void webhead(struct buf *b, const char *root, const char *here,
    const char *title);

/* ends it */
void webfoot(struct buf *b);

/* return the class and the word of a job's state */
const char *webclass(const struct sjob *j);
const char *webword(const struct sjob *j);

/* appends a job's state as an element */
void webstate(struct buf *b, const struct sjob *j);

/* begins a table with columns that are separated by |; count, unless it is 0, is put
 * behind the title */
void webtable(struct buf *b, const char *id, const char *title, size_t count,
    const char *columns);

/* ends a cell of a table and begins the next; where a row has no room, the label
 * stands before what it has */
void webcell(struct buf *b, const char *label);

/* appends a link to a family's page: from one with that root, NULL: from another
 * family's */
void weblink(struct buf *b, const char *root, const struct family *f,
    const char *text);

/* appends a job as an item of a list, with its state: a link, unless f is NULL */
void webitem(struct buf *b, const char *root, const struct family *f,
    const struct sjob *j, const char *text);

/* appends a job's name, as a link when it has a page */
void webjob(const struct site *s, struct buf *b, const char *root,
    const char *job);

/* returns a time to come such that it does not change with every second */
int64_t webround(const struct site *s, int64_t when);

/* appends what is to be said of a job in its state */
void webdetail(const struct site *s, struct buf *b, const struct sjob *j);

/* appends cells for what a build took, in seconds and bytes, and its machine: under
 * WEBBUILD's columns, which begin after another one's; what is not known is
 * negative, 0, and NULL */
#define WEBBUILD "Time|Memory|Machine"
void webbuild(struct buf *b, int64_t secs, int64_t memory, const char *node);

/* returns the seconds that a job's last build took, -1: none has ended */
int64_t websecs(const struct sjob *j);

/* compares names as an index has them: letters by their place in the alphabet */
int webnames(const char *a, const char *b);

/* compares two pointers to jobs: what came to its state last comes first */
int weblatest(const void *a, const void *b);

/* lists the logs that there are; tabledel frees s->logs */
void weblogs(struct site *s);

/* puts a job's log into the site: returns its URL from the root, NULL when there is
 * none; of one that failed *shown becomes the lines that show the failure, for
 * webshown, else NULL; the caller owns both */
char *weblog(struct site *s, const struct sjob *j, char **shown);

/* appends the line that shows a failure, or all lines around it with that marked */
void webshown(struct buf *b, const char *shown, int all);

/* appends a package that is named, as a link where it has a page */
void webpackage(struct buf *b, const char *root, const struct family *f,
    const char *name);

/* write the pages; -1 after a message */
int weboverview(struct site *s);
int webpackages(struct site *s);
int webfamilypage(struct site *s, const struct family *f);
int webschedule(struct site *s);
int webhistory(struct site *s);
int webfeed(struct site *s);
int webdata(struct site *s);

/* The spool and the repository as a static web site: a directory of pages that any
 * server, or none, shows. Others call webwrite; the rest is shared by the modules of
 * this folder. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct dir;
struct forecast;
struct rebuild;
struct rebuilds;
struct repopkg;
struct sjob;
struct spool;
struct status;
struct table;

/* Writes the site into a directory, only files that have changed, each of them whole;
 * -1 after a message. */
int webwrite(const struct spool *sp, const char *dir);

/* All jobs of a package for an architecture, at any version; each family has a
 * page. */
struct family {
	char *base;		/* NAME.ARCH */
	struct sjob **jobs;	/* unfinished ones first, then the latest */
	size_t n;
	struct family **needs, **needed;	/* sorted by base */
	size_t nneeds, nneeded;
	const struct repopkg **pkgs;	/* its packages in the build repository */
	size_t npkgs;
};

/* A package of the build repository. */
struct offer {
	const struct repopkg *pkg;
	const struct family *family;	/* that builds it, or NULL */
};

/* A package that must be rebuilt before a stage can move into its index. */
struct hold {
	const struct rebuild *rebuild;
	const struct family *family;	/* that builds the package, or NULL */
	const char *arch;		/* the index's */
};

struct site {
	const struct spool *sp;
	const char *arch;		/* that an overview is of, NULL: all */
	struct status *st;
	struct forecast *e;
	struct dir *dir;
	struct family **families;	/* by base */
	size_t nfamilies;
	struct table *bases;		/* base to family */
	struct table *makers;		/* NAME.ARCH of a binary package to family */
	struct table *logs;		/* the names in the spool's log/ */
	struct rebuilds **repos;	/* for each architecture */
	size_t nrepos;
	struct offer *offers;		/* by name, then architecture */
	size_t noffers, nstaged;
	struct hold *holds;
	size_t nholds;
};

/* Fills families, repos, offers and holds; -1 after a message if an index cannot be
 * read. */
int webmodel(struct site *s);

/* Frees what webmodel made, also when it failed. */
void webmodelfree(struct site *s);

/* Returns the family that builds a binary package, NULL when none does. */
const struct family *webmaker(const struct site *s, const char *name,
    const char *arch);

/* Returns the pkgver that a main repository has of a package, NULL when none has
 * it. */
const char *webmain(const struct site *s, const char *name, const char *arch);

/* Returns the family of a job, NULL when it has none. */
struct family *webfamily(const struct site *s, const char *job);

/* Jobs of a table. */
struct weblist {
	const struct sjob **jobs;
	size_t n;
};

/* Appends a job. */
void weblistadd(struct weblist *l, const struct sjob *j);

/* Sorts the jobs with a function that compares two pointers to them. */
void weblistsort(struct weblist *l, int (*cmp)(const void *, const void *));

/* Compares two pointers to jobs: the one that came to its state last is first. */
int weblatest(const void *a, const void *b);

/* Compares names in the order of an index: without regard to case, then with it. */
int webnames(const char *a, const char *b);

/* In what follows root is the way from a page to the site's first one: "" or
 * "../". */

/* Appends the beginning of a page; here is its file if the navigation has it, or
 * NULL. */
void webhead(struct buf *b, const char *root, const char *here, const char *title);

/* Appends the end of a page. */
void webfoot(struct buf *b);

/* Return the CSS class and the word of a job's state. */
const char *webclass(const struct sjob *j);
const char *webword(const struct sjob *j);

/* Appends a job's state as an element. */
void webstate(struct buf *b, const struct sjob *j);

/* Appends a heading and the beginning of a table; columns are separated by |. A count
 * that is not 0 stands behind the title. */
void webtable(struct buf *b, const char *id, const char *title, size_t count,
    const char *columns);

/* Ends a cell of a table and begins the next. On narrow screens the label stands before
 * the cell's text. */
void webcell(struct buf *b, const char *label);

/* Ends a row. */
void webrowend(struct buf *b);

/* Ends a table. */
void webtableend(struct buf *b);

/* Appends a term and its description, text from outside, to a list. */
void webterm(struct buf *b, const char *term, const char *text);

/* Appends text as a link to a family's page, plain if f is NULL; root NULL: from
 * another family's page. */
void weblink(struct buf *b, const char *root, const struct family *f,
    const char *text);

/* Appends a job's name as such a link. */
void webjob(const struct site *s, struct buf *b, const char *root, const char *job);

/* Returns a time to come, rounded so that a page does not change with every second. */
int64_t webround(const struct site *s, int64_t when);

/* Appends what a job that waits for no other waits for: a slot, its next try, or the
 * scheduler. */
void webturn(const struct site *s, struct buf *b, const struct sjob *j);

/* Appends why a job is in its state. */
void webdetail(const struct site *s, struct buf *b, const struct sjob *j);

/* Appends cells for the time that a build took in seconds, its memory in bytes, and
 * its machine, under the columns WEBBUILD; unknown ones are -1, 0 and NULL. */
#define WEBBUILD "Time|Memory|Machine"
void webbuild(struct buf *b, int64_t secs, int64_t memory, const char *node);

/* Returns the seconds that a job's last build took, -1 if none has ended. */
int64_t websecs(const struct sjob *j);

/* Appends clean text, escaped for a string of JSON or JavaScript. */
void webquoted(struct buf *b, const char *s);

/* Fills s->logs; tabledel frees it. */
void weblogs(struct site *s);

/* Puts a job's log into the site and returns its URL from the root, NULL if there is
 * none; shown becomes the lines around the failure of a failed job, for webshown, else
 * NULL. The caller owns both. */
char *weblog(struct site *s, const struct sjob *j, char **shown);

/* Appends the line that shows a failure, or, with all, it and those around it. */
void webshown(struct buf *b, const char *shown, int all);

/* Says whether a job is for the architecture that the overview is of. */
int webof(const struct site *s, const struct sjob *j);

/* Returns the file of the overview of an architecture, NULL: all; the caller owns it. */
char *webarchfile(const char *arch);

/* Appends the table of the architectures, if there are several, to the overview of
 * all. */
void webarchtable(const struct site *s, struct buf *b);

/* Writes a page of each architecture, if there are several, with a function that gets the
 * site as if it had no other; -1 after a message. */
int webarches(struct site *s, int (*page)(struct site *s));

/* Write the pages; -1 after a message. */
int weboverview(struct site *s);
int webpackages(struct site *s);
int webfamilypage(struct site *s, const struct family *f);
int webschedule(struct site *s);
int webhistory(struct site *s);
int webfeed(struct site *s);
int webdata(struct site *s);

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/rebuilds.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"
#include "xbps/repo.h"
#include "xbps/stage.h"

/* how many packages are staged, and for which rebuilds they wait */
static void
stagenote(const struct site *s, struct buf *b)
{
	struct table *seen;
	size_t i;

	if (s->nstaged == 0)
		return;
	buffmt(b, "<p class=\"note\">%zu staged", s->nstaged);
	seen = mktable();
	for (i = 0; i < s->nholds; i++) {
		if (tablekey(seen, s->holds[i].rebuild->user))
			continue;
		bufstr(b, tablelen(seen) ? ", " : ", until these are rebuilt: ");
		weblink(b, "", s->holds[i].family, s->holds[i].rebuild->user);
		tableput(seen, s->holds[i].rebuild->user);
	}
	tabledel(seen);
	bufstr(b, s->nholds ? ". <a href=\"index.html#stage\">Why</a></p>\n" :
	    ".</p>\n");
}

enum { PAGE = 200 };	/* rows */

/* a row: a package of the repository, or one that only the spool has */
struct row {
	const char *name, *arch;
	const struct repopkg *pkg;
	const struct family *family;
};

static int
byname(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int r;

	r = webnames(x->name, y->name);
	return r ? r : strcmp(x->arch, y->arch);
}

static struct row *
packagerows(const struct site *s, size_t *n)
{
	const struct family *f;
	struct row *list;
	size_t i, k;

	list = xcalloc(s->noffers + s->nfamilies, sizeof *list);
	*n = 0;
	for (i = 0; i < s->noffers; i++)
		list[(*n)++] = (struct row){ s->offers[i].pkg->name,
		    s->offers[i].pkg->arch, s->offers[i].pkg,
		    s->offers[i].family };
	for (i = 0; i < s->nfamilies; i++) {
		f = s->families[i];
		if (f->jobs[0]->fault)
			continue;
		for (k = 0; k < f->npkgs && strcmp(f->pkgs[k]->name,
		    f->jobs[0]->job.pkgname) != 0; k++)
			;
		if (k == f->npkgs)
			list[(*n)++] = (struct row){ f->jobs[0]->job.pkgname,
			    f->jobs[0]->job.arch, NULL, f };
	}
	if (*n > 0)
		qsort(list, *n, sizeof *list, byname);
	return list;
}

/* the letter that the name begins with; 0, which the page shows as #, for others */
static int
letterof(const char *name)
{
	return isalpha((unsigned char)*name) ? tolower((unsigned char)*name) :
	    '0';
}

/* appends the name of the n-th page, 0 the first */
static void
pagefile(struct buf *b, size_t n)
{
	if (n == 0)
		bufstr(b, "packages.html");
	else
		buffmt(b, "packages-%zu.html", n + 1);
}

/* each letter leads to the page that its first package is on */
static void
letterlinks(struct buf *b, const struct row *list, size_t n)
{
	size_t i;
	int c, last;

	bufstr(b, "<nav aria-label=\"By letter\">\n<ul class=\"letters\">\n");
	last = -1;
	for (i = 0; i < n; i++) {
		c = letterof(list[i].name);
		if (c == last)
			continue;
		last = c;
		bufstr(b, "<li><a href=\"");
		pagefile(b, i / PAGE);
		buffmt(b, "#%s%c\">%c</a></li>\n", c == '0' ? "n" : "", c,
		    c == '0' ? '#' : toupper(c));
	}
	bufstr(b, "</ul>\n</nav>\n");
}

/* links to the pages before and behind the one that begins at a row */
static void
pagelinks(struct buf *b, const struct row *list, size_t from, size_t n)
{
	if (n <= PAGE)
		return;
	bufstr(b, "<p class=\"turns\">");
	if (from > 0) {
		bufstr(b, "<a rel=\"prev\" href=\"");
		pagefile(b, from / PAGE - 1);
		bufstr(b, "\">to ");
		htmltext(b, list[from - 1].name);
		bufstr(b, "</a> ");
	}
	if (from + PAGE < n) {
		bufstr(b, "<a rel=\"next\" href=\"");
		pagefile(b, from / PAGE + 1);
		bufstr(b, "\">from ");
		htmltext(b, list[from + PAGE].name);
		bufstr(b, "</a>");
	}
	bufstr(b, "</p>\n");
}

static void
versioncell(struct buf *b, const struct row *r)
{
	if (r->pkg)
		htmltext(b, r->pkg->pkgver + strlen(r->name) + 1);
	if (r->pkg && r->pkg->staged)
		bufstr(b, " (staged)");
}

static void
packagerow(struct buf *b, const struct row *r, int anchor)
{
	int c;

	c = letterof(r->name);
	bufstr(b, "<tr");
	if (anchor)
		buffmt(b, " id=\"%s%c\"", c == '0' ? "n" : "", c);
	bufstr(b, "><td>");
	weblink(b, "", r->family, r->name);
	bufstr(b, "</td><td>");
	versioncell(b, r);
	bufstr(b, "</td><td>");
	htmltext(b, r->arch);
	bufstr(b, "</td><td>");
	if (r->family)
		webstate(b, r->family->jobs[0]);
	webrowend(b);
}

/* the page that begins at a row; all pages have the same top */
static int
packagespage(struct site *s, const struct buf *top, const struct row *list, size_t from,
    size_t n)
{
	struct buf b = {0}, name = {0};
	size_t i;
	int r;

	webhead(&b, "", from ? NULL : "packages.html", "Packages");
	bufadd(&b, top->s, top->len);
	webtable(&b, "packages", "By name", n,
	    "Package|Version|Architecture|State");
	for (i = from; i < n && i < from + PAGE; i++)
		packagerow(&b, &list[i], i == 0 ||
		    letterof(list[i].name) != letterof(list[i - 1].name));
	webtableend(&b);
	pagelinks(&b, list, from, n);
	webfoot(&b);
	pagefile(&name, from / PAGE);
	r = dirput(s->dir, name.s, &b);
	buffree(&b);
	buffree(&name);
	return r;
}

/* writes all rows for the search of site.js: in a line each the name, the version, the
 * architecture, the class and the word of the state, and the name of the page */
static int
searchdata(struct site *s, const struct row *list, size_t n)
{
	const struct sjob *j;
	struct buf b = {0};
	size_t i;
	int r;

	bufstr(&b, "\"use strict\";\nfound(\"");
	for (i = 0; i < n; i++) {
		webquoted(&b, list[i].name);
		bufstr(&b, "\\t");
		if (list[i].pkg)
			webquoted(&b, list[i].pkg->pkgver + strlen(list[i].name) + 1);
		bufstr(&b, list[i].pkg && list[i].pkg->staged ? " (staged)\\t" :
		    "\\t");
		webquoted(&b, list[i].arch);
		bufstr(&b, "\\t");
		if (list[i].family) {
			j = list[i].family->jobs[0];
			buffmt(&b, "%s\\t%s\\t", webclass(j), webword(j));
			htmlurl(&b, list[i].family->base);
		}
		bufstr(&b, i + 1 < n ? "\\n\\\n" : "");
	}
	bufstr(&b, "\");\n");
	r = dirput(s->dir, "packages.js", &b);
	buffree(&b);
	return r;
}

int
webpackages(struct site *s)
{
	struct buf top = {0};
	struct row *list;
	size_t i, n;
	int r;

	list = packagerows(s, &n);
	r = searchdata(s, list, n);
	buffmt(&top, "<p>%zu in the repository, %zu built or to be built "
	    "here.</p>\n", s->noffers, s->nfamilies);
	stagenote(s, &top);
	letterlinks(&top, list, n);
	for (i = 0; r == 0 && (i == 0 || i < n); i += PAGE)
		r = packagespage(s, &top, list, i, n);
	buffree(&top);
	free(list);
	return r;
}

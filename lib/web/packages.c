#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"
#include "xbps/repo.h"

/* a row: a package of the repository, or one that only the spool has */
struct row {
	const char *name, *arch;
	const struct repopkg *pkg;
	const struct family *family;
};

static int
cmp(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int r;

	r = sitenames(x->name, y->name);
	return r ? r : strcmp(x->arch, y->arch);
}

static struct row *
rows(const struct site *s, size_t *n)
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
		qsort(list, *n, sizeof *list, cmp);
	return list;
}

/* the index by letter: what begins with no letter comes under # */
static int
letter(const char *name)
{
	return isalpha((unsigned char)*name) ? tolower((unsigned char)*name) :
	    '0';
}

static void
letters(struct buf *b, const struct row *list, size_t n)
{
	char seen[256] = {0};
	size_t i;
	int c;

	for (i = 0; i < n; i++)
		seen[letter(list[i].name)] = 1;
	bufstr(b, "<nav aria-label=\"By letter\">\n<ul class=\"letters\">\n");
	for (c = 0; c < 256; c++) {
		if (seen[c])
			buffmt(b, "<li><a href=\"#%s%c\">%c</a></li>\n",
			    c == '0' ? "n" : "", c, c == '0' ? '#' :
			    toupper(c));
	}
	bufstr(b, "</ul>\n</nav>\n");
}

static void
row(struct buf *b, const struct row *r, char *seen)
{
	int c;

	c = letter(r->name);
	bufstr(b, "<tr");
	if (!seen[c])
		buffmt(b, " id=\"%s%c\"", c == '0' ? "n" : "", c);
	seen[c] = 1;
	bufstr(b, "><td>");
	if (r->family)
		sitelink(b, "", r->family, r->name);
	else
		htmltext(b, r->name);
	bufstr(b, "</td><td>");
	if (r->pkg)
		htmltext(b, r->pkg->pkgver + strlen(r->name) + 1);
	if (r->pkg && r->pkg->staged)
		bufstr(b, " (staged)");
	bufstr(b, "</td><td>");
	htmltext(b, r->arch);
	bufstr(b, "</td><td>");
	if (r->family)
		sitestate(b, r->family->jobs[0]);
	bufstr(b, "</td></tr>\n");
}

int
sitepackages(struct site *s)
{
	struct buf b = {0};
	struct row *list;
	char seen[256] = {0};
	size_t i, n;
	int r;

	list = rows(s, &n);
	sitehead(&b, "", "packages.html", "Packages");
	buffmt(&b, "<p>%zu in the repository, %zu built or to be built "
	    "here.</p>\n", s->noffers, s->nfamilies);
	sitestagenote(s, &b);
	letters(&b, list, n);
	bufstr(&b, "<table id=\"packages\" class=\"cards\">\n<thead><tr>"
	    "<th scope=\"col\">Package</th>"
	    "<th scope=\"col\">In the repository</th>"
	    "<th scope=\"col\">For</th><th scope=\"col\">State</th></tr></thead>"
	    "\n<tbody>\n");
	for (i = 0; i < n; i++)
		row(&b, &list[i], seen);
	bufstr(&b, "</tbody>\n</table>\n"
	    "<script src=\"filter.js\"></script>\n");
	sitefoot(&b);
	free(list);
	r = pagesput(s->pages, "packages.html", &b);
	buffree(&b);
	return r;
}

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/forecast.h"
#include "status/rebuilds.h"
#include "status/status.h"
#include "web/html.h"
#include "web/web.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

/* What there is of one architecture. */
struct part {
	struct rebuilds *repo;
	struct forecast e;
	size_t counts[NSTATE];
	size_t njobs;
};

int
webof(const struct site *s, const struct sjob *j)
{
	const char *arch;

	if (!s->arch)
		return 1;
	arch = strrchr(j->name, '.');
	return arch && strcmp(arch + 1, s->arch) == 0 && jobnameok(j->name);
}

char *
webarchfile(const char *arch)
{
	return arch ? xasprintf("arch-%s.html", arch) : xstrdup("index.html");
}

static int
byarch(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return strcmp(x->repo->arch, y->repo->arch);
}

static struct part *
partof(struct part *list, size_t n, const struct sjob *j)
{
	const char *arch;
	size_t i;

	if (j->state == NSTATE || !jobnameok(j->name))
		return NULL;
	arch = strrchr(j->name, '.') + 1;
	for (i = 0; i < n && strcmp(list[i].repo->arch, arch) != 0; i++)
		;
	return i < n ? &list[i] : NULL;
}

/* Returns the architectures that have jobs, and sets *n to their number. */
static struct part *
parts(const struct site *s, size_t *n)
{
	struct part *list, *p;
	struct sjob *j;
	size_t all, i;

	list = xcalloc(s->nrepos, sizeof *list);
	for (i = 0; i < s->nrepos; i++)
		list[i].repo = s->repos[i];
	all = s->nrepos;
	qsort(list, all, sizeof *list, byarch);
	for (i = 0; i < s->st->n; i++) {
		j = s->st->jobs[i];
		p = partof(list, all, j);
		if (!p)
			continue;
		p->njobs++;
		p->counts[j->state]++;
		forecastcount(s->st, s->e, j, &p->e);
	}
	for (i = *n = 0; i < all; i++) {
		if (list[i].njobs > 0)
			list[(*n)++] = list[i];
	}
	return list;
}

static void
numbercell(struct buf *b, const char *label, size_t n)
{
	webcell(b, label);
	if (n > 0)
		buffmt(b, "%zu", n);
}

void
webarchtable(const struct site *s, struct buf *b)
{
	const struct part *p;
	struct part *list;
	char *file;
	size_t n;

	if (s->arch)
		return;
	list = parts(s, &n);
	if (n > 1) {
		webtable(b, "archs", "Architectures", n, "Architecture|Built|To go|"
		    "Building|Failed|Blocked|In the repository|Expected end");
		for (p = list; p < list + n; p++) {
			bufstr(b, "<tr><td>");
			file = webarchfile(p->repo->arch);
			htmllink(b, file, p->repo->arch);
			free(file);
			numbercell(b, "Built", p->counts[DONE]);
			numbercell(b, "To go", p->e.left);
			numbercell(b, "Building", p->counts[RUN]);
			numbercell(b, "Failed", p->counts[FAIL]);
			numbercell(b, "Blocked", p->e.blocked);
			numbercell(b, "In the repository", p->repo->repos ?
			    repolen(reposat(p->repo->repos, 0)) : 0);
			webcell(b, "Expected end");
			if (p->e.left > 0 && p->e.end)
				htmlclock(b, webround(s, p->e.end), s->st->now);
			webrowend(b);
		}
		webtableend(b);
	}
	free(list);
}

/* writes the overview of one architecture: the site as if it had no other */
static int
archpage(const struct site *s, const struct part *p, int (*page)(struct site *s))
{
	struct forecast e = p->e;
	struct status st = *s->st;
	struct site view = *s;
	struct rebuilds *repo = p->repo;
	size_t i;
	int r;

	memcpy(st.counts, p->counts, sizeof st.counts);
	view.arch = repo->arch;
	view.st = &st;
	view.e = &e;
	view.repos = &repo;
	view.nrepos = 1;
	view.holds = xcalloc(s->nholds, sizeof *view.holds);
	view.nholds = 0;
	for (i = 0; i < s->nholds; i++) {
		if (strcmp(s->holds[i].arch, repo->arch) == 0)
			view.holds[view.nholds++] = s->holds[i];
	}
	r = page(&view);
	free(view.holds);
	return r;
}

int
webarches(struct site *s, int (*page)(struct site *s))
{
	struct part *list;
	size_t i, n;
	int r;

	list = parts(s, &n);
	for (i = 0, r = 0; n > 1 && i < n && r == 0; i++)
		r = archpage(s, &list[i], page);
	free(list);
	return r;
}

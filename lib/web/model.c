#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/table.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/rebuilds.h"
#include "status/status.h"
#include "web/html.h"
#include "web/web.h"
#include "xbps/pkgver.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
#include "xbps/stage.h"

enum { ACTIVE = 1u << NEW | 1u << WAIT | 1u << READY | 1u << RUN | 1u << BUILT };

const struct family *
webmaker(const struct site *s, const char *name, const char *arch)
{
	const struct family *f;
	char *key;

	key = xasprintf("%s.%s", name, arch);
	f = tableget(s->makers, key);
	free(key);
	return f;
}

int
webnames(const char *a, const char *b)
{
	int r;

	r = strcasecmp(a, b);
	return r ? r : strcmp(a, b);
}

static int
active(const struct sjob *j)
{
	return j->state != NSTATE && ACTIVE & 1u << j->state;
}

/* unfinished jobs first, then the latest */
static int
byprogress(const void *a, const void *b)
{
	const struct sjob *x = *(const struct sjob *const *)a;
	const struct sjob *y = *(const struct sjob *const *)b;

	if (active(x) != active(y))
		return active(x) ? -1 : 1;
	if (x->since != y->since)
		return x->since > y->since ? -1 : 1;
	return strcmp(y->name, x->name);
}

static int
bybase(const void *a, const void *b)
{
	const struct family *x = *(const struct family *const *)a;
	const struct family *y = *(const struct family *const *)b;

	return webnames(x->base, y->base);
}

static struct family *
familyof(struct site *s, const char *job)
{
	struct family *f;
	char *base;

	base = jobbase(job);
	f = tableget(s->bases, base);
	if (!f) {
		f = xcalloc(1, sizeof *f);
		f->base = base;
		*tableput(s->bases, base) = f;
		s->families = xgrow(s->families, s->nfamilies,
		    sizeof *s->families);
		s->families[s->nfamilies++] = f;
	} else {
		free(base);
	}
	return f;
}

static void
collectfamilies(struct site *s)
{
	struct sjob *j;
	struct family *f;
	size_t i;

	for (i = 0; i < s->st->n; i++) {
		j = s->st->jobs[i];
		if (j->state == NSTATE || !jobnameok(j->name))
			continue;
		f = familyof(s, j->name);
		f->jobs = xgrow(f->jobs, f->n, sizeof *f->jobs);
		f->jobs[f->n++] = j;
	}
	for (i = 0; i < s->nfamilies; i++)
		qsort(s->families[i]->jobs, s->families[i]->n,
		    sizeof(struct sjob *), byprogress);
	if (s->nfamilies > 0)
		qsort(s->families, s->nfamilies, sizeof *s->families, bybase);
}

struct family *
webfamily(const struct site *s, const char *job)
{
	struct family *f;
	char *base;

	if (!jobnameok(job))
		return NULL;
	base = jobbase(job);
	f = tableget(s->bases, base);
	free(base);
	return f;
}

static void
appendfamily(struct family ***list, size_t *n, struct family *f)
{
	*list = xgrow(*list, *n, sizeof **list);
	(*list)[(*n)++] = f;
}

static void
uniquefamilies(struct family **list, size_t *n)
{
	size_t i, k;

	if (*n == 0)
		return;
	qsort(list, *n, sizeof *list, bybase);
	for (i = k = 1; i < *n; i++) {
		if (list[i] != list[k - 1])
			list[k++] = list[i];
	}
	*n = k;
}

static void
linkneeds(struct site *s)
{
	const struct job *job;
	struct family *f, *to;
	size_t i, k;

	for (i = 0; i < s->nfamilies; i++) {
		f = s->families[i];
		job = &f->jobs[0]->job;
		for (k = 0; k < job->nneeds; k++) {
			to = webfamily(s, job->needs[k]);
			if (!to || to == f)
				continue;
			appendfamily(&f->needs, &f->nneeds, to);
			appendfamily(&to->needed, &to->nneeded, f);
		}
	}
	for (i = 0; i < s->nfamilies; i++) {
		uniquefamilies(s->families[i]->needs, &s->families[i]->nneeds);
		uniquefamilies(s->families[i]->needed, &s->families[i]->nneeded);
	}
}

static void
mapmakers(struct site *s)
{
	const struct job *job;
	struct family *f;
	char *key;
	size_t i, k;

	for (i = 0; i < s->nfamilies; i++) {
		f = s->families[i];
		*tableput(s->makers, f->base) = f;
	}
	for (i = 0; i < s->nfamilies; i++) {
		f = s->families[i];
		job = &f->jobs[0]->job;
		for (k = 0; k < job->nmakes; k++) {
			key = xasprintf("%s.%s", job->makes[k], job->arch);
			if (!tableget(s->makers, key))
				*tableput(s->makers, key) = f;
			free(key);
		}
	}
}

static void
addoffers(struct site *s, const struct repo *r, const char *arch)
{
	const struct repopkg *pkg;
	struct family *f;
	struct offer *o;
	char *key;
	size_t i;

	for (i = 0; (pkg = reponext(r, &i));) {
		s->offers = xgrow(s->offers, s->noffers, sizeof *s->offers);
		o = &s->offers[s->noffers++];
		o->pkg = pkg;
		s->nstaged += pkg->staged != 0;
		key = xasprintf("%s.%s", pkg->name, arch);
		o->family = f = tableget(s->makers, key);
		free(key);
		if (!f)
			continue;
		f->pkgs = xgrow(f->pkgs, f->npkgs, sizeof *f->pkgs);
		f->pkgs[f->npkgs++] = pkg;
	}
}

static int
readindex(struct site *s, struct table *seen, const char *arch)
{
	struct rebuilds *rs;
	struct hold *h;
	size_t i;
	int r;

	if (*tableput(seen, arch))
		return 0;
	*tableput(seen, arch) = s;
	rs = xcalloc(1, sizeof *rs);
	r = rebuildsread(rs, s->sp, arch);
	s->repos = xgrow(s->repos, s->nrepos, sizeof *s->repos);
	s->repos[s->nrepos++] = rs;
	if (r < 0)
		return -1;
	addoffers(s, reposat(rs->repos, 0), arch);
	for (i = 0; i < rs->n; i++) {
		s->holds = xgrow(s->holds, s->nholds, sizeof *s->holds);
		h = &s->holds[s->nholds++];
		h->rebuild = &rs->list[i];
		h->family = webmaker(s, rs->list[i].user, arch);
		h->arch = arch;
	}
	return 0;
}

const char *
webmain(const struct site *s, const char *name, const char *arch)
{
	const struct repopkg *pkg;
	const struct repo *r;
	size_t i, k;

	for (i = 0; i < s->nrepos; i++) {
		if (!s->repos[i]->repos ||
		    strcmp(reposarch(s->repos[i]->repos), arch) != 0)
			continue;
		for (k = 1; (r = reposat(s->repos[i]->repos, k)); k++) {
			pkg = repoget(r, name);
			if (pkg)
				return pkg->pkgver;
		}
	}
	return NULL;
}

static int
byname(const void *a, const void *b)
{
	const struct offer *x = a, *y = b;
	int r;

	r = webnames(x->pkg->name, y->pkg->name);
	return r ? r : strcmp(x->pkg->arch, y->pkg->arch);
}

int
webmodel(struct site *s)
{
	struct table *seen;
	size_t i;
	int r;

	s->bases = mktable();
	s->makers = mktable();
	collectfamilies(s);
	linkneeds(s);
	mapmakers(s);
	seen = mktable();
	r = readindex(s, seen, confget(CONF_ARCH));
	if (r == 0)
		r = readindex(s, seen, confget(CONF_HOST));
	for (i = 0; i < s->nfamilies && r == 0; i++)
		r = readindex(s, seen, strrchr(s->families[i]->base, '.') + 1);
	tabledel(seen);
	if (s->noffers > 0)
		qsort(s->offers, s->noffers, sizeof *s->offers, byname);
	return r;
}

void
webmodelfree(struct site *s)
{
	struct family *f;
	size_t i;

	for (i = 0; i < s->nfamilies; i++) {
		f = s->families[i];
		free(f->base);
		free(f->jobs);
		free(f->needs);
		free(f->needed);
		free(f->pkgs);
		free(f);
	}
	for (i = 0; i < s->nrepos; i++) {
		rebuildsfree(s->repos[i]);
		free(s->repos[i]);
	}
	free(s->holds);
	free(s->families);
	free(s->repos);
	free(s->offers);
	tabledel(s->bases);
	tabledel(s->makers);
}

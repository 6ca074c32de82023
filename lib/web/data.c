#include <stdlib.h>

#include "base/buf.h"
#include "base/pid.h"
#include "base/text.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/explain.h"
#include "status/forecast.h"
#include "status/rebuilds.h"
#include "status/status.h"
#include "web/dir.h"
#include "web/html.h"
#include "web/web.h"
#include "xbps/repo.h"
#include "xbps/repos.h"
#include "xbps/shlibs.h"
#include "xbps/stage.h"

/* A job, or a package of the repository, as a row: in jobs.tsv a field for each
 * column, in jobs.json a member for each that is known. */

enum kind { TEXT, NUMBER };

static const struct {
	const char *name, *member;
	enum kind kind;
} columns[] = {
	{ "job", "job", TEXT },
	{ "state", "state", TEXT },
	{ "since", "since", NUMBER },
	{ "detail", "detail", TEXT },
	{ "blocked by", "blocked_by", TEXT },
	{ "holds up", "blocks", NUMBER },
	{ "asked", "asked", NUMBER },
	{ "started", "started", NUMBER },
	{ "ended", "ended", NUMBER },
	{ "tries", "tries", NUMBER },
	{ "machine", "machine", TEXT },
	{ "memory", "memory", NUMBER },
	{ "expected", "expected", NUMBER },
};

enum { NCOLUMNS = sizeof columns / sizeof columns[0] };

struct rowdata {
	const char *text[NCOLUMNS];	/* NULL: not known */
	long long number[NCOLUMNS];	/* 0: not known */
};

struct output {
	struct buf tsv, json;
	size_t rows;
};

static void
putrow(struct output *o, const struct rowdata *r)
{
	const char *sep = "";
	size_t i;

	bufstr(&o->json, o->rows++ ? ",\n{" : "\n{");
	for (i = 0; i < NCOLUMNS; i++) {
		if (i > 0)
			bufchar(&o->tsv, '\t');
		if (columns[i].kind == TEXT ? !r->text[i] || !*r->text[i] :
		    r->number[i] <= 0)
			continue;
		buffmt(&o->json, "%s\"%s\":", sep, columns[i].member);
		sep = ",";
		if (columns[i].kind == TEXT) {
			textclean(&o->tsv, r->text[i]);
			bufchar(&o->json, '"');
			webquoted(&o->json, r->text[i]);
			bufchar(&o->json, '"');
		} else {
			buffmt(&o->tsv, "%lld", r->number[i]);
			buffmt(&o->json, "%lld", r->number[i]);
		}
	}
	bufchar(&o->tsv, '\n');
	bufchar(&o->json, '}');
}

static void
putjob(const struct site *s, const struct sjob *j, struct output *o)
{
	struct buf detail = {0};
	struct rowdata r = {
		.text = { [0] = j->name, [1] = spoolstates[j->state],
		    [4] = j->root && j->root != j ? j->root->name : NULL,
		    [10] = j->job.node },
		.number = { [2] = j->since, [5] = (long long)j->blocks,
		    [6] = j->job.asked, [7] = j->job.started, [8] = j->job.ended,
		    [9] = j->job.tries, [11] = j->job.memory, [12] = j->end },
	};

	explainshort(s->st, j, &detail);
	r.text[3] = detail.s;
	putrow(o, &r);
	buffree(&detail);
}

/* a package of the repository, named as its file is */
static void
putname(const char *pkgver, const char *arch, const char *state,
    const char *detail, struct output *o)
{
	struct rowdata r = { .text = { [1] = state, [3] = detail } };
	struct buf name = {0};

	buffmt(&name, "%s.%s", pkgver, arch);
	r.text[0] = name.s;
	putrow(o, &r);
	buffree(&name);
}

static void
putpackage(const struct repopkg *pkg, const char *state, const char *detail,
    struct output *o)
{
	putname(pkg->pkgver, pkg->arch, state, detail, o);
}

static void
putrepository(const struct site *s, struct output *o)
{
	const struct rebuilds *rs;
	struct buf text = {0};
	size_t i, k;

	for (i = 0; i < s->noffers; i++) {
		if (s->offers[i].pkg->staged)
			putpackage(s->offers[i].pkg, "staged", NULL, o);
	}
	for (i = 0; i < s->nrepos; i++) {
		rs = s->repos[i];
		for (k = 0; k < rs->nrelinks; k++)
			putname(rs->relinks[k].pkgver, rs->arch, "relink",
			    rs->relinks[k].dep, o);
		for (k = 0; k < rs->n; k++)
			putpackage(rs->list[k].pkg, "rebuild", rs->list[k].soname, o);
		for (k = 0; k < rs->nlacks; k++) {
			text.len = 0;
			shlibswords(&text, &rs->lacks[k]);
			putpackage(rs->lacks[k].pkg, "broken", text.s, o);
		}
	}
	buffree(&text);
}

static int
writejobs(struct site *s)
{
	struct output o = {0};
	size_t i;
	int r;

	for (i = 0; i < NCOLUMNS; i++)
		buffmt(&o.tsv, "%s%s", columns[i].name, i + 1 < NCOLUMNS ? "\t" : "\n");
	bufstr(&o.json, "{\"version\":1,\"host\":\"");
	webquoted(&o.json, pidmachine());
	buffmt(&o.json, "\",\"time\":%lld,\"scheduler\":%s,\"paused\":%s,\"jobs\":[",
	    (long long)s->st->now, s->st->runner ? "true" : "false",
	    s->st->paused ? "true" : "false");
	for (i = 0; i < s->st->n; i++) {
		if (s->st->jobs[i]->state != NSTATE)
			putjob(s, s->st->jobs[i], &o);
	}
	putrepository(s, &o);
	bufstr(&o.json, "\n]}\n");
	r = dirput(s->dir, "jobs.tsv", &o.tsv);
	if (r == 0)
		r = dirput(s->dir, "jobs.json", &o.json);
	buffree(&o.tsv);
	buffree(&o.json);
	return r;
}

static void
gauge(struct buf *b, const char *name, const char *help, long long value)
{
	buffmt(b, "# HELP spiff_%s %s\n# TYPE spiff_%s gauge\nspiff_%s %lld\n", name,
	    help, name, name, value);
}

/* for Prometheus, or node_exporter's textfile collector */
static int
writemetrics(struct site *s)
{
	struct buf b = {0};
	size_t broken, i, rebuild, relink;
	int r;

	bufstr(&b, "# HELP spiff_jobs Jobs in the spool, by state.\n"
	    "# TYPE spiff_jobs gauge\n");
	for (i = 0; i < NSTATE; i++)
		buffmt(&b, "spiff_jobs{state=\"%s\"} %zu\n", spoolstates[i],
		    s->st->counts[i]);
	gauge(&b, "jobs_left", "Jobs that will be built as things are.",
	    (long long)s->e->left);
	gauge(&b, "jobs_blocked", "Jobs that something keeps from being built.",
	    (long long)s->e->blocked);
	gauge(&b, "built_last_hour", "Jobs built in the last hour.",
	    (long long)s->e->lasthour);
	gauge(&b, "expected_end_seconds", "When all is built, 0: not known.",
	    (long long)s->e->end);
	gauge(&b, "scheduler_up", "Whether spiff-run works on the spool.",
	    s->st->runner != 0);
	gauge(&b, "paused", "Whether nothing new is started.", s->st->paused);
	for (i = broken = rebuild = relink = 0; i < s->nrepos; i++) {
		relink += s->repos[i]->nrelinks;
		broken += s->repos[i]->nlacks;
		rebuild += s->repos[i]->n;
	}
	gauge(&b, "packages", "Packages in the build repository.",
	    (long long)s->noffers);
	gauge(&b, "packages_staged", "Packages in its stage.", (long long)s->nstaged);
	gauge(&b, "packages_broken", "What its packages lack to be installed.",
	    (long long)broken);
	gauge(&b, "packages_rebuild", "What must be rebuilt for its stage.",
	    (long long)rebuild);
	gauge(&b, "packages_relink", "What is to be rebuilt for new interfaces.",
	    (long long)relink);
	gauge(&b, "time_seconds", "When this was written.", (long long)s->st->now);
	r = dirput(s->dir, "metrics.prom", &b);
	buffree(&b);
	return r;
}

int
webdata(struct site *s)
{
	return writejobs(s) < 0 || writemetrics(s) < 0 ? -1 : 0;
}

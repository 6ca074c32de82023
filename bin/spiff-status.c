#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/flags.h"
#include "base/print.h"
#include "base/term.h"
#include "base/text.h"
#include "base/x.h"
#include "clean/sizes.h"
#include "queue/available.h"
#include "spool/job.h"
#include "spool/settings.h"
#include "spool/spool.h"
#include "status/explain.h"
#include "status/follow.h"
#include "status/forecast.h"
#include "status/rebuilds.h"
#include "status/screen.h"
#include "status/status.h"
#include "status/why.h"
#include "web/web.h"
#include "xbps/pkgver.h"

static const struct flag flags[] = {
	{ 'a', "arch", "with -y: the architecture to build for" },
	{ 'A', "host", "with -y: the architecture that builds" },
	{ 'D', "dir", "with -y: a tree, overlays first; repeatable" },
	{ 'd', NULL, "say how large everything is" },
	{ 'f', NULL, "follow the queue" },
	{ 'j', "slots", "builds at a time, for the time left" },
	{ 'l', NULL, "print a line a job, for programs" },
	{ 'r', "repo", "with -y: the build repository" },
	{ 'R', "repo", "with -y: a main repository; repeatable" },
	{ 's', "spool", "the spool" },
	{ 'w', "dir", "write web pages into dir" },
	{ 'y', "pkg", "say why a package is not built" },
	{ 0 }
};
static const struct usage usage = {
	"spiff-status [-l] [-j slots] [-s spool] [job ...]\n"
	"spiff-status -d [-s spool]\n"
	"spiff-status -f [-j slots] [-s spool]\n"
	"spiff-status -w dir [-j slots] [-s spool]\n"
	"spiff-status -y pkg [-a arch] [-A host] [-D dir] [-r repo] [-R repo] [-s spool]",
	flags, 0
};

/* whether an operand is the job's name, or its package's pkgver or name */
static int
matches(const char *job, const char *operand)
{
	char *pkgver;
	size_t n;
	int r;

	if (strcmp(job, operand) == 0)
		return 1;
	if (!jobnameok(job))
		return 0;
	pkgver = xstrndup(job, (size_t)(strrchr(job, '.') - job));
	n = pkgvername(pkgver);
	r = strcmp(pkgver, operand) == 0 || (strlen(operand) == n &&
	    memcmp(pkgver, operand, n) == 0);
	free(pkgver);
	return r;
}

/* marks the jobs of the operands; returns the exit status */
static int
choosejobs(const struct status *st, char **operands, char *pick)
{
	size_t i;
	int found, r;

	r = 0;
	for (; *operands; operands++) {
		found = 0;
		for (i = 0; i < st->n; i++) {
			if (st->jobs[i]->state != NSTATE &&
			    matches(st->jobs[i]->name, *operands))
				found = pick[i] = 1;
		}
		if (!found) {
			warnx("%s: not in the spool", *operands);
			r = 1;
		}
	}
	return r;
}

/* whether another job of the spool has taken the place of a cancelled one */
static int
replaced(const struct status *st, const struct sjob *j)
{
	const struct sjob *by;

	by = j->state == CANCEL && j->job.by ? statusget(st, j->job.by) : NULL;
	return by && by->state != NSTATE;
}

static void
writelines(const struct status *st, const char *pick, struct buf *b)
{
	size_t i;
	int s;

	for (s = 0; s < NSTATE; s++) {
		for (i = 0; i < st->n; i++) {
			if (st->jobs[i]->state == (enum state)s &&
			    (pick ? pick[i] : !replaced(st, st->jobs[i])))
				explainline(st, st->jobs[i], b);
		}
	}
}

/* what is wrong with the repository, for each architecture */
struct repository {
	struct rebuilds *list;
	size_t n;
	int r;			/* -1: an index could not be read */
};

static void
readarch(struct repository *rp, const struct spool *sp, const char *arch)
{
	size_t i;

	for (i = 0; i < rp->n; i++) {
		if (strcmp(rp->list[i].arch, arch) == 0)
			return;
	}
	rp->list = xgrow(rp->list, rp->n, sizeof *rp->list);
	if (rebuildsread(&rp->list[rp->n++], sp, arch) < 0)
		rp->r = -1;
}

/* reads it for the architecture of the settings and those of the jobs */
static void
readrepository(struct repository *rp, const struct status *st)
{
	size_t i;

	readarch(rp, st->sp, confget(CONF_ARCH));
	for (i = 0; i < st->n; i++) {
		if (jobnameok(st->jobs[i]->name))
			readarch(rp, st->sp, strrchr(st->jobs[i]->name, '.') + 1);
	}
}

static int
writetable(struct status *st, const char *pick, const struct repository *rp,
    struct buf *b)
{
	struct screen how = {0};
	struct buf said = {0};
	struct forecast e;
	size_t i;
	int lines;

	if (forecastmake(st, 0, &e) < 0)
		return 111;
	how.cols = termsize(STDOUT_FILENO, &how.rows);
	how.colour = termcolour(STDOUT_FILENO);
	how.pick = pick;
	for (i = 0, lines = 0; i < rp->n; i++)
		lines += rebuildssay(&rp->list[i], how.cols, &said);
	how.rows -= how.rows > lines ? lines : 0;
	screen(st, &e, &how, b);
	bufadd(b, said.s, said.len);
	buffree(&said);
	return 0;
}

static int
showstatus(const struct spool *sp, int lflag, char **operands, struct buf *b)
{
	struct repository rp = {0};
	struct status st;
	struct available *available;
	char *pick;
	size_t i;
	int r;

	if (statusopen(&st, sp) < 0) {
		statusclose(&st);
		return 111;
	}
	available = mkavailable();
	statuslink(&st, available);
	pick = *operands ? xcalloc(st.n + 1, 1) : NULL;
	r = pick ? choosejobs(&st, operands, pick) : 0;
	if (!pick)
		readrepository(&rp, &st);
	for (i = 0; i < st.n && (lflag || pick); i++) {
		if (!pick || pick[i])
			statusread(&st, st.jobs[i]);
	}
	if (lflag) {
		writelines(&st, pick, b);
		for (i = 0; i < rp.n; i++)
			rebuildslines(&rp.list[i], b);
	} else if (writetable(&st, pick, &rp, b) > 0) {
		r = 111;
	}
	if (rp.r < 0)
		r = 111;
	/* the program ends: nothing is freed, as of a long queue that takes a while */
	return r;
}

static int
emit(const struct buf *b)
{
	struct buf ascii = {0};
	int r;

	if (termsize(STDOUT_FILENO, NULL) > 0 && !termutf8()) {
		textascii(&ascii, b->s);
		b = &ascii;
	}
	/* text for a terminal has our own escape sequences, and was cleaned before */
	r = 0;
	if (!termable(STDOUT_FILENO)) {
		r = print(b->s, b->len);
	} else if (fwrite(b->s, 1, b->len, stdout) != b->len ||
	    fflush(stdout) != 0) {
		warn("standard output");
		r = -1;
	}
	buffree(&ascii);
	return r;
}

static int
followspool(const struct spool *sp)
{
	struct follow f = { .terminal = -1, .emit = emit };
	int r;

	if (termable(STDOUT_FILENO)) {
		f.terminal = STDOUT_FILENO;
		f.colour = termcolour(STDOUT_FILENO);
	}
	r = follow(sp, &f);
	return r < 0 ? 111 : r;
}

static int
answerwhy(struct spool *sp, const char *what, struct buf *b)
{
	char *next;
	int lock, r;

	/* warns if the spool's jobs are for other trees */
	settingsagree(sp, SETTINGS_LOOK, &lock);
	r = why(sp, what, b, &next);
	/* not for programs */
	if (next && termsize(STDOUT_FILENO, NULL) > 0)
		buffmt(b, "\nnext: %s\n", next);
	free(next);
	if (r < 0)
		return 111;
	return r == 1 ? 0 : 1;
}

/* a line for people on a terminal, else for programs */
static void
writesize(void *arg, const char *what, size_t n, int64_t bytes, const char *path)
{
	struct buf *b = arg, size = {0};

	if (termsize(STDOUT_FILENO, NULL) > 0) {
		textsize(&size, bytes);
		buffmt(b, "%-10s %9s  ", what, size.s);
		if (n > 0)
			buffmt(b, "%7zu  ", n);
		else
			buffmt(b, "%7s  ", "");
		textclean(b, path);
		bufchar(b, '\n');
		buffree(&size);
	} else {
		buffmt(b, "%s\t%zu\t%lld\t", what, n, (long long)bytes);
		textclean(b, path);
		bufchar(b, '\n');
	}
}

int
main(int argc, char **argv)
{
	struct buf b = {0};
	struct spool sp;
	const char *dir, *what;
	int c, dflag, fflag, lflag, r;

	dflag = fflag = lflag = 0;
	dir = what = NULL;
	while ((c = flagsnext(&usage, argc, argv)) != -1) {
		switch (c) {
		case 'd':
			dflag = 1;
			break;
		case 'f':
			fflag = 1;
			break;
		case 'l':
			lflag = 1;
			break;
		case 'w':
			dir = optarg;
			break;
		case 'y':
			what = optarg;
			break;
		default:
			if (!confflag(c, optarg))
				flagswrong(&usage, NULL);
		}
	}
	if (dflag + fflag + lflag + (dir != NULL) + (what != NULL) > 1)
		flagswrong(&usage, "only one of -d, -f, -l, -w and -y");
	if ((dflag || fflag || dir || what) && optind < argc)
		flagswrong(&usage, "with -d, -f, -w and -y no jobs are named");
	if (confload() < 0)
		return 2;
	if (spoolopen(&sp, confget(CONF_SPOOL), 0) < 0)
		return 111;
	if (fflag)
		r = followspool(&sp);
	else if (dflag)
		r = sizes(&sp, writesize, &b) < 0 ? 111 : 0;
	else if (dir)
		r = webwrite(&sp, dir) < 0 ? 111 : 0;
	else if (what)
		r = answerwhy(&sp, what, &b);
	else
		r = showstatus(&sp, lflag, argv + optind, &b);
	if (b.len > 0 && emit(&b) < 0)
		r = 111;
	buffree(&b);
	spoolclose(&sp);
	return r;
}

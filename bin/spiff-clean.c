/* spiff-clean: removes what is not needed any more: old jobs, logs, slots and
 * sources. */

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/flags.h"
#include "base/progress.h"
#include "base/text.h"
#include "clean/leftover.h"
#include "clean/oldcache.h"
#include "clean/oldjobs.h"
#include "clean/oldmirrors.h"
#include "clean/oldslots.h"
#include "clean/oldsources.h"
#include "clean/oldtrees.h"
#include "spool/record.h"
#include "spool/spool.h"
#include "tree/tree.h"

enum { DAYS = 30, YEAR = 365, DAYSMAX = 36500, DAY = 24 * 60 * 60, SYSFAIL = 111 };

static int dayflag = DAYS, nflag;

static const struct flag flags[] = {
	{ 'D', "dir", "a tree, in place of SPIFF_DISTDIR; repeatable" },
	{ 'd', "days", "remove what is older than that many days: 30" },
	{ 'j', "slots", "how many slots are in use, in place of SPIFF_SLOTS" },
	{ 'n', NULL, "only say what would be removed" },
	{ 's', "spool", "the spool, in place of SPIFF_SPOOL" },
	{ 0 }
};
static const struct usage usage = {
	"spiff-clean [-n] [-D dir] [-d days] [-j slots] [-s spool]", flags, 0
};

static void
options(int argc, char **argv)
{
	const char *why;
	int c;

	while ((c = flagsnext(&usage, argc, argv)) != -1) {
		switch (c) {
		case 'd':
			dayflag = (int)strtonum(optarg, 0, DAYSMAX, &why);
			if (why)
				errx(2, "-d: %s: number of days is %s", optarg, why);
			break;
		case 'n':
			nflag = 1;
			break;
		default:
			confflag(c, optarg);
			break;
		}
	}
	if (argc > optind)
		flagswrong(&usage, "there are no operands");
}

static void
say(const char *kind, const char *path, int64_t bytes)
{
	struct buf b = {0};

	textclean(&b, path);
	progresspause();
	printf("%s\t%s\t%lld\n", kind, b.s, (long long)bytes);
	progressresume();
	buffree(&b);
}

static int
cleanspool(struct leftovers *l)
{
	struct spool sp;
	int r;

	if (access(confget(CONF_SPOOL), F_OK) < 0 && errno == ENOENT)
		return 0;
	if (spoolopen(&sp, confget(CONF_SPOOL), 0) < 0)
		return -1;
	r = oldjobs(l, &sp);
	spoolclose(&sp);
	return r;
}

static int
cleanhistory(struct leftovers *l)
{
	int64_t bytes;

	bytes = recordshrink((int64_t)time(NULL) - (int64_t)YEAR * DAY, l->dry);
	if (bytes > 0) {
		say("history", confget(CONF_HISTORY), bytes);
		l->bytes += bytes;
		l->n++;
	}
	return bytes < 0 ? -1 : 0;
}

static int
cleansources(struct leftovers *l)
{
	struct tree *t;
	char **dirs;
	size_t n;
	int r;

	dirs = conflist(CONF_DISTDIR, &n);
	t = treeopen(dirs, n);
	r = t ? oldsources(l, t) : -1;
	if (t)
		treeclose(t);
	free(dirs);
	return r;
}

int
main(int argc, char **argv)
{
	struct leftovers l = { .said = say };
	struct buf total = {0};
	int r;

	options(argc, argv);
	if (confload() < 0)
		return 2;
	l.dry = nflag;
	/* 0 days: this very second too */
	l.before = (int64_t)time(NULL) - (int64_t)dayflag * DAY + !dayflag;
	r = cleanspool(&l);
	if (oldslots(&l, confslotsall()) < 0)
		r = -1;
	if (oldtrees(&l) < 0)
		r = -1;
	if (oldmirrors(&l) < 0)
		r = -1;
	if (cleansources(&l) < 0)
		r = -1;
	if (oldcache(&l) < 0)
		r = -1;
	if (cleanhistory(&l) < 0)
		r = -1;
	if (l.n > 0) {
		textsize(&total, l.bytes);
		warnx("%s%lld files and directories, %s",
		    nflag ? "would remove " : "removed ", (long long)l.n, total.s);
		buffree(&total);
	}
	if (fflush(stdout) == EOF)
		err(SYSFAIL, "standard output");
	return r < 0 || l.failed ? SYSFAIL : 0;
}

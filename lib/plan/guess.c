#include <string.h>

#include "plan/guess.h"
#include "plan/plan.h"
#include "plan/sides.h"
#include "tree/tmpl.h"
#include "xbps/repo.h"
#include "xbps/repos.h"

#define MOST ((uint64_t)1 << 45)	/* bytes that a package counts for */

/* Fitted to the processor time of the 202 real builds in test/data/times.tsv that say
 * fit: least squares of the logarithms. A build takes the seconds of its style, and for
 * each kilobyte to the power of three quarters of its packages the seconds of what they
 * are linked with. test/bench/guess says how well that foretells the other 92. Most of
 * the packages have less than a megabyte, the largest has 65. All numbers are in
 * thousandths of a second. */
enum { THOUSAND = 1000 };

static const int rates[] = { [GUESS_UNLINKED] = 8, [GUESS_LINKED] = 51,
    [GUESS_CXX] = 149 };

static const struct style {
	const char *name;
	int secs;
	int mean;		/* of all builds: where no repository has a package */
} styles[] = {
	{ "cmake", 3700, 10100 },
	{ "gnu-configure", 4000, 11300 },
	{ "gnu-makefile", 1400, 3500 },
	{ "meson", 3400, 7900 },
	{ "perl-ModuleBuild", 2100, 2300 },
	{ "perl-module", 2200, 3000 },
	{ "python3-module", 2400, 2800 },
	{ "python3-pep517", 2400, 2700 },
	{ "", 1400, 6100 }	/* any other, and none */
};

static int64_t
root(int64_t n)
{
	int64_t high, r;

	for (r = 0, high = (int64_t)1 << 30; high > 0; high >>= 1) {
		if ((r + high) * (r + high) <= n)
			r += high;
	}
	return r;
}

/* returns the kilobytes of so many bytes to the power of three quarters */
static int64_t
scaled(int64_t bytes)
{
	int64_t r;

	/* of the bytes themselves it is 1024^(3/4), or 181, times as much; 16 keeps a
	 * fraction of the fourth root */
	r = root(bytes);
	return r * root(r * 16 * 16) / 16 / 181;
}

int64_t
guessof(const char *style, int64_t bytes, enum guesslink link)
{
	const struct style *s;
	int64_t all;

	for (s = styles; *s->name && strcmp(s->name, style) != 0; s++)
		;
	all = bytes < 0 ? s->mean : s->secs + rates[link] * scaled(bytes);
	all = (all + THOUSAND / 2) / THOUSAND;
	return all > 0 ? all : 1;
}

static enum guesslink
linkof(const struct repopkg *pkg)
{
	const char *const *s;

	for (s = pkg->needs; *s && strncmp(*s, "libstdc++.", 10) != 0; s++)
		;
	return *s ? GUESS_CXX : *pkg->needs ? GUESS_LINKED : GUESS_UNLINKED;
}

int64_t
guesssecs(const struct plan *p, size_t node)
{
	const struct pnode *v = &p->nodes[node];
	const struct repopkg *pkg;
	enum guesslink link;
	int64_t bytes;
	size_t i;

	bytes = -1;
	link = GUESS_UNLINKED;
	for (i = 0; i < v->t->nmakes; i++) {
		pkg = reposname(p->sides->side[v->side].repos, v->t->makes[i], NULL);
		if (!pkg || !pkg->installed)
			continue;
		bytes += (bytes < 0) + (int64_t)(pkg->installed < MOST ?
		    pkg->installed : MOST);
		if (link < linkof(pkg))
			link = linkof(pkg);
	}
	return guessof(v->t->style, bytes, link);
}

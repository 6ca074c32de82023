#include <stdlib.h>

#include "base/buf.h"
#include "base/table.h"
#include "base/x.h"
#include "filter.js.h"
#include "icon.svg.h"
#include "queue/available.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/forecast.h"
#include "status/status.h"
#include "style.css.h"
#include "web/dir.h"
#include "web/web.h"

static int
put(struct site *s, const char *name, const char *text)
{
	struct buf b = {0};
	int r;

	bufstr(&b, text);
	r = pagesput(s->pages, name, &b);
	buffree(&b);
	return r;
}

static int
writeall(struct site *s)
{
	size_t i;

	if (put(s, "style.css", stylecss) < 0 ||
	    put(s, "filter.js", filterjs) < 0 ||
	    put(s, "icon.svg", iconsvg) < 0)
		return -1;
	for (i = 0; i < s->nfamilies; i++) {
		if (sitefamilypage(s, s->families[i]) < 0)
			return -1;
	}
	if (sitepackages(s) < 0 || sitehistory(s) < 0 ||
	    sitefeed(s) < 0 || sitedata(s) < 0)
		return -1;
	/* the first page comes last: it leads nowhere that is not there */
	return siteoverview(s);
}

static int
make(struct site *s)
{
	struct status st;
	struct stock *stock;
	struct eta e;
	int r;

	r = statusopen(&st, s->sp);
	if (r == 0) {
		stock = mkstock();
		statuslink(&st, stock);
		stockdel(stock);
		statusreadall(&st, (1u << NSTATE) - 1);
		r = etamake(&st, 0, &e);
	}
	if (r == 0) {
		s->st = &st;
		s->e = &e;
		sitefamilies(s);
		sitelogs(s);
		r = writeall(s);
		tabdel(s->logs);
		sitefamiliesfree(s);
	}
	statusclose(&st);
	return r;
}

int
site(const struct spool *sp, const char *dir)
{
	struct site s = { .sp = sp };
	uint64_t sig;

	s.pages = pagesopen(dir);
	if (!s.pages)
		return -1;
	/* before anything is read: what changes meanwhile is seen next time */
	sig = sitesignature(sp);
	if (sig && pagesfresh(s.pages, sig)) {
		pagesabandon(s.pages);
		return 0;
	}
	if (make(&s) < 0) {
		pagesabandon(s.pages);
		return -1;
	}
	return pagesclose(s.pages, sig);
}

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/table.h"
#include "base/x.h"
#include "spool/job.h"
#include "spool/spool.h"
#include "status/rebuilds.h"
#include "status/status.h"
#include "web/html.h"
#include "web/web.h"
#include "xbps/repo.h"
#include "xbps/stage.h"

static const struct family *
maker(const struct site *s, const char *name, const char *arch)
{
	const struct family *f;
	char *key;

	key = xasprintf("%s.%s", name, arch);
	f = tabget(s->makers, key);
	free(key);
	return f;
}

static void
add(struct site *s, const struct repo *r, const char *arch,
    const struct rebuild *rebuild)
{
	struct hold *h;

	s->holds = xgrow(s->holds, s->nholds, sizeof *s->holds);
	h = &s->holds[s->nholds++];
	h->rebuild = rebuild;
	h->pkg = repoget(r, rebuild->user);
	h->family = maker(s, rebuild->user, arch);
	h->arch = arch;
}

void
sitestageread(struct site *s, const struct repo *r, const char *arch)
{
	struct rebuilds *rs;
	size_t i;

	rs = xcalloc(1, sizeof *rs);
	rebuildsread(rs, arch);
	s->stages = xgrow(s->stages, s->nstages, sizeof *s->stages);
	s->stages[s->nstages++] = rs;
	for (i = 0; i < rs->n; i++)
		add(s, r, arch, &rs->list[i]);
}

void
sitestagefree(struct site *s)
{
	size_t i;

	for (i = 0; i < s->nstages; i++) {
		rebuildsfree(s->stages[i]);
		free(s->stages[i]);
	}
	free(s->stages);
	free(s->holds);
}

static void
package(struct buf *b, const char *root, const struct family *f,
    const char *name)
{
	if (f)
		sitelink(b, root, f, name);
	else
		htmltext(b, name);
}

void
sitestage(const struct site *s, struct buf *b)
{
	const struct hold *h;
	size_t i;

	if (s->nholds == 0)
		return;
	sitetable(b, "stage", "To be rebuilt for the stage", s->nholds,
	    "Package|For|It needs|Which goes with|Its job");
	for (i = 0; i < s->nholds; i++) {
		h = &s->holds[i];
		bufstr(b, "<tr><td>");
		package(b, "", h->family, h->rebuild->user);
		sitecell(b, "For");
		htmltext(b, h->arch);
		sitecell(b, "It needs");
		htmltext(b, h->rebuild->soname);
		sitecell(b, "Which goes with");
		package(b, "", maker(s, h->rebuild->provider, h->arch),
		    h->rebuild->provider);
		sitecell(b, "State");
		if (h->family)
			sitestate(b, h->family->jobs[0]);
		bufstr(b, "</td></tr>\n");
	}
	bufstr(b, "</tbody>\n</table>\n");
}

void
sitestagenote(const struct site *s, struct buf *b)
{
	struct tab *seen;
	size_t i, staged;

	staged = 0;
	for (i = 0; i < s->noffers; i++)
		staged += s->offers[i].pkg->staged != 0;
	if (staged == 0)
		return;
	buffmt(b, "<p class=\"note\">%zu staged", staged);
	seen = mktab();
	for (i = 0; i < s->nholds; i++) {
		if (tabkey(seen, s->holds[i].rebuild->user))
			continue;
		bufstr(b, tablen(seen) ? ", " : ", until these are rebuilt: ");
		package(b, "", s->holds[i].family, s->holds[i].rebuild->user);
		tabput(seen, s->holds[i].rebuild->user);
	}
	tabdel(seen);
	bufstr(b, s->nholds ? ". <a href=\"index.html#stage\">Why</a></p>\n" :
	    ".</p>\n");
}

void
sitestageof(const struct site *s, struct buf *b, const struct family *f)
{
	const struct hold *h;
	size_t i, n;

	n = 0;
	for (i = 0; i < s->nholds; i++) {
		h = &s->holds[i];
		if (h->family != f)
			continue;
		bufstr(b, n++ ? ", " : "<dt>To be rebuilt</dt><dd>");
		if (strcmp(h->rebuild->user, f->jobs[0]->job.pkgname) != 0) {
			htmltext(b, h->rebuild->user);
			bufstr(b, " ");
		}
		bufstr(b, "for ");
		htmltext(b, h->rebuild->soname);
		bufstr(b, " of ");
		package(b, "../", maker(s, h->rebuild->provider, h->arch),
		    h->rebuild->provider);
	}
	if (n > 0)
		bufstr(b, "</dd>\n");
}

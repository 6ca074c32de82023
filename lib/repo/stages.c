#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/conf.h"
#include "base/table.h"
#include "base/text.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/indexset.h"
#include "repo/stages.h"
#include "xbps/pkgfile.h"
#include "xbps/plist.h"
#include "xbps/repo.h"
#include "xbps/repodata.h"
#include "xbps/repos.h"
#include "xbps/stage.h"

static int
isstaged(const struct indexset *s, const char *arch)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (s->list[i].rd && strcmp(s->list[i].arch, arch) == 0 &&
		    s->list[i].rd->stage->len > 0)
			return 1;
	}
	return 0;
}

/* whether no index before the i-th is of its architecture */
static int
isfirst(const struct indexset *s, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++) {
		if (strcmp(s->list[k].arch, s->list[i].arch) == 0)
			return 0;
	}
	return 1;
}

/* replaces the stage of an index by a copy that has the candidates, too */
static void
trystage(struct index *ix, const struct candidate *c, size_t n)
{
	struct repodata *rd = ix->rd;
	struct plist *copy;
	size_t i;

	copy = mkplist(rd->arena);
	for (i = 0; i < rd->stage->len; i++)
		plistset(rd->arena, copy, rd->stage->u.kids[i].key,
		    &rd->stage->u.kids[i]);
	for (i = 0; i < n; i++) {
		if (c[i].ix == ix && !c[i].why)
			plistset(rd->arena, copy, c[i].pkg->name,
			    c[i].pkg->props);
	}
	rd->stage = copy;
}

/* says from which packages of main repositories the candidate takes a soname */
static char *
refusal(const struct staging *st, const struct rebuild *first)
{
	const struct rebuild *r;
	struct buf b = { 0 };
	int n;

	buffmt(&b, "takes %s from ", first->soname);
	for (r = first, n = 0; r < st->rebuilds + st->n; r++) {
		if (!r->ismain || r->by != first->by ||
		    strcmp(r->soname, first->soname) != 0)
			continue;
		buffmt(&b, "%s%s", n++ ? ", " : "", r->user);
	}
	buffmt(&b, " of the main repository; with %s=stage it waits in the stage "
	    "until %s rebuilt here", confname(CONF_MAINBREAK),
	    n > 1 ? "these are" : "that is");
	return buftake(&b);
}

static size_t
refusearch(const struct repos *rs, const char *arch, struct candidate *c, size_t n)
{
	const struct rebuild *r;
	struct staging st;
	size_t i, refused;

	stagejudge(&st, rs);
	for (r = st.rebuilds, refused = 0; r < st.rebuilds + st.n; r++) {
		for (i = 0; i < n && r->ismain; i++) {
			if (c[i].why || strcmp(c[i].ix->arch, arch) != 0 ||
			    strcmp(c[i].ix->sub, r->by->sub) != 0 ||
			    strcmp(c[i].pkg->pkgver, r->by->pkgver) != 0)
				continue;
			c[i].why = refusal(&st, r);
			refused++;
		}
	}
	stagefree(&st);
	return refused;
}

int
stagesrefuse(struct indexset *s, struct candidate *c, size_t n)
{
	struct plist **stages;
	struct index *ix;
	struct repos *rs;
	size_t i, refused;
	int r;

	if (strcmp(confget(CONF_MAINBREAK), "refuse") != 0 ||
	    strcmp(confget(CONF_STAGE), "xbps") == 0 || !*confget(CONF_REPOS))
		return 0;
	stages = xcalloc(s->n, sizeof(struct plist *));
	for (i = 0; i < s->n; i++) {
		ix = &s->list[i];
		if (!ix->rd)
			continue;
		stages[i] = ix->rd->stage;
		trystage(ix, c, n);
	}
	for (i = 0, r = 0, refused = 0; i < s->n && r == 0; i++) {
		if (!s->list[i].rd || !isfirst(s, i) ||
		    !isstaged(s, s->list[i].arch))
			continue;
		rs = indexsetworld(s, s->list[i].arch);
		if (rs)
			refused += refusearch(rs, s->list[i].arch, c, n);
		else
			r = -1;
	}
	for (i = 0; i < s->n; i++) {
		if (s->list[i].rd)
			s->list[i].rd->stage = stages[i];
	}
	free(stages);
	return r < 0 ? -1 : (int)refused;
}

/* notes the rebuilds, once for each soname of a package; only those for the stage of one
 * index unless that is NULL */
static void
noterebuilds(struct indexset *s, const struct staging *st, const char *arch,
    const struct index *only)
{
	const struct rebuild *r;
	struct index *ix;

	for (r = st->rebuilds; r < st->rebuilds + st->n; r++) {
		if (r > st->rebuilds && strcmp(r->user, r[-1].user) == 0 &&
		    strcmp(r->soname, r[-1].soname) == 0)
			continue;
		ix = indexsetget(s, r->by->sub, arch);
		if (only && ix != only)
			continue;
		bufstr(ix->said, "rebuild\t");
		textclean(ix->said, r->user);
		bufchar(ix->said, '\t');
		textclean(ix->said, r->soname);
		bufchar(ix->said, '\n');
	}
}

/* moves what does not wait from the stages to the indexes, and notes what is new in a
 * stage and waits */
static void
movestaged(struct indexset *s, const struct staging *st, const struct repo *r,
    const char *arch)
{
	const struct repopkg *p;
	struct index *ix;
	size_t i;
	int fresh;

	for (i = 0, fresh = 0; (p = repoat(r, i)); i++) {
		ix = indexsetget(s, p->sub, arch);
		fresh |= ix && st->waits[i] && tablekey(ix->fresh, p->name);
	}
	if (fresh)
		noterebuilds(s, st, arch, NULL);
	for (i = 0; (p = repoat(r, i)); i++) {
		ix = indexsetget(s, p->sub, arch);
		if (!ix)
			continue;
		if (p->staged && !st->waits[i])
			indexenter(ix, p->name);
		else if (p->staged && tablekey(ix->fresh, p->name))
			indexnote(ix, "staged", plistget(ix->rd->stage, p->name));
	}
}

/* moves by the rule of xbps-rindex, each index by itself */
static void
leavexbps(struct indexset *s)
{
	struct indexset one;
	struct staging st;
	struct repos *rs;
	struct repo *r;
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (!s->list[i].rd || s->list[i].rd->stage->len == 0)
			continue;
		one = *s;
		one.list = &s->list[i];
		one.n = 1;
		r = indexsetrepo(&one, s->list[i].arch);
		rs = reposalone(r);
		stagejudgexbps(&st, rs);
		movestaged(&one, &st, r, s->list[i].arch);
		stagefree(&st);
		reposdel(rs);
	}
}

int
stagesleave(struct indexset *s)
{
	struct staging st;
	struct repos *rs;
	const char *arch;
	size_t i;
	int r;

	if (strcmp(confget(CONF_STAGE), "xbps") == 0) {
		leavexbps(s);
		return 0;
	}
	for (i = 0, r = 0; i < s->n; i++) {
		arch = s->list[i].arch;
		if (!isfirst(s, i) || !isstaged(s, arch))
			continue;
		rs = indexsetworld(s, arch);
		if (!rs) {
			indexsetdrop(s, arch);
			r = -1;
			continue;
		}
		stagejudge(&st, rs);
		movestaged(s, &st, reposat(rs, 0), arch);
		stagefree(&st);
	}
	return r;
}

int
stagesrebuilds(struct indexset *s, struct index *ix)
{
	struct staging st;
	struct repos *rs;

	if (ix->rd->stage->len == 0)
		return 0;
	rs = indexsetworld(s, ix->arch);
	if (!rs)
		return -1;
	stagejudge(&st, rs);
	noterebuilds(s, &st, ix->arch, ix);
	stagefree(&st);
	return 0;
}

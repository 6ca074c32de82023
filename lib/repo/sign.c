#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/child.h"
#include "base/conf.h"
#include "base/env.h"
#include "base/io.h"
#include "base/x.h"
#include "repo/index.h"
#include "repo/sign.h"
#include "xbps/plist.h"
#include "xbps/plistread.h"
#include "xbps/repodata.h"
#include "xbps/tar.h"

enum { CHUNK = 200 };	/* files signed by one call */

static char tool[] = "xbps-rindex", sign[] = "--sign", signpkg[] = "--sign-pkg",
    privkey[] = "--privkey", signedby[] = "--signedby",
    noarch[] = "XBPS_TARGET_ARCH=noarch";

/* runs the tool, whose output is not shown */
static int
runtool(char **argv, char **env)
{
	struct childspec spec = { .argv = argv, .who = ENV_INDEX, .env = env,
	    .in = -1, .out = CHILD_KEEP, .err = -1, .cut = 1 };
	struct buf out = { 0 };
	int r, status;

	r = childrun(&spec, &out, &status);
	buffree(&out);
	if (r < 0) {
		warn("%s", argv[0]);
		return -1;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		warnx("%s %s: no signature", argv[0], argv[1]);
		return -1;
	}
	return 0;
}

/* makes an index of one package in dir, for the tool to sign */
static int
makeindex(const char *path, struct arena *a)
{
	struct repodata rd = { 0 };
	char *draft;
	int r;

	rd.index = mkplist(a);
	rd.stage = mkplist(a);
	plistset(a, rd.index, "x", mkplist(a));
	plistsetstr(a, plistget(rd.index, "x"), "pkgver", "x-1_1");
	plistsetstr(a, plistget(rd.index, "x"), "architecture", "noarch");
	draft = repodatadraft(&rd, path, 1);
	r = draft ? iorename(AT_FDCWD, draft, path) : -1;
	if (draft && r < 0)
		warn("%s", path);
	free(draft);
	return r;
}

/* gets the metadata, with the public key, that the tool writes into an index */
static int
getmeta(struct signer *s, char *dir)
{
	char *argv[] = { tool, sign, privkey, s->key, signedby, s->by, dir,
	    NULL };
	char *env[] = { noarch, NULL };
	struct repodata rd;
	struct plisterr e;
	struct buf b = { 0 };
	char *path;
	int r;

	path = xasprintf("%s/noarch-repodata", dir);
	r = makeindex(path, s->arena);
	if (r == 0)
		r = runtool(argv, env);
	if (r == 0)
		r = repodataread(&rd, path) == 1 ? 0 : -1;
	free(path);
	if (r < 0)
		return -1;
	if (rd.meta) {
		plistwrite(&b, rd.meta);
		r = (int)b.len;
		s->text = buftake(&b);
		s->meta = plistread(s->arena, s->text, (size_t)r, &e);
	}
	repodatafree(&rd);
	if (!s->meta)
		warnx("%s --sign: no public key", tool);
	return s->meta ? 0 : -1;
}

static int
trykey(struct signer *s)
{
	const char *tmp;
	char *dir;
	int r;

	if (access(s->key, R_OK) < 0) {
		warn("%s: %s", confname(CONF_PRIVKEY), s->key);
		return -1;
	}
	tmp = getenv("TMPDIR");
	dir = xasprintf("%s/spiff-sign." "XX" "XX" "XX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(dir)) {
		warn("%s", dir);
		free(dir);
		return -1;
	}
	r = getmeta(s, dir);
	if (ioremove(AT_FDCWD, dir) < 0)
		warn("%s", dir);
	free(dir);
	return r;
}

int
signopen(struct signer *s)
{
	const char *by, *key;

	memset(s, 0, sizeof *s);
	key = confget(CONF_PRIVKEY);
	by = confget(CONF_SIGNEDBY);
	if (!*key && !*by)
		return 0;
	if (!*key || !*by) {
		warnx("%s is set, but not %s",
		    confname(*key ? CONF_PRIVKEY : CONF_SIGNEDBY),
		    confname(*key ? CONF_SIGNEDBY : CONF_PRIVKEY));
		return -1;
	}
	s->on = 1;
	s->key = xstrdup(key);
	s->by = xstrdup(by);
	s->arena = mkarena();
	if (trykey(s) < 0) {
		signclose(s);
		return -1;
	}
	return 0;
}

void
signclose(struct signer *s)
{
	arenadel(s->arena);
	free(s->text);
	free(s->key);
	free(s->by);
}

int
signedalready(const char *file)
{
	struct stat sig, st;
	char *name;
	int r;

	name = xasprintf("%s.sig2", file);
	r = stat(file, &st) == 0 && stat(name, &sig) == 0 && sig.st_size > 0 &&
	    (sig.st_ctim.tv_sec > st.st_ctim.tv_sec ||
	    (sig.st_ctim.tv_sec == st.st_ctim.tv_sec &&
	    sig.st_ctim.tv_nsec >= st.st_ctim.tv_nsec));
	free(name);
	return r;
}

static int
signchunks(const struct signer *s, char *const *files, size_t n)
{
	char *argv[CHUNK + 5] = { tool, signpkg, privkey, s->key };
	size_t i, k;

	for (i = 0; i < n; i += k) {
		for (k = 0; k < CHUNK && i + k < n; k++)
			argv[4 + k] = files[i + k];
		argv[4 + k] = NULL;
		if (runtool(argv, NULL) < 0)
			return -1;
	}
	return 0;
}

int
signfiles(const struct signer *s, char *const *files, size_t n)
{
	size_t failed, i;
	char **sigs;
	int r;

	r = 0;
	sigs = xcalloc(n + 1, sizeof *sigs);
	for (i = 0; i < n && r == 0; i++) {
		sigs[i] = xasprintf("%s.sig2", files[i]);
		/* the tool ignores files that have a signature */
		if (unlink(sigs[i]) < 0 && errno != ENOENT) {
			warn("%s", sigs[i]);
			r = -1;
		}
	}
	if (r == 0)
		r = signchunks(s, files, n);
	if (r == 0) {
		r = iosyncfiles(AT_FDCWD, (const char *const *)sigs, n, &failed);
		if (r < 0)
			warn("%s", sigs[failed]);
	}
	for (i = 0; i < n; i++)
		free(sigs[i]);
	free(sigs);
	return r;
}

static int
sameplist(const struct plist *a, const struct plist *b)
{
	struct buf x = { 0 }, y = { 0 };
	int r;

	if (!a || !b)
		return a == b;
	plistwrite(&x, a);
	plistwrite(&y, b);
	r = x.len == y.len && memcmp(x.s, y.s, x.len) == 0;
	buffree(&x);
	buffree(&y);
	return r;
}

struct files {
	char **list;
	size_t n;
};

static void
collectunsigned(struct files *f, const struct index *ix, const struct plist *dict,
    int all)
{
	char *file;
	uint32_t i;

	for (i = 0; i < dict->len; i++) {
		file = indexfile(ix, &dict->u.kids[i]);
		if (!file || access(file, R_OK) < 0 ||
		    (!all && signedalready(file))) {
			free(file);
			continue;
		}
		f->list = xgrow(f->list, f->n, sizeof *f->list);
		f->list[f->n++] = file;
	}
}

static void
freefiles(struct files *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		free(f->list[i]);
	free(f->list);
}

/* says how many packages of a signed index are not signed: users cannot install them */
static void
sayunsigned(const struct index *ix)
{
	struct files f = { 0 };

	if (!ix->rd->meta || !ix->changed)
		return;
	collectunsigned(&f, ix, ix->rd->index, 0);
	if (f.n > 0)
		warnx("%s: packages without a signature in a signed index, which users "
		    "cannot install: %zu: set %s", ix->dir, f.n,
		    confname(CONF_PRIVKEY));
	freefiles(&f);
}

int
signindex(const struct signer *s, struct index *ix)
{
	struct files f = { 0 };
	int r, rekey;

	if (!s->on)
		sayunsigned(ix);
	if (!s->on || sameplist(s->meta, ix->rd->meta))
		return 0;
	/* signatures of another key do not count */
	rekey = ix->rd->meta != NULL;
	collectunsigned(&f, ix, ix->rd->index, rekey);
	collectunsigned(&f, ix, ix->rd->stage, rekey);
	r = signfiles(s, f.list, f.n);
	freefiles(&f);
	if (r < 0)
		return -1;
	ix->rd->meta = s->meta;
	ix->changed = 1;
	return 0;
}

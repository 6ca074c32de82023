#include <stdlib.h>
#include <string.h>

#include "base/x.h"
#include "build/builder.h"

static TAILQ_HEAD(, build) builds = TAILQ_HEAD_INITIALIZER(builds);

struct build *
mkbuild(const struct builder *builder, const char *job)
{
	struct build *b;

	b = xcalloc(1, sizeof *b);
	b->builder = builder;
	b->job = xstrdup(job);
	TAILQ_INSERT_TAIL(&builds, b, list);
	return b;
}

void
builddel(struct build *b)
{
	TAILQ_REMOVE(&builds, b, list);
	b->builder->forget(b);
	free(b->job);
	free(b->try);
	free(b->words);
	free(b->why);
	free(b->alone);
	free(b->nomad);
	free(b);
}

struct build *
buildnext(const struct build *b)
{
	return b ? TAILQ_NEXT(b, list) : TAILQ_FIRST(&builds);
}

struct build *
buildof(const char *job)
{
	struct build *b;

	TAILQ_FOREACH(b, &builds, list) {
		if (strcmp(b->job, job) == 0)
			return b;
	}
	return NULL;
}

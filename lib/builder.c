#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "local.h"
#include "nomad.h"

static const struct builder *const builders[] = {
	&local,
	&nomad,
};

const struct builder *
builderget(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof builders / sizeof builders[0]; i++) {
		if (strcmp(builders[i]->name, name) == 0)
			return builders[i];
	}
	return NULL;
}

void
builddel(struct build *b)
{
	b->builder->forget(b);
	free(b->job);
	free(b->words);
	free(b->why);
	free(b);
}

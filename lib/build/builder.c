#include <stdlib.h>

#include "build/builder.h"

void
builddel(struct build *b)
{
	b->builder->forget(b);
	free(b->job);
	free(b->words);
	free(b->why);
	free(b);
}

#include <string.h>

#include "order.h"

int
ordercmp(const struct rank *a, const struct rank *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority ? -1 : 1;
	if (a->behind != b->behind)
		return a->behind > b->behind ? -1 : 1;
	if (a->asked != b->asked)
		return a->asked < b->asked ? -1 : 1;
	return strcmp(a->name, b->name);
}

#include <stdio.h>

#include "greet.h"

int
greet(const char *word, const char *name)
{
	return printf("%s, %s!\n", word, name) < 0 ? EOF : 0;
}

#include <stdio.h>

#include <leaf.h>

int
main(void)
{
	return puts(LEAF ", flower") == EOF;
}

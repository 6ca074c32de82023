#include <stdio.h>

#include "color.h"

void
setcolor(int n)
{
	if (n < 0)
		printf("\033[m");
	else
		printf("\033[3%dm", n % 8);
}

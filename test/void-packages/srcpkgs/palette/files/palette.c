#include <stdio.h>

#include "color.h"

int
main(void)
{
	int n;

	for (n = 0; n < 8; n++) {
		setcolor(n);
		printf("colour %d\n", n);
	}
	setcolor(-1);
	return 0;
}

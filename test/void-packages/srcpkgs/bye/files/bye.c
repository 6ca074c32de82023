#include <greet.h>
#ifdef COLOR
#include <color.h>
#endif

int
main(void)
{
#ifdef COLOR
	setcolor(4);
#endif
	greet("Good bye", "world");
#ifdef COLOR
	setcolor(-1);
#endif
	return 0;
}

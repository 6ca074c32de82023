/* Exits 0 where the kernel has Landlock. */
#define _GNU_SOURCE	/* syscall */
#include <stddef.h>
#include <unistd.h>

enum { CREATE_RULESET = 444, ASK_VERSION = 1 };

int
main(void)
{
	return syscall(CREATE_RULESET, NULL, (size_t)0, ASK_VERSION) < 1;
}

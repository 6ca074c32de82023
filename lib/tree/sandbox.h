/* What a process that runs foreign code can do without, given up for good: the
 * one file about namespaces, Landlock and seccomp. */

#include <stddef.h>

struct confine {
	const char *const *reads;	/* paths it has to be able to read */
	size_t nreads;
	unsigned procs;		/* processes at a time */
	unsigned seconds;	/* of processor time, for each of them */
	size_t memory;		/* bytes of address space, for each of them */
};

/* gives up, as far as the system lets it: root's rights, the network, other
 * processes, writing to files and to whatever else but /dev/null, and what is
 * above the limits; descriptors that are open stay as they are. Called in a
 * child before exec. Returns 1 if the process namespace is a new one, which
 * begins with the caller's next child, else 0 */
int confine(const struct confine *c);

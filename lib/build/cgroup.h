/* A control group (cgroups, version 2) for one build: it bounds the build's
 * memory and processors, knows what was used, and ends all of it at once. It is
 * made beside the group that we are in, so that one, and its parent, have to be
 * ours: the service's, or in a container the root. */

#include <stdint.h>

struct cgroup;

/* makes a group, after removing those left behind whose maker is gone; NULL with
 * *why set to a reason that the caller owns; cgroupdel frees it */
struct cgroup *cgroupmake(char **why);

/* bounds the memory of the group in bytes and the number of its processors, 0: no
 * bound; -1 with *why set as cgroupmake does */
int cgroupbound(const struct cgroup *cg, int64_t memory, int cpus, char **why);

/* moves the calling process into the group; -1 with errno */
int cgroupenter(const struct cgroup *cg);

/* kills all that is in it; -1 with errno */
int cgroupkill(const struct cgroup *cg);

/* whether nothing lives in it any more */
int cgroupempty(const struct cgroup *cg);

/* sets *memory to the most bytes that it had at a time, 0 where the kernel does
 * not say, and *cpu to the microseconds of processor time; returns how many of
 * its processes were killed for lack of memory */
int64_t cgroupspent(const struct cgroup *cg, int64_t *memory, int64_t *cpu);

/* removes the group, which has to be empty, and frees it; NULL is allowed */
void cgroupdel(struct cgroup *cg);

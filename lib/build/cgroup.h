/* A control group (version 2) for one build: bounds its memory and processors, counts
 * what it uses, and kills all of it at once. It is made beside this process's group,
 * whose parent must be writable: the service's, or in a container the root. */

#include <stdint.h>

struct cgroup;

/* Makes a group, after removing those whose maker is gone; NULL with *why, which the
 * caller owns. cgroupdel frees it. */
struct cgroup *cgroupmake(char **why);

/* Bounds the group's memory in bytes and its processors, 0: no bound; -1 with *why, which
 * the caller owns. */
int cgroupbound(const struct cgroup *cg, int64_t memory, int cpus, char **why);

/* Moves this process into the group; -1 with errno. */
int cgroupenter(const struct cgroup *cg);

/* Kills all of the group's processes; -1 with errno. */
int cgroupkill(const struct cgroup *cg);

/* Says whether the group has no process. */
int cgroupempty(const struct cgroup *cg);

/* Sets *memory to the most bytes at a time, 0 if the kernel does not count them, and
 * *cpu to the microseconds of processor time; returns how many of the group's processes
 * were killed for lack of memory. */
int64_t cgroupspent(const struct cgroup *cg, int64_t *memory, int64_t *cpu);

/* Removes the group, which must be empty, and frees it; NULL is allowed. */
void cgroupdel(struct cgroup *cg);

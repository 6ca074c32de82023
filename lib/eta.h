/* When what is left will be built, by the times that earlier builds took. */

#include <stddef.h>
#include <stdint.h>

struct status;

struct eta {
	size_t left;		/* jobs that will be built as things are */
	size_t blocked;		/* jobs that wait in vain */
	int64_t since;		/* when the oldest of those left was asked for */
	size_t built;		/* jobs built since then */
	size_t lasthour;	/* jobs built in the last hour */
	int64_t end;		/* when the last of those left will be built, seconds
				 * since the epoch; 0: never, or nothing is left */
};

/* fills e, and the secs, the place and the end of each job that is left; since is
 * what e->since is to be, 0: as above; st must have been linked; -1 after a
 * message */
int etamake(struct status *st, int64_t since, struct eta *e);

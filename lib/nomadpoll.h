/* What Nomad's lists say of all our builds at once: the same few calls however
 * many there are. */

#include <stdint.h>
#include <sys/types.h>

struct nomadpoll;

/* returns lists not yet asked for; nomadpolldel frees it */
struct nomadpoll *mknomadpoll(const char *mark);

/* frees it; NULL is allowed */
void nomadpolldel(struct nomadpoll *p);

/* takes the end of a child: 1 when it was one of these calls */
int nomadpollreaped(struct nomadpoll *p, pid_t pid, int status);

/* goes on; busy: builds are under way; 1 when there is a new picture */
int nomadpollstep(struct nomadpoll *p, int busy);

/* returns when it has to be called again, in milliseconds of loopnow() */
int64_t nomadpollnext(const struct nomadpoll *p);

/* asks for a new picture soon */
void nomadpollsoon(struct nomadpoll *p);

/* returns when the asking for the last picture began, in milliseconds of
 * loopnow(): what had happened by then is in it */
int64_t nomadpollbegan(const struct nomadpoll *p);

/* returns the last picture: struct nomadchild by ID; ours until the next step */
struct tab *nomadpolltab(const struct nomadpoll *p);

/* What the program nomad says, as it is asked with the templates here. All of it
 * is checked: what is not as expected, or not whole, is refused as a whole. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct nomadpoll;
struct tab;

/* a dispatched job, as the lists have it */
struct nomadchild {
	char *id;
	int listed;		/* in the list of jobs */
	int dead;		/* nothing of it runs or will run */
	int stopped;		/* somebody said nomad job stop */
	int lost;		/* an allocation was on a node that was lost */
	char *blocked;		/* why it finds no node, or NULL */
	/* its newest allocation, if it has one */
	char *alloc;
	long long index;
	int run;		/* it is meant to run */
	int ended;		/* it will not run any more */
	int unknown;		/* its node does not answer */
	char *node;
	char *words;		/* what Nomad says of it, "" if nothing */
	int64_t started;	/* seconds since the epoch, 0: not yet; by the */
	int64_t finished;	/* node's clock, both */
	int exited;		/* its task has ended by itself or by a signal: */
	int code, sig, oom;
	int killed;		/* Nomad killed it */
	char *trouble;		/* what kept it from running, or NULL */
};

/* the templates for nomad job inspect -t, nomad alloc status -t and nomad eval
 * list -t, for children whose name has been dispatched with that mark */
char *nomadjobs(const char *mark);
char *nomadallocs(const char *mark);
char *nomadblocked(const char *mark);

/* reads what one of them has printed into the table of children by ID; -1 when
 * it is not that, or not whole */
int nomadread(struct tab *children, char *text);

/* frees such a table's children */
void nomadfree(struct tab *children);

/* returns the ID that nomad job dispatch has printed, NULL when it is not one of
 * that parent with that prefix; the caller owns it */
char *nomadid(const char *text, const char *parent, const char *prefix);

/* appends s with what Nomad's names cannot have as _, max characters at most */
void nomadname(struct buf *b, const char *s, size_t max);

/* What Nomad's lists say of all our builds at once: the same few calls however
 * many there are. */

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

/* What the program nomad says, as it is asked with the templates here. All of it
 * is checked: what is not as expected, or not whole, is refused as a whole. */

#include <stddef.h>
#include <stdint.h>

struct buf;
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

/* How a build in Nomad is found again: what the job's file says of it. The token
 * is written there before Nomad hears of it, so that however often it is asked,
 * and whoever is killed meanwhile, one build is dispatched. */

#include <stddef.h>

struct buf;
struct build;
struct job;
struct spool;

struct nomadhandle {
	char *parent;		/* the job that it is dispatched of */
	char *prefix;		/* begins the name of its child */
	char *token;		/* of one try of one job */
	char *id;		/* of the child, NULL: not known */
};

/* returns the mark of the spool's builds among all of the cluster, made once and
 * kept in the spool; old is the one of this process, or NULL; NULL after a
 * message */
char *nomadmark(const struct spool *sp, const char *old);

/* makes the handle of a build; -1 after a message: nobody builds for its host */
int nomadhandle(struct nomadhandle *h, const char *mark, const struct job *j,
    int try);

/* reads a handle from a job's file, -1 when it is none */
int nomadhandleread(struct nomadhandle *h, const char *text);

/* appends the line of the job's file */
void nomadhandleline(struct buf *b, const struct nomadhandle *h);

/* frees what it has */
void nomadhandlefree(struct nomadhandle *h);

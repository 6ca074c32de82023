/* How a build ended, and what follows from that for its job. */

#include <stdint.h>

struct build;
struct jobs;

enum outcome {
	BUILD_DELIVERED,
	BUILD_FAILED,		/* stays failed until somebody acts */
	BUILD_SPOILT,		/* by the machine: may be tried again */
	BUILD_BACK		/* its end says nothing: to be begun again */
};

struct verdict {
	enum outcome outcome;
	const char *class;	/* as the job's file has it, NULL: no failure */
};

/* judges a build: code is its exit status, -1 when a signal ended it; delivered
 * says whether incoming/ has what this try made; stopped: we told it to stop,
 * because of a limit, or, with back, for reasons that are not the job's */
struct verdict outcomejudge(int code, int delivered, int stopped, int back);

/* What becomes of a job when its build has ended. */

/* writes into the job's file how the build ended and moves it on: 1 done, or the
 * job is not this build's any more; -1 after a message, to be called again */
int outcomefile(struct jobs *js, struct build *b);

/* The file that SPIFF_LIMITS names: what the builds of some packages may take, and
 * which packages are not to be built for now, or at all. spiff-limits(5) has its
 * lines. Of those that concern a package the first one counts. */

#include <stdint.h>

struct limits;

struct limit {
	int jobs;		/* processes at a time, 0: not said */
	int64_t memory;		/* bytes that bound the build, 0: no bound */
	int64_t time, idle;	/* milliseconds that it may last, and may write nothing;
				 * 0: for ever */
	const char *alone;	/* builds of the same mark exclude each other, NULL: no
				 * mark; lives until the file is read again */
};

/* returns limits of no package, and none is held; limitsdel frees them */
struct limits *mklimits(void);

/* frees them; NULL is allowed */
void limitsdel(struct limits *l);

/* reads the file, if the setting names one and it is another than the last time: 1 it
 * was read; 0 it is the same; -1 after a message for each fault, and all stays as it
 * was */
int limitsread(struct limits *l);

/* sets lm to the limits of a job, whose build style may be NULL: those of the file,
 * or else of the settings */
void limitsof(const struct limits *l, const char *job, const char *style,
    struct limit *lm);

/* returns why the job is not to be built now, in words that live until the file is read
 * again, NULL when it may be; *never, unless never is NULL, says that it is not even to
 * be queued */
const char *limitshold(const struct limits *l, const char *job, const char *style,
    int *never);

/* The file that SPIFF_LIMITS names, see spiff-limits(5): limits for the builds of some
 * packages, and packages that are held, or never to be built. Of the lines that fit a
 * package the first one counts. */

#include <stdint.h>

struct limits;

struct limit {
	int jobs;		/* processes, 0: not set */
	int64_t memory;		/* bytes, 0: no limit */
	int64_t time, idle;	/* milliseconds that it may last, and that it may write
				 * nothing; 0: no limit */
	const char *alone;	/* builds of the same mark exclude each other; NULL: no
				 * mark; lives until the file is read again */
	const char *nomad;	/* the Nomad jobs that build it, as in SPIFF_NOMAD;
				 * NULL: those of SPIFF_NOMAD; lives as long */
};

/* returns limits for no package; limitsdel frees them */
struct limits *mklimits(void);

/* frees the limits; NULL is allowed */
void limitsdel(struct limits *l);

/* reads the file, if the setting names one and it has changed: 1; 0 when it is the same;
 * -1 after a message for each fault, with the limits as they were; a second reading of a
 * faulty file, into other limits too, has no messages */
int limitsread(struct limits *l);

/* sets lm to the limits of a job, whose build style may be NULL: those of the file, else
 * those of the settings */
void limitsof(const struct limits *l, const char *job, const char *style,
    struct limit *lm);

/* returns why the job must not be built now, in words that live until the file is read
 * again, NULL when it may; sets *never, unless never is NULL, to whether it must not even
 * be queued */
const char *limitshold(const struct limits *l, const char *job, const char *style,
    int *never);

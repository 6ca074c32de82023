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

/* reads the file, if there is such a setting; NULL after a message for each fault;
 * limitsdel frees it */
struct limits *limitsopen(void);

/* frees it; NULL is allowed */
void limitsdel(struct limits *l);

/* reads the file again if it is another than before: 1 it was; 0 not, also after a
 * message, when it has faults and all stays as it was */
int limitsagain(struct limits *l);

/* sets lm to the limits of a job, whose build style may be NULL: those of the file,
 * or else of the settings */
void limitsof(const struct limits *l, const char *job, const char *style,
    struct limit *lm);

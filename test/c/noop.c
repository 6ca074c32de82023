/* The builder of the benchmarks: delivers, for the job SPIFF_JOB at its first
 * try, what mkready has made in the directory ready beside the spool, in one step, since
 * what is measured is all the rest. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

int
main(void)
{
	const char *job, *spool;
	char from[4096], to[4096];

	job = getenv("SPIFF_JOB");
	spool = getenv("SPIFF_SPOOL");
	if (!job || !spool)
		errx(2, "SPIFF_JOB or SPIFF_SPOOL is not set");
	snprintf(from, sizeof from, "%s/../ready/%s", spool, job);
	snprintf(to, sizeof to, "%s/incoming/%s", spool, job);
	if (rename(from, to) < 0)
		err(1, "%s", from);
	return 0;
}

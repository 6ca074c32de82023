/* The builder of the benchmarks: delivers, for the job SPIFF_JOB at its first
 * try, what mkready has made in the directory SPIFF_READY, in one step, since
 * what is measured is all the rest. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

int
main(void)
{
	const char *job, *ready, *spool;
	char from[4096], to[4096];

	job = getenv("SPIFF_JOB");
	ready = getenv("SPIFF_READY");
	spool = getenv("SPIFF_SPOOL");
	if (!job || !ready || !spool)
		errx(2, "SPIFF_JOB, SPIFF_READY or SPIFF_SPOOL is not set");
	snprintf(from, sizeof from, "%s/%s", ready, job);
	snprintf(to, sizeof to, "%s/incoming/%s", spool, job);
	if (rename(from, to) < 0)
		err(1, "%s", from);
	return 0;
}

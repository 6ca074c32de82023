/* Reads a job's text from standard input and prints what spool/job makes of it,
 * the name being the operand: the reason when it is no job, else its values,
 * strings between brackets. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "spool/job.h"

static void
text(const char *name, const char *value)
{
	if (value)
		printf("%s [%s]\n", name, value);
}

int
main(int argc, char **argv)
{
	struct buf b = {0};
	struct job j;
	char *base, *why;
	size_t i;

	if (argc != 2)
		errx(2, "usage: job NAME <TEXT");
	if (ioreadfd(STDIN_FILENO, 1 << 20, &b) < 0)
		err(111, "standard input");
	if (jobparse(&j, argv[1], b.s ? b.s : "", b.len, &why) < 0) {
		puts(why);
		free(why);
		buffree(&b);
		return 1;
	}
	base = jobbase(j.name);
	text("base", base);
	text("pkgver", j.pkgver);
	text("pkgname", j.pkgname);
	text("arch", j.arch);
	text("host", j.host);
	for (i = 0; i < j.nneeds; i++)
		text("needs", j.needs[i]);
	for (i = 0; i < j.nmakes; i++)
		text("makes", j.makes[i]);
	printf("asked %lld priority %d tries %d force %d\n",
	    (long long)j.asked, j.priority, j.tries, j.force);
	printf("memory %lld cpu %lld jobs %d\n", (long long)j.memory,
	    (long long)j.cpu, j.jobs);
	text("inputs", j.inputs);
	text("reason", j.reason);
	free(base);
	jobfree(&j);
	buffree(&b);
	return 0;
}

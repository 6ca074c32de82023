/* The flags of a program: one table for reading the arguments and for printing the help
 * of -h, from which the completions of shells are made. Every program also has -h and
 * -V. */

struct flag {
	int letter;
	const char *arg;	/* its argument's name, NULL: it has none */
	const char *what;	/* what it does, in a few words */
};

struct usage {
	const char *synopsis;	/* lines "NAME FLAGS OPERANDS" */
	const struct flag *flags;	/* the last has the letter 0 */
	int operands;		/* flags end at the first operand */
};

/* returns the next flag, with optarg and optind as of getopt(3), -1 at the end; for -h
 * and -V prints to standard output and ends the program with status 0; for an unknown
 * flag ends it with status 2 after a message */
int flagsnext(const struct usage *u, int argc, char **argv);

/* prints why, unless it is NULL, and the synopsis to standard error and ends the
 * program with status 2 */
void flagswrong(const struct usage *u, const char *why)
    __attribute__((noreturn));

/* The flags of a program: one table, which the program reads its arguments by, -h
 * prints, and the completions of shells ask for by -h. Every program has -h and -V
 * too. */

struct flag {
	int letter;
	const char *arg;	/* what its argument is called, NULL: it has none */
	const char *what;	/* what it does, in a few words */
};

struct usage {
	const char *synopsis;	/* lines "NAME FLAGS OPERANDS" */
	const struct flag *flags;	/* the last has the letter 0 */
	int operands;		/* what follows the first operand is no flag */
};

/* returns the next flag, as getopt(3) does with optarg and optind, -1 at the end; -h
 * and -V print to standard output and end the program with status 0; a flag that is
 * not in the table ends it with status 2 after a message */
int flagsnext(const struct usage *u, int argc, char **argv);

/* prints why, unless it is NULL, and the synopsis to standard error and ends the
 * program with status 2 */
void flagswrong(const struct usage *u, const char *why)
    __attribute__((noreturn));

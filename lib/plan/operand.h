/* The operands that all programs share: names of packages, source or binary,
 * perhaps with a version behind them, which means nothing; paths of a tree, as
 * git prints them, which stand for what a change there can touch; and "-" for
 * such lines on standard input, up to a tab. */

#include <stddef.h>

struct plan;
struct tree;

enum operandkind {
	OPERAND_NAME,	/* a package */
	OPERAND_PATH,	/* srcpkgs/NAME and below: a package that may be gone */
	OPERAND_STYLE,	/* a build style: the packages built with it */
	OPERAND_HELPER,	/* a build helper: the packages built with it */
	OPERAND_ALL	/* the rest of common/ and etc/: every package */
};

struct operand {
	char *name;
	enum operandkind kind;
};

struct operands {
	struct operand *list;
	size_t n;
	/* takes a line of standard input that begins with a dash, -1 after a
	 * message; NULL: there are no such lines */
	int (*option)(const char *line);
};

/* adds what an operand of the command line says; a path that no package hangs on
 * is said and passed over; -1 after a message when it is none: no name, a path
 * that climbs, input that cannot be read */
int operandadd(struct operands *ops, const char *arg);

/* asks the plan for all of them; a path whose template is gone is said and
 * passed over; -1 after a message for each name that no template makes, or when
 * the system failed */
int operandask(const struct operands *ops, struct plan *p, int forced);

/* returns the package that an operand names: itself if the tree has it, and else
 * without the version that is perhaps behind it; the caller owns it */
char *operandname(const struct operand *o, struct tree *t);

/* frees the list */
void operandfree(struct operands *ops);

/* The operands that all programs share: names of source or binary packages, with or
 * without a version, which is ignored; paths in a tree, as git prints them, for the
 * packages that a change there can touch, which may begin with . for the current
 * directory; and "-" for lines of standard input, of which the first field up to a tab
 * counts, and those that begin with # do not. */

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
	/* reads a line of standard input that begins with a dash; -1 after a
	 * message; NULL: such a line is an operand */
	int (*option)(const char *line);
};

/* adds an operand of the command line; ignores a path that is no part of any package,
 * after a message; -1 after a message for a bad name or a path with .. in it, -2 for
 * input that the system cannot read */
int operandadd(struct operands *ops, const char *arg);

/* adds every package of the trees */
void operandaddall(struct operands *ops);

/* asks the plan for all operands; ignores a path whose template is gone, after a
 * message; -1 after a message for each name that no template makes, or when the
 * system failed */
int operandask(const struct operands *ops, struct plan *p, int forced);

/* frees the list */
void operandfree(struct operands *ops);

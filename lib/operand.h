/* The operands that all programs share: names of packages, source or binary;
 * paths with srcpkgs/NAME in them, as git prints them; and "-" for such lines on
 * standard input. */

#include <stddef.h>

struct plan;

struct operand {
	char *name;
	int path;	/* it was a path: the package may be gone */
};

struct operands {
	struct operand *list;
	size_t n;
};

/* adds what an operand of the command line says, -1 after a message when it is
 * none: no name, a path that leads elsewhere, input that cannot be read */
int operandadd(struct operands *ops, const char *arg);

/* asks the plan for all of them; one given as a path whose template is gone is
 * said and passed over; -1 after a message for each that no template makes */
int operandask(const struct operands *ops, struct plan *p, int forced);

/* frees the list */
void operandfree(struct operands *ops);

/* What a template's text mentions of what is beside it: so that the memory of
 * its evaluation knows what it may hang on. It only tells what cannot be left
 * out; what the template says is told by bash. */

#include <stddef.h>

struct mention {
	int eval;		/* it may define subpackages of any name */
	char *subs;		/* those it may define otherwise: words, sorted */
	int files;		/* it may read what lies in its files/ */
	int patches;		/* or in its patches/ */
	int any;		/* it may read anything */
	char **others;		/* source packages whose directories it may read */
	size_t nothers;
};

/* reads the text, a string */
void mention(const char *text, struct mention *m);

/* frees what m has */
void mentionfree(struct mention *m);

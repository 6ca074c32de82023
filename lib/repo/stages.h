/* The stages of a set of indexes: which packages wait there, since they take a soname
 * away that others need, and which move on to the indexes; see xbps/stage.h. */

#include <stddef.h>

struct index;
struct indexset;
struct pkgfile;

/* A package that may be added. */
struct candidate {
	const struct index *ix;
	struct pkgfile *pkg;
	const char *owner;	/* the caller's */
	char *why;		/* why it is refused, or NULL; the caller owns it */
};

/* Refuses candidates that would take a soname away from packages of main repositories, if
 * SPIFF_MAINBREAK says so: sets why. Returns how many, -1 after a message. */
int stagesrefuse(struct indexset *s, struct candidate *c, size_t n);

/* Moves packages that do not wait from the stages to the indexes, and notes `rebuild TAB
 * PACKAGE TAB SONAME' for those that wait; -1 after a message, and the indexes of an
 * architecture that cannot be judged are closed. */
int stagesleave(struct indexset *s);

/* Notes the rebuilds that the stage of the index waits for; -1 after a message. */
int stagesrebuilds(struct indexset *s, struct index *ix);

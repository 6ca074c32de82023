/* What the evaluation of a template comes from: the template, and what is beside
 * it that it may read. */

#include <stddef.h>
#include <stdint.h>

struct buf;
struct stat;

/* in numbers as those of stamp.h: of the files' status, and of their contents.
 * While either is the same so is the evaluation: the first is known at once, the
 * second outlasts another link and another checkout */
struct origin {
	uint64_t status, contents;
};

/* appends the text of a template; -1 with errno */
int originread(const char *srcpkgs, const char *name, struct buf *b);

/* returns the number of the template's status and that of the directories below
 * srcpkgs that lines begin with, a line `w PATH` for each */
uint64_t originstatus(const char *srcpkgs, const struct stat *st,
    const char *lines);

/* the same of the contents, the template's being n bytes of text */
uint64_t origincontents(const char *srcpkgs, const char *text, size_t n,
    const char *lines);

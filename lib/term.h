/* The terminal that people look at. */

/* returns the columns and rows of the terminal that fd is, what COLUMNS and
 * LINES say going first; 0 when fd is none; rows may be NULL */
int termsize(int fd, int *rows);

/* whether to use colour on fd: a terminal that can, and no NO_COLOR */
int termcolour(int fd);

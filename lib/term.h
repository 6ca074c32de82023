/* The terminal that people look at. */

/* returns the columns and rows of the terminal that fd is, what COLUMNS and
 * LINES say going first; 0 when fd is none; rows may be NULL */
int termsize(int fd, int *rows);

/* whether fd is a terminal whose cursor can be moved */
int termable(int fd);

/* whether to use colour on fd: such a terminal, and no NO_COLOR */
int termcolour(int fd);

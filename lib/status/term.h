/* The terminal that people look at. */

/* returns the columns and rows of the terminal that fd is, what COLUMNS and
 * LINES say going first; 0 when fd is none; rows may be NULL */
int termsize(int fd, int *rows);

/* whether fd is a terminal whose cursor can be moved */
int termable(int fd);

/* whether the locale's characters are UTF-8, as LC_ALL, LC_CTYPE or LANG has them */
int termutf8(void);

/* whether to use colour on fd: such a terminal, and no NO_COLOR */
int termcolour(int fd);

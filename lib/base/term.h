/* The terminal. */

/* Returns the columns and rows of the terminal fd, which COLUMNS and LINES override; 0 if
 * fd is none. rows may be NULL. */
int termsize(int fd, int *rows);

/* Says whether fd is a terminal whose cursor can be moved. */
int termable(int fd);

/* Says whether the locale of LC_ALL, LC_CTYPE or LANG has UTF-8. */
int termutf8(void);

/* Says whether to use colour on fd: such a terminal, and no NO_COLOR. */
int termcolour(int fd);

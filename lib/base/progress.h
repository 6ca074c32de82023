/* How far long work is, as one line on the terminal that standard error is: it appears
 * after a second, is redrawn at most five times a second, and is gone before a message
 * and at the end. Nothing is shown on what is no terminal, on a dumb one, and in the
 * background. The line is drawn by the calls below and by loopwait, in any thread. */

#include <stddef.h>

/* begins work, "templates read"; what is begun within another work is not shown */
void progressbegin(const char *what);

/* sets how many are done, of how many, 0 if nobody knows */
void progressset(size_t done, size_t all);

/* counts one more that is done */
void progressone(void);

/* draws the line if that is due; returns in how many milliseconds it will be, -1 for
 * never */
int progressdraw(void);

/* ends the work that was begun last, and erases the line */
void progressend(void);

/* erases the line, which stays away until progressresume, so that something else can be
 * written to the terminal */
void progresspause(void);
void progressresume(void);

/* The site, kept up to date by spiff-status -w where SPIFF_WWW is set: every ten
 * seconds at most, and never so that the queue waits for it. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void websitepart(struct part *p, struct jobs *js);

/* Has the last state written, once spiff-run holds the spool no more, which is part of
 * that state. Gives up after a while: at once when a signal says to end, after a
 * second or two of the site's usual times when hurry is set, and else after a
 * minute. */
void websitelast(int hurry);

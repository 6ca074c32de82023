/* Keeps the site up to date with spiff-status -w where SPIFF_WWW is set: every ten
 * seconds at most. The queue never waits for it. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void websitepart(struct part *p, struct jobs *js);

/* Writes the site once more after spiff-run has given up the spool's lock, which the site
 * shows. Takes a minute at most; in a hurry a second or twice its usual time. */
void websitelast(int hurry);

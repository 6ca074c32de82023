/* Keeps the queue in memory equal to the spool's directories: follows inotify's hints
 * about files that others have moved, added, edited or removed, and looks at the whole
 * spool every few seconds. */

struct jobs;
struct part;

/* Makes the part of the scheduler. */
void jobscanpart(struct part *p, struct jobs *js);

/* Changes in the spool's directories, as the kernel tells them: a hint where to
 * look, never the truth, since the queue of events may overflow and a network
 * file system says nothing. */

struct spool;
struct inotify;

/* watches the directories new to built, and the spool's own; NULL with errno when
 * the system cannot; inotifydel frees it */
struct inotify *inotifyopen(const struct spool *sp);

/* ends it; NULL is allowed */
void inotifydel(struct inotify *w);

/* returns the descriptor to poll for reading */
int inotifyfd(const struct inotify *w);

/* takes the next change: 1 with the state's number, NSTATE for the spool's own
 * directory, whether something came or was written there, or else went, and the
 * name, which lives until the next call; 0 when there is none now; -1 when some
 * were lost and all has to be looked at */
int inotifynext(struct inotify *w, int *state, int *came, const char **name);

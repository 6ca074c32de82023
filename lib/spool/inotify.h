/* Changes in the spool's directories, as the kernel reports them. They are hints where to
 * look: the queue of events may overflow, and a network file system reports nothing. */

struct spool;
struct inotify;

/* watches the directories from new/ to built/, and the spool's own; NULL with errno;
 * inotifydel ends watching */
struct inotify *inotifyopen(const struct spool *sp);

/* ends watching; NULL is allowed */
void inotifydel(struct inotify *w);

/* returns the descriptor to poll for reading */
int inotifyfd(const struct inotify *w);

/* returns the next change: 1 with the state, NSTATE for the spool's own directory,
 * *came set to whether a file came or was written, not went, and its name, which lives
 * until the next call; 0 when there is none now; -1 when changes were lost, so that
 * every directory has to be read */
int inotifynext(struct inotify *w, int *state, int *came, const char **name);

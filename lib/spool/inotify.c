#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/io.h"
#include "base/x.h"
#include "spool/inotify.h"
#include "spool/spool.h"

/* the states up to BUILT, and the spool's own directory, for the file pause */
enum { TOP = BUILT + 1, WATCHED };

struct inotify {
	int fd;
	int wd[WATCHED];
	size_t len, pos;	/* of what was read of buf */
	_Alignas(struct inotify_event) char buf[1 << 16];
};

static int
addwatch(struct inotify *w, const struct spool *sp, int state)
{
	uint32_t mask;
	char *path;

	mask = IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF |
	    IN_ONLYDIR;
	/* nobody needs to know what leaves new/; files of the later states are not
	 * edited */
	if (state != NEW)
		mask |= IN_MOVED_FROM | IN_DELETE;
	if (state <= READY)
		mask |= IN_CLOSE_WRITE;
	path = xasprintf("%s/%s", sp->path,
	    state == TOP ? "." : spoolstates[state]);
	w->wd[state] = inotify_add_watch(w->fd, path, mask);
	free(path);
	return w->wd[state] < 0 ? -1 : 0;
}

struct inotify *
inotifyopen(const struct spool *sp)
{
	struct inotify *w;
	int e, i;

	w = xcalloc(1, sizeof *w);
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (i = 0; i < WATCHED && w->fd >= 0; i++) {
		if (addwatch(w, sp, i) < 0)
			break;
	}
	if (i < WATCHED) {
		e = errno;
		inotifydel(w);
		errno = e;
		return NULL;
	}
	return w;
}

void
inotifydel(struct inotify *w)
{
	if (!w)
		return;
	ioclose(w->fd);
	free(w);
}

int
inotifyfd(const struct inotify *w)
{
	return w->fd;
}

static int
readevents(struct inotify *w)
{
	ssize_t n;

	while ((n = read(w->fd, w->buf, sizeof w->buf)) < 0 && errno == EINTR)
		;
	w->pos = 0;
	w->len = n > 0 ? (size_t)n : 0;
	return n > 0;
}

int
inotifynext(struct inotify *w, int *state, int *came, const char **name)
{
	struct inotify_event ev;
	int i;

	for (;;) {
		if (w->pos >= w->len && !readevents(w))
			return 0;
		memcpy(&ev, w->buf + w->pos, sizeof ev);
		*name = w->buf + w->pos + sizeof ev;
		w->pos += sizeof ev + ev.len;
		if (ev.mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF |
		    IN_UNMOUNT))
			return -1;
		for (i = 0; i < WATCHED && w->wd[i] != ev.wd; i++)
			;
		if (i < WATCHED && ev.len > 0) {
			*state = i == TOP ? NSTATE : i;
			*came = !(ev.mask & (IN_MOVED_FROM | IN_DELETE));
			return 1;
		}
	}
}

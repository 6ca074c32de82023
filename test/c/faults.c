/* Preloaded into a program, makes system calls fail: each call of the kinds below that
 * the program makes counts, and number FAULT_AT fails, with the error that the kind
 * fails with on a bad disk or a full machine. With FAULT_LATE the call is made all
 * the same, as when a file server's answer is lost. Says which the lines NAME=value of
 * the file that is called as this library with .conf behind it, since programs get no
 * more of the environment than they need:
 *
 *	FAULT_PROGRAM	the program's name; others are left alone
 *	FAULT_KIND	open, read, write, sync, rename, link, unlink, fork, lock
 *			(fcntl(2) with F_SETLK) or look (readlinkat(2)); all but the last
 *			two if it is not set
 *	FAULT_PATH	part of the name that a call has to be made with, those
 *			without a name apart
 *	FAULT_AT	number of the call that fails, from 1
 *	FAULT_TIMES	how many calls fail from that one on; 1 if not set
 *	FAULT_ERROR	number of another error
 *	FAULT_LATE	see above
 *	FAULT_HOLD	a file: a call waits while there is such a file, and does not fail
 *	FAULT_HIT	a file that is told of each call that fails
 *	FAULT_ONCE	if set, nothing fails once there is such a file
 *	FAULT_COUNT	a file that is told at the end how many calls there were; of
 *			several processes, of the one that made the most
 */

#define _GNU_SOURCE	/* program_invocation_short_name, syscall, dladdr */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* the functions that the program calls under these names; headers may have made
 * macros of them */
#undef open
#undef open64
#undef openat
#undef openat64

static int active = -1;
static long at, times, count, error;
static const char *kind, *path, *hit, *hold;
static int late;
static char conf[4096];

/* reads the file of settings */
static void
settings(void)
{
	char name[4096];
	Dl_info self;
	long n;
	int fd;

	if (!dladdr(conf, &self))
		return;
	snprintf(name, sizeof name, "%s.conf", self.dli_fname);
	fd = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY);
	n = fd < 0 ? 0 : syscall(SYS_read, fd, conf, sizeof conf - 2);
	if (fd >= 0)
		syscall(SYS_close, fd);
	/* each line becomes a string, an empty one is behind the last */
	while (n-- > 0) {
		if (conf[n] == '\n')
			conf[n] = '\0';
	}
}

/* returns the value of a setting, NULL when there is none */
static const char *
get(const char *name)
{
	const char *s;
	size_t n;

	n = strlen(name);
	for (s = conf; *s; s += strlen(s) + 1) {
		if (strncmp(s, name, n) == 0 && s[n] == '=')
			return s + n + 1;
	}
	return NULL;
}

static long
number(const char *name, long otherwise)
{
	const char *s;

	s = get(name);
	return s ? atol(s) : otherwise;
}

static void
begin(void)
{
	const char *program;

	settings();
	program = get("FAULT_PROGRAM");
	active = program && strcmp(program_invocation_short_name, program) == 0;
	at = number("FAULT_AT", 1);
	times = number("FAULT_TIMES", 1);
	error = number("FAULT_ERROR", 0);
	kind = get("FAULT_KIND");
	path = get("FAULT_PATH");
	hit = get("FAULT_HIT");
	hold = get("FAULT_HOLD");
	late = get("FAULT_LATE") != NULL;
	/* the fault of another process of that name, begun before */
	if (hit && get("FAULT_ONCE") && syscall(SYS_faccessat, AT_FDCWD, hit, F_OK) == 0)
		active = 0;
}

/* in a copy of the process nobody has called this */
static void __attribute__((destructor))
end(void)
{
	const char *file;
	char line[32], was[32] = "";
	int fd, n;

	file = active > 0 ? get("FAULT_COUNT") : NULL;
	fd = file ? (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CREAT, 0666) : -1;
	if (fd < 0)
		return;
	n = snprintf(line, sizeof line, "%ld\n", count);
	if (syscall(SYS_read, fd, was, sizeof was - 1) < 0 || atol(was) < count)
		syscall(SYS_pwrite64, fd, line, (size_t)n, 0);
	syscall(SYS_close, fd);
}

static void
tell(const char *what, const char *name)
{
	char line[512];
	int fd, n;

	fd = (int)syscall(SYS_openat, AT_FDCWD, hit,
	    O_WRONLY | O_CREAT | O_APPEND, 0666);
	n = snprintf(line, sizeof line, "%s %s\n", what, name ? name : "-");
	if (fd >= 0) {
		syscall(SYS_write, fd, line, (size_t)n);
		syscall(SYS_close, fd);
	}
}

static void
waitheld(void)
{
	const struct timespec pause = { 0, 20000000 };

	while (syscall(SYS_faccessat, AT_FDCWD, hold, F_OK) == 0)
		nanosleep(&pause, NULL);
}

/* counts a call and says whether it is to fail; sets errno then */
static int
fails(const char *what, const char *name, int e)
{
	int saved;

	saved = errno;
	if (active < 0)
		begin();
	errno = saved;
	/* without being asked for, locks are not counted: one that is lost is for good; nor
	 * looks */
	if (!active || strcmp(kind ? kind : *what == 'l' && what[1] == 'o' ? "" : what,
	    what) != 0 || (path && (!name || !strstr(name, path))))
		return 0;
	count++;
	if (count < at || count >= at + times)
		return 0;
	if (hit)
		tell(what, name);
	if (hold) {
		waitheld();
		errno = saved;
		return 0;
	}
	errno = error ? (int)error : e;
	return 1;
}

#define OPENS(name) \
int name(const char *file, int flags, ...); \
int \
name(const char *file, int flags, ...) \
{ \
	va_list ap; \
	mode_t mode; \
	int (*next)(const char *, int, ...); \
	va_start(ap, flags); \
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0; \
	va_end(ap); \
	if (fails("open", file, flags & O_CREAT ? ENOSPC : EIO)) \
		return -1; \
	*(void **)&next = dlsym(RTLD_NEXT, #name); \
	return next(file, flags, mode); \
}
#define OPENATS(name) \
int name(int dir, const char *file, int flags, ...); \
int \
name(int dir, const char *file, int flags, ...) \
{ \
	va_list ap; \
	mode_t mode; \
	int (*next)(int, const char *, int, ...); \
	va_start(ap, flags); \
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0; \
	va_end(ap); \
	if (fails("open", file, flags & O_CREAT ? ENOSPC : EIO)) \
		return -1; \
	*(void **)&next = dlsym(RTLD_NEXT, #name); \
	return next(dir, file, flags, mode); \
}
/* a call that may be made all the same */
#define CALLS(type, name, what, file, e, params, args) \
type name params; \
type \
name params \
{ \
	type (*next) params; \
	int r; \
	r = fails(what, file, e); \
	if (r && !late) \
		return -1; \
	*(void **)&next = dlsym(RTLD_NEXT, #name); \
	if (!r) \
		return next args; \
	r = errno; \
	next args; \
	errno = r; \
	return -1; \
}

OPENS(open)
OPENS(open64)
OPENATS(openat)
OPENATS(openat64)
CALLS(ssize_t, read, "read", NULL, EIO, (int fd, void *p, size_t n), (fd, p, n))
CALLS(ssize_t, write, "write", NULL, ENOSPC, (int fd, const void *p, size_t n),
    (fd, p, n))
CALLS(int, fsync, "sync", NULL, EIO, (int fd), (fd))
CALLS(int, fdatasync, "sync", NULL, EIO, (int fd), (fd))
CALLS(int, syncfs, "sync", NULL, EIO, (int fd), (fd))
CALLS(int, rename, "rename", to, EIO, (const char *from, const char *to), (from, to))
CALLS(int, renameat, "rename", to, EIO,
    (int a, const char *from, int b, const char *to), (a, from, b, to))
CALLS(int, linkat, "link", to, EIO,
    (int a, const char *from, int b, const char *to, int flags),
    (a, from, b, to, flags))
CALLS(int, unlink, "unlink", file, EIO, (const char *file), (file))
CALLS(int, unlinkat, "unlink", file, EIO, (int dir, const char *file, int flags),
    (dir, file, flags))
CALLS(ssize_t, readlinkat, "look", file, EIO,
    (int dir, const char *file, char *s, size_t n), (dir, file, s, n))
CALLS(pid_t, fork, "fork", NULL, EAGAIN, (void), ())

/* locks alone; the third argument is as wide as a pointer whatever it is */
#define LOCKS(name) \
int name(int fd, int cmd, ...); \
int \
name(int fd, int cmd, ...) \
{ \
	va_list ap; \
	void *arg; \
	int (*next)(int, int, ...); \
	va_start(ap, cmd); \
	arg = va_arg(ap, void *); \
	va_end(ap); \
	if (cmd == F_SETLK && fails("lock", NULL, EAGAIN)) \
		return -1; \
	*(void **)&next = dlsym(RTLD_NEXT, #name); \
	return next(fd, cmd, arg); \
}
LOCKS(fcntl)
LOCKS(fcntl64)

/* a copy of the process is as good: who called a function that calls vfork must not
 * return from it */
pid_t vfork(void);
pid_t
vfork(void)
{
	pid_t (*next)(void);

	if (fails("fork", NULL, EAGAIN))
		return -1;
	*(void **)&next = dlsym(RTLD_NEXT, "fork");
	return next();
}

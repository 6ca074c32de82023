#define _GNU_SOURCE	/* unshare, syscall, setgroups */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/env.h"
#include "base/proc.h"
#include "tree/sandbox.h"

/* The sandbox uses what the kernel has and goes on without the rest, which a container,
 * an old kernel or another processor may lack. Read-only mounts and Landlock both keep
 * files from being written; a network namespace and seccomp both cut off the network. */

enum {
	FIRSTUSER = 61184,	/* systemd keeps these for such uses */
	USERS = 4336,
	SPARE = 256,	/* processes that the user may start meanwhile */
	FILES = 256	/* open at a time, for each process */
};

/* Landlock's interface, which older headers lack */
enum {
	CREATE_RULESET = 444,
	ADD_RULE = 445,
	RESTRICT_SELF = 446,
	ASK_VERSION = 1,
	PATH_BENEATH = 1,
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	REMOVE_AND_MAKE = 0x1ff0,	/* of any kind of file */
	REFER = 1 << 13,		/* since version 2 */
	TRUNCATE = 1 << 14,		/* since version 3 */
	IOCTL_DEVICE = 1 << 15,		/* since version 5 */
	SCOPE_ALL = 3			/* since version 6: sockets, signals */
};

struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scope;
};

struct beneath {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

/* mount_setattr(2), since Linux 5.12 */
enum { MOUNT_SETATTR = 442, RECURSIVE = 0x8000, READ_ONLY = 1 };

struct mountattr {
	uint64_t set, clear, propagation, userns;
};

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__) && defined(__ARMEL__)
#define ARCH AUDIT_ARCH_ARM
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCH AUDIT_ARCH_PPC64LE
#elif defined(__powerpc64__)
#define ARCH AUDIT_ARCH_PPC64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#endif

#ifdef ARCH
/* Sockets, other processes' memory, memory that RLIMIT_AS does not count (System V's,
 * files without a name), the user's keys, mounts. Numbers where older headers lack the
 * name. */
static const unsigned refused[] = {
	SYS_socket, SYS_socketpair, SYS_ptrace, SYS_process_vm_readv,
	SYS_process_vm_writev, 438 /* pidfd_getfd */, 425 /* io_uring_setup */,
	SYS_memfd_create, 447 /* memfd_secret */, SYS_mq_open, SYS_add_key,
	SYS_request_key, SYS_keyctl, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd,
	SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot,
	428 /* open_tree */, 430 /* fsopen */, MOUNT_SETATTR,
	SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo,
	424 /* pidfd_send_signal */,
#ifdef SYS_shmget
	SYS_shmget, SYS_shmat, SYS_msgget, SYS_semget,
#endif
#ifdef SYS_ipc
	SYS_ipc,
#endif
#ifdef SYS_socketcall
	SYS_socketcall,
#endif
};

/* the low half of the first argument of a system call */
enum {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	FIRSTARG = offsetof(struct seccomp_data, args) + 4
#else
	FIRSTARG = offsetof(struct seccomp_data, args)
#endif
};

#define LOAD(what) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, what)
#define JUMP(how, k, yes, no) BPF_JUMP(BPF_JMP | (how) | BPF_K, k, yes, no)
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)

/* Refuses the system calls of the list, those of 32-bit and x32 programs, and signals,
 * except for kill(-1) in a process namespace, where it reaches the processes of one
 * evaluation and not the shell, the first process. */
static void
refusecalls(int ownpids)
{
	enum { N = sizeof refused / sizeof *refused };
	struct sock_filter code[N + 10], *c = code;
	struct sock_fprog prog;
	size_t i;

	*c++ = (struct sock_filter)LOAD(offsetof(struct seccomp_data, arch));
	*c++ = (struct sock_filter)JUMP(BPF_JEQ, ARCH, 0, N + 6);
	*c++ = (struct sock_filter)LOAD(offsetof(struct seccomp_data, nr));
	*c++ = (struct sock_filter)JUMP(BPF_JGE, 0x40000000, N + 4, 0);
	for (i = 0; i < N; i++)
		*c++ = (struct sock_filter)JUMP(BPF_JEQ, refused[i],
		    (unsigned char)(N - i + 3), 0);
	*c++ = (struct sock_filter)JUMP(BPF_JEQ, SYS_tgkill, 3, 0);
	*c++ = (struct sock_filter)JUMP(BPF_JEQ, SYS_kill, 0, 3);
	*c++ = (struct sock_filter)LOAD(FIRSTARG);
	*c++ = (struct sock_filter)JUMP(BPF_JEQ, 0xffffffff, (unsigned char)!!ownpids, 0);
	*c++ = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM);
	*c++ = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	prog.len = (unsigned short)(c - code);
	prog.filter = code;
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}
#else
static void
refusecalls(int ownpids)
{
	(void)ownpids;
}
#endif

static void
allow(int ruleset, int dir, const char *path, int flags, uint64_t allowed)
{
	struct beneath b = { allowed, -1 };

	b.fd = openat(dir, path, O_PATH | O_CLOEXEC | flags);
	if (b.fd < 0)
		return;
	syscall(ADD_RULE, ruleset, PATH_BENEATH, &b, 0);
	close(b.fd);
}

/* whether an entry of / has users' files or those of running programs, and no programs
 * or libraries; also the one in which HOME lies */
static int
isprivate(const char *name)
{
	static const char *const names[] = { "dev", "home", "media", "mnt", "proc",
	    "root", "run", "srv", "tmp", "var", NULL };
	static const char *const system[] = { "bin", "etc", "lib", "lib32", "lib64",
	    "opt", "sbin", "sys", "usr", NULL };
	const char *const *n;
	const char *home;

	for (n = names; *n; n++) {
		if (strcmp(name, *n) == 0)
			return 1;
	}
	for (n = system; *n; n++) {
		if (strcmp(name, *n) == 0)
			return 0;
	}
	home = getenv("HOME");
	return home && *home == '/' && strncmp(home + 1, name, strlen(name)) == 0 &&
	    (home[strlen(name) + 1] == '/' || !home[strlen(name) + 1]);
}

/* whether an entry of /proc is a process, with its memory and descriptors */
static int
isprocess(const char *name)
{
	return *name >= '0' && *name <= '9';
}

/* allows reading beneath each entry of a directory for which except returns 0 */
static void
allowentries(int ruleset, const char *dir, int (*except)(const char *))
{
	struct dirent *de;
	DIR *d;

	d = opendir(dir);
	if (!d)
		return;
	while ((de = readdir(d))) {
		if (strcmp(de->d_name, ".") != 0 && strcmp(de->d_name, "..") != 0 &&
		    !except(de->d_name))
			allow(ruleset, dirfd(d), de->d_name, O_NOFOLLOW, READ_FILE);
	}
	closedir(d);
}

/* allows reading what sandbox.h promises */
static void
allowreads(int ruleset, const struct sandbox *sb)
{
	char dir[PATH_MAX];
	const char *s;
	size_t i, n;

	allowentries(ruleset, "/", isprivate);
	allowentries(ruleset, "/proc", isprocess);
	for (i = 0; i < sb->nreads; i++)
		allow(ruleset, AT_FDCWD, sb->reads[i], 0, READ_FILE);
	for (s = getenv("PATH"); s && *s; s += n + (s[n] == ':')) {
		n = strcspn(s, ":");
		if (*s != '/' || n < 2 || n >= sizeof dir)
			continue;
		memcpy(dir, s, n);
		dir[n] = '\0';
		allow(ruleset, AT_FDCWD, dir, 0, READ_FILE);
	}
}

static void
landlock(const struct sandbox *sb)
{
	static const char *const devices[] = { "/dev/full", "/dev/null",
	    "/dev/random", "/dev/urandom", "/dev/zero" };
	static const uint64_t fs[] = {
		WRITE_FILE | REMOVE_AND_MAKE,
		WRITE_FILE | REMOVE_AND_MAKE | REFER,
		WRITE_FILE | REMOVE_AND_MAKE | REFER | TRUNCATE,
		WRITE_FILE | REMOVE_AND_MAKE | REFER | TRUNCATE,
		WRITE_FILE | REMOVE_AND_MAKE | REFER | TRUNCATE | IOCTL_DEVICE,
	};
	struct ruleset rules = {0};
	size_t i, size;
	long version;
	int fd;

	version = syscall(CREATE_RULESET, NULL, (size_t)0, ASK_VERSION);
	if (version < 1)
		return;
	rules.fs = fs[version < 5 ? version - 1 : 4];
	/* reading can be refused only if the entries of / can be listed */
	if (access("/", R_OK) == 0)
		rules.fs |= READ_FILE;
	size = offsetof(struct ruleset, net);
	if (version >= 6) {
		rules.scope = SCOPE_ALL;
		size = sizeof rules;
	}
	fd = (int)syscall(CREATE_RULESET, &rules, size, 0);
	if (fd < 0)
		return;
	for (i = 0; i < sizeof devices / sizeof *devices; i++)
		allow(fd, AT_FDCWD, devices[i], 0, rules.fs &
		    (READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEVICE));
	if (rules.fs & READ_FILE)
		allowreads(fd, sb);
	syscall(RESTRICT_SELF, fd, 0);
	close(fd);
}

static int
canread(const struct sandbox *sb)
{
	size_t i;
	int fd;

	for (i = 0; i < sb->nreads; i++) {
		fd = open(sb->reads[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return 0;
		close(fd);
	}
	return 1;
}

/* Makes root a user that no other process has, if that can read the files: RLIMIT_NPROC
 * does not hold for root, and counts all processes of a user. Returns whether it did. */
static int
dropuser(const struct sandbox *sb)
{
	int ok;

	if (geteuid() != 0 || setgroups(0, NULL) < 0)
		return 0;
	ok = setegid(sb->user) == 0 && seteuid(sb->user) == 0 && canread(sb);
	if (seteuid(0) < 0 || setegid(0) < 0 || !ok)
		return 0;
	return setgid(sb->user) == 0 && setuid(sb->user) == 0;
}

static void
limit(int what, rlim_t n)
{
	struct rlimit r;

	if (getrlimit(what, &r) < 0)
		return;
	if (r.rlim_max == RLIM_INFINITY || r.rlim_max > n)
		r.rlim_max = n;
	r.rlim_cur = r.rlim_max;
	setrlimit(what, &r);
}

/* returns how many processes and threads the user has on the machine */
static rlim_t
counttasks(void)
{
	struct dirent *de;
	struct stat st;
	char path[NAME_MAX + sizeof "/proc//task"];
	rlim_t n;
	DIR *d;

	d = opendir("/proc");
	if (!d)
		return 0;
	for (n = 0; (de = readdir(d)); ) {
		if (*de->d_name < '0' || *de->d_name > '9')
			continue;
		snprintf(path, sizeof path, "/proc/%s/task", de->d_name);
		if (stat(path, &st) == 0 && st.st_uid == getuid())
			n += st.st_nlink - 2;
	}
	closedir(d);
	return n;
}

/* Has the kernel kill this process when its parent ends. Called last, since a change of
 * user cancels it. If the parent has ended already, its end of the socket is closed. */
static int
diewithparent(void)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -1;
	if (poll(&in, 1, 0) == 1 && in.revents & POLLHUP) {
		errno = EPIPE;
		return -1;
	}
	return 0;
}

/* in the child, gives up all rights */
static int
confine(void *arg)
{
	const struct sandbox *sb = arg;
	struct mountattr readonly = { .set = READ_ONLY };
	int alone, counted;

	if (sb->spaces & CLONE_NEWNS &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		syscall(MOUNT_SETATTR, AT_FDCWD, "/", RECURSIVE, &readonly,
		    sizeof readonly);
	alone = dropuser(sb);
	/* since Linux 5.14 processes are counted for each user namespace; without one
	 * the user's other processes count too */
	counted = unshare(CLONE_NEWUSER) == 0 || alone;
	limit(RLIMIT_NPROC, counted ? sb->procs : sb->procs + counttasks() + SPARE);
	limit(RLIMIT_CPU, sb->seconds);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NOFILE, FILES);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	landlock(sb);
	refusecalls((sb->spaces & CLONE_NEWPID) != 0);
	/* last, as the functions above need memory, and much under a sanitizer */
	limit(RLIMIT_AS, sb->memory);
	return diewithparent();
}

pid_t
sandboxstart(struct sandbox *sb)
{
	/* the first is for root, which needs no user namespace */
	enum { MOST = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC };
	static const long spaces[] = { MOST | CLONE_NEWNET,
	    CLONE_NEWUSER | MOST | CLONE_NEWNET, MOST, CLONE_NEWUSER | MOST, 0 };
	static unsigned started;
	struct proc p = { .argv = sb->argv, .env = sb->env, .who = ENV_NONE,
	    .in = sb->in, .out = sb->out, .err = sb->err, .session = 1,
	    .child = confine, .arg = sb, .apart = 1 };
	pid_t pid;
	size_t i;

	sb->user = FIRSTUSER + ((uid_t)getpid() + started++) % USERS;
	for (i = 0; i < sizeof spaces / sizeof *spaces; i++) {
		p.spaces = sb->spaces = spaces[i];
		pid = procstart(&p);
		if (pid > 0 || errno == ENOENT)
			return pid;
	}
	return -1;
}

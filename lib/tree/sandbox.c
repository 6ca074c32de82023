#define _GNU_SOURCE	/* unshare, syscall, setgroups */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <grp.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tree/sandbox.h"

/* None of this may fail: in a container, on an old kernel, or on a processor
 * without a line below some of it cannot be had, and the rest has to do. Of the
 * file systems' part read-only mounts and Landlock do the same twice, of the
 * network's the namespace and seccomp. */

enum {
	FIRSTUSER = 61184,	/* of those that systemd keeps for such uses, */
	USERS = 4336,		/* and how many they are */
	SPARE = 256	/* processes that others may start meanwhile */
};

/* Landlock's interface, which older headers lack. */
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
/* no new sockets, no signals, no looking into other processes */
static const unsigned refused[] = {
	SYS_socket, SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo,
	SYS_rt_tgsigqueueinfo, SYS_ptrace, SYS_process_vm_readv,
	SYS_process_vm_writev, 424 /* pidfd_send_signal */,
	425 /* io_uring_setup */, 438 /* pidfd_getfd */,
#ifdef SYS_socketcall
	SYS_socketcall,
#endif
};

static void
filter(void)
{
	enum { N = sizeof refused / sizeof *refused };
	struct sock_filter code[N + 7], *c = code;
	struct sock_fprog prog;
	size_t i;

	/* system calls of another kind of program, 32 bits or x32, are none of
	 * bash's: refused; of the others those in the list */
	*c++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, arch));
	*c++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH,
	    0, N + 3);
	*c++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, nr));
	*c++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
	    0x40000000, N + 1, 0);
	for (i = 0; i < N; i++)
		*c++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		    refused[i], (unsigned char)(N - i), 0);
	*c++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	*c++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_ERRNO | EPERM);
	prog.len = (unsigned short)(c - code);
	prog.filter = code;
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}
#else
static void
filter(void)
{
}
#endif

/* lets the files of a directory's entries be read, and those beneath them, but
 * for entries of this pattern */
static void
letread(int ruleset, const char *dir, const char *but)
{
	struct beneath b = { READ_FILE, -1 };
	struct dirent *de;
	DIR *d;

	d = opendir(dir);
	if (!d)
		return;
	while ((de = readdir(d))) {
		if (strcmp(de->d_name, ".") == 0 ||
		    strcmp(de->d_name, "..") == 0 ||
		    fnmatch(but, de->d_name, 0) == 0)
			continue;
		b.fd = openat(dirfd(d), de->d_name, O_PATH | O_NOFOLLOW |
		    O_CLOEXEC);
		if (b.fd >= 0) {
			syscall(ADD_RULE, ruleset, PATH_BENEATH, &b, 0);
			close(b.fd);
		}
	}
	closedir(d);
}

/* What /proc has of processes is not for reading, since that is their memory,
 * and what one has been asked in its turn is a secret to the others. */
static void
landlock(void)
{
	static const uint64_t fs[] = {
		WRITE_FILE | REMOVE_AND_MAKE,
		WRITE_FILE | REMOVE_AND_MAKE | REFER,
		WRITE_FILE | REMOVE_AND_MAKE | REFER | TRUNCATE,
	};
	struct beneath null = { WRITE_FILE, -1 };
	struct ruleset rules = {0};
	size_t size;
	long version;
	int fd;

	version = syscall(CREATE_RULESET, NULL, (size_t)0, ASK_VERSION);
	if (version < 1)
		return;
	rules.fs = fs[version < 3 ? version - 1 : 2];
	/* without the root's names there is no telling all others */
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
	null.allowed |= rules.fs & TRUNCATE;
	null.fd = open("/dev/null", O_PATH | O_CLOEXEC);
	if (null.fd >= 0) {
		syscall(ADD_RULE, fd, PATH_BENEATH, &null, 0);
		close(null.fd);
	}
	letread(fd, "/", "proc");
	letread(fd, "/proc", "[0-9]*");
	syscall(RESTRICT_SELF, fd, 0);
	close(fd);
}

static int
readable(const struct confine *c)
{
	size_t i;
	int fd;

	for (i = 0; i < c->nreads; i++) {
		fd = open(c->reads[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return 0;
		close(fd);
	}
	return 1;
}

/* root goes on as a user that is nobody else, if that can read what it has to:
 * for root there is no bound to the processes it starts, and one user's are
 * counted together; returns whether it does */
static int
drop(const struct confine *c)
{
	uid_t id = FIRSTUSER + (uid_t)getpid() % USERS;
	int ok;

	if (geteuid() != 0 || setgroups(0, NULL) < 0)
		return 0;
	ok = setegid(id) == 0 && seteuid(id) == 0 && readable(c);
	if (seteuid(0) < 0 || setegid(0) < 0 || !ok)
		return 0;
	return setgid(id) == 0 && setuid(id) == 0;
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
tasks(void)
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

/* returns whether the next child begins a process namespace */
static int
separate(void)
{
	struct mountattr readonly = { .set = READ_ONLY };
	int pids;

	/* root needs no user namespace for the others, which may be forbidden */
	pids = unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC) == 0 ||
	    unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
	    CLONE_NEWIPC) == 0;
	if (!pids)
		return 0;
	unshare(CLONE_NEWNET);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		syscall(MOUNT_SETATTR, AT_FDCWD, "/", RECURSIVE, &readonly,
		    sizeof readonly);
	return 1;
}

int
confine(const struct confine *c)
{
	int alone, counted, pids;

	pids = separate();
	alone = drop(c);
	/* since Linux 5.14 processes are counted for each user namespace; in one
	 * with others of ours there has to be room for these, and for more */
	counted = unshare(CLONE_NEWUSER) == 0 || alone;
	limit(RLIMIT_NPROC, counted ? c->procs : c->procs + tasks() + SPARE);
	limit(RLIMIT_CPU, c->seconds);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	landlock();
	filter();
	/* last: reading directories takes some, and under a sanitizer much */
	limit(RLIMIT_AS, c->memory);
	return pids;
}

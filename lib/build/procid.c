#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/pid.h"
#include "base/x.h"
#include "build/procid.h"

enum { PROCMAX = 1 << 16 };	/* bytes of the boot's ID */

static const char *
bootid(void)
{
	static char id[64];
	struct buf b = {0};

	if (*id)
		return id;
	if (ioread(AT_FDCWD, "/proc/sys/kernel/random/boot_id", PROCMAX,
	    &b) == 0 && b.len > 0)
		snprintf(id, sizeof id, "%.*s", (int)strcspn(b.s, " \n"), b.s);
	if (!*id)
		strcpy(id, "-");
	buffree(&b);
	return id;
}

char *
procidmake(pid_t pid)
{
	struct pidstat st;
	char name[32];

	snprintf(name, sizeof name, "%ld", (long)pid);
	if (pidstat(name, &st) < 0)
		return NULL;
	return xasprintf("%s %llu %s %s", name, st.start, bootid(), pidmachine());
}

/* The kernel gives no new process the number of a group that lives, so a member that
 * began after start is of that group; one that began before is of an earlier group of
 * that number. */
static int
ismember(const char *pid, long pgrp, unsigned long long start)
{
	struct pidstat st;

	return pidstat(pid, &st) == 0 && st.group == pgrp &&
	    st.start >= start && !st.dead;
}

enum procid
procidlook(const char *text, pid_t *pid)
{
	unsigned long long start;
	struct dirent *de;
	char id[64], host[256];
	DIR *d;
	long pgrp;
	int alive;

	if (sscanf(text, "%ld %llu %63s %255s", &pgrp, &start, id,
	    host) != 4 || pgrp <= 1)
		return PROCID_DEAD;
	if (strcmp(host, pidmachine()) != 0)
		return PROCID_ELSEWHERE;
	alive = strcmp(bootid(), id) == 0;
	d = alive ? opendir("/proc") : NULL;
	if (!d)
		return PROCID_DEAD;
	alive = 0;
	while (!alive && (de = readdir(d))) {
		if (strspn(de->d_name, "0123456789") == strlen(de->d_name))
			alive = ismember(de->d_name, pgrp, start);
	}
	closedir(d);
	*pid = (pid_t)pgrp;
	return alive ? PROCID_ALIVE : PROCID_DEAD;
}

int
procidleads(pid_t pid)
{
	struct pidstat st;
	char name[32];

	snprintf(name, sizeof name, "%ld", (long)pid);
	return pidstat(name, &st) == 0 && st.group == pid && !st.dead;
}

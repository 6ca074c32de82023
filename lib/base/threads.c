/* for sched_getaffinity, which POSIX has not */
#define _GNU_SOURCE

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/threads.h"

enum { MAXTHREADS = 16 };

struct pool {
	void (*fn)(void *, size_t, unsigned);
	void *arg;
	size_t n;
	atomic_size_t next;
};

struct worker {
	struct pool *pool;
	unsigned number;
	pthread_t thread;
};

long
threadscpus(void)
{
	cpu_set_t set;
	long n;

	/* an error when the machine has more processors than a cpu_set_t */
	if (sched_getaffinity(0, sizeof set, &set) == 0)
		n = CPU_COUNT(&set);
	else
		n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n;
}

unsigned
threadsmax(void)
{
	long n;

	n = threadscpus();
	return n > MAXTHREADS ? MAXTHREADS : (unsigned)n;
}

static void *
workon(void *arg)
{
	struct worker *w = arg;
	size_t i;

	while ((i = atomic_fetch_add(&w->pool->next, 1)) < w->pool->n)
		w->pool->fn(w->pool->arg, i, w->number);
	return NULL;
}

void
threadsrun(size_t n, void (*fn)(void *, size_t, unsigned), void *arg)
{
	struct worker w[MAXTHREADS];
	struct pool p = { fn, arg, n, 0 };
	unsigned i, started, threads;

	threads = threadsmax();
	if (threads > n)
		threads = (unsigned)n;
	for (i = 0; i < threads; i++) {
		w[i].pool = &p;
		w[i].number = i;
	}
	/* this thread is the first, and does all if no other can be started */
	for (started = 1; started < threads; started++) {
		if (pthread_create(&w[started].thread, NULL, workon, &w[started]))
			break;
	}
	if (threads > 0)
		workon(&w[0]);
	for (i = 1; i < started; i++)
		pthread_join(w[i].thread, NULL);
}

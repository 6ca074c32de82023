/* Fuzzes what a shell can answer: any bytes as answers and as messages, in several
 * pieces. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static ssize_t serve(int fd, void *p, size_t n);

/* what comes from descriptors is in memory */
#define read serve
#include "tree/bash.c"
#undef read

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { OUT, ERR };

static struct {
	const uint8_t *data;
	size_t n;
	int closed;
} pipes[2];

static ssize_t
serve(int fd, void *p, size_t n)
{
	if (n > pipes[fd].n)
		n = pipes[fd].n;
	if (n > 0)
		memcpy(p, pipes[fd].data, n);
	pipes[fd].data += n;
	pipes[fd].n -= n;
	errno = EAGAIN;
	return n > 0 || pipes[fd].closed ? (ssize_t)n : -1;
}

static void
comes(const uint8_t *data, size_t n, int closed)
{
	int i;

	for (i = 0; i < 2; i++) {
		pipes[i].data = data;
		pipes[i].n = n;
		pipes[i].closed = closed;
	}
}

static void
looked(struct bash *sh)
{
	char *why;
	int i;

	for (i = 0; sh->n > 0 && bashread(sh) > 0 && i < 2; i++) {
		if (sh->whole && (sh->record->len == 0 ||
		    sh->record->s[sh->record->len - 1] != '\n'))
			abort();
		why = bashwhy(sh);
		if (strpbrk(why, "\n\033"))
			abort();
		free(why);
		bashnext(sh);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct buf bufs[3];
	struct bash sh = { .out = OUT, .err = ERR, .n = 2, .got = bufs,
	    .record = bufs + 1, .said = bufs + 2 };
	size_t half, i;

	strcpy(sh.nonce[0], "0123456789abcdef");
	strcpy(sh.nonce[1], "fedcba9876543210");
	/* these are large, and made once: nothing is beyond what has come */
	for (i = 0; i < 3; i++)
		bufs[i].len = 0;
	half = n / 2;
	comes(data, half, 0);
	looked(&sh);
	comes(data + half, n - half, 1);
	looked(&sh);
	return 0;
}

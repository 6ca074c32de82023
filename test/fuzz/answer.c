/* Fuzzes what a shell can answer: any bytes as answers and as messages, in several
 * pieces. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/x.h"
#include "tree/bash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
mkshell(struct bash *sh, int *answers, int *messages)
{
	int fds[4], i;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, fds + 2) < 0)
		abort();
	for (i = 0; i < 4; i++)
		fcntl(fds[i], F_SETFL, O_NONBLOCK);
	memset(sh, 0, sizeof *sh);
	sh->out = fds[0];
	sh->err = fds[2];
	*answers = fds[1];
	*messages = fds[3];
	sh->n = 2;
	strcpy(sh->nonce[0], "0123456789abcdef");
	strcpy(sh->nonce[1], "fedcba9876543210");
	sh->got = xcalloc(3, sizeof *sh->got);
	sh->record = sh->got + 1;
	sh->said = sh->got + 2;
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
	struct bash sh;
	size_t i, half;
	int answers, messages;

	mkshell(&sh, &answers, &messages);
	half = n / 2;
	if (write(messages, data, half) < 0 || write(answers, data, half) < 0)
		half = 0;
	looked(&sh);
	if (write(answers, data + half, n - half) < 0 && n > half)
		half = n;
	close(answers);
	close(messages);
	looked(&sh);
	close(sh.out);
	close(sh.err);
	for (i = 0; i < 3; i++)
		buffree(&sh.got[i]);
	free(sh.got);
	return 0;
}

/* Prints the SHA-256 of standard input, read N bytes at a time: sha N; with a
 * second operand by libmd, whatever the processor has. */
#include <err.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/sha.h"
#include "base/x.h"

int
main(int argc, char **argv)
{
	unsigned char *block, digest[SHA256_DIGEST_LENGTH];
	char hex[SHAHEX];
	struct sha s;
	SHA2_CTX c;
	size_t i, n;
	ssize_t r;

	if (argc < 2)
		errx(2, "usage: sha n [libmd]");
	n = (size_t)atoi(argv[1]);
	block = xmalloc(n);
	shainit(&s);
	SHA256Init(&c);
	while ((r = read(0, block, n)) > 0) {
		shaadd(&s, block, (size_t)r);
		SHA256Update(&c, block, (size_t)r);
	}
	if (r < 0)
		err(111, "standard input");
	shaend(&s, hex);
	if (argc > 2) {
		SHA256Final(digest, &c);
		for (i = 0; i < sizeof digest; i++)
			printf("%02x", digest[i]);
		printf("\n");
	} else
		printf("%s\n", hex);
	free(block);
	return 0;
}

/* One bash that evaluates templates: started confined, asked, listened to. It
 * answers in the order in which it was asked. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SHELL_AHEAD = 4, SHELL_NONCE = 16 };

struct shellenv {
	char *const *argv;		/* of the program of lib/tree/tmpl.bash */
	char **env;			/* its whole environment */
	const char *const *reads;	/* what it has to read, see confine.h */
	size_t nreads;
};

struct shell {
	pid_t pid;		/* 0: not started, and nothing below is set */
	int ask, out, err;
	size_t n;		/* requests without an answer yet, at most AHEAD */
	size_t what[SHELL_AHEAD];	/* the caller's number of each */
	char nonce[SHELL_AHEAD][SHELL_NONCE + 1];
	int64_t since;		/* when the first became the first, loopnow() */
	struct buf *got;	/* of the answers' pipe, not looked at yet */
	struct buf *record;	/* the answer to the first request, in lines */
	struct buf *said;	/* standard error meanwhile, its end */
	int whole;		/* the record is complete */
	int status;		/* of the subshell, as $? has it; -1: none */
	int strange;		/* something else than answers came */
};

/* starts a bash in sh, which was zeroed or stopped; -1 with errno */
int shellstart(struct shell *sh, const struct shellenv *env);

/* ends it and whatever it has started, and forgets what it was asked */
void shellstop(struct shell *sh);

/* asks for what, in words that are a line of a few kilobytes at most; a shell that
 * cannot be asked is dead, which shellread will tell */
void shellask(struct shell *sh, size_t what, const char *words);

/* looks at what has come: 1 when the first request is answered, record, whole,
 * and status saying how, which shellnext puts away; 0 when more must come; -1
 * when it has ended */
int shellread(struct shell *sh);

/* goes on to the next request */
void shellnext(struct shell *sh);

/* returns the words in which what was asked for first has failed: the error of
 * xbps-src and what bash says of the syntax, or how it ended; the caller owns
 * them */
char *shellwhy(struct shell *sh);

/* One bash in a sandbox that evaluates templates: started, asked, listened to. It
 * answers in the order in which it was asked. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { BASH_AHEAD = 3, BASH_NONCE = 16 };

struct bashenv {
	char *const *argv;		/* of the program of lib/tree/tmpl.bash */
	char **env;			/* its whole environment */
	const char *const *reads;	/* what it has to read, see sandbox.h */
	size_t nreads;
};

struct bash {
	pid_t pid;		/* 0: not started, and nothing below is set */
	int ask, out, err;
	size_t n;		/* requests without an answer yet, at most AHEAD */
	size_t what[BASH_AHEAD];	/* the caller's number of each */
	char nonce[BASH_AHEAD][BASH_NONCE + 1];
	size_t answers;		/* so far */
	int64_t since;		/* when the first became the first, loopnow() */
	struct buf *got;	/* of the answers' pipe, not looked at yet */
	struct buf *record;	/* the answer to the first request, in lines */
	struct buf *said;	/* standard error meanwhile, its end */
	int whole;		/* the record is complete */
	int status;		/* of the subshell, as $? has it; -1: none */
	int strange;		/* something else than answers came */
};

/* starts a bash in sh, which was zeroed or stopped; -1 with errno */
int bashstart(struct bash *sh, const struct bashenv *env);

/* ends it and whatever it has started, and forgets what it was asked */
void bashstop(struct bash *sh);

/* asks for what, in words that are a line of a few kilobytes at most; a shell that
 * cannot be asked is dead, which bashread will tell */
void bashask(struct bash *sh, size_t what, const char *words);

/* looks at what has come: 1 when the first request is answered, record, whole,
 * and status saying how, which bashnext puts away; 0 when more must come; -1
 * when it has ended */
int bashread(struct bash *sh);

/* goes on to the next request */
void bashnext(struct bash *sh);

/* returns the words in which what was asked for first has failed: the error of
 * xbps-src and what bash says of the syntax, or how it ended; the caller owns
 * them */
char *bashwhy(struct bash *sh);

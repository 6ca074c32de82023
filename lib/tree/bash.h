/* A bash in a sandbox that evaluates templates. It answers requests in their order. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { BASH_AHEAD = 3, BASH_NONCE = 16 };

struct bashenv {
	char *const *argv;		/* of the program of lib/tree/tmpl.bash */
	char **env;			/* its whole environment */
	const char *const *reads;	/* files and directories, see sandbox.h */
	size_t nreads;
};

struct bash {
	pid_t pid;		/* 0: not started, and nothing below is set */
	int ask, out, err;	/* sockets */
	size_t n;		/* requests without an answer, at most BASH_AHEAD */
	size_t what[BASH_AHEAD];	/* the caller's number of each */
	char nonce[BASH_AHEAD][BASH_NONCE + 1];
	size_t answers;		/* so far */
	int64_t since;		/* loopnow() when bash began the first request */
	struct buf *got;	/* bytes of out that are not parsed yet */
	struct buf *record;	/* the answer to the first request, in lines */
	struct buf *said;	/* the end of standard error since the last answer */
	int whole;		/* the record is complete */
	int status;		/* of the subshell, as $? has it; -1: none */
	int strange;		/* out had something else than answers */
};

/* starts a bash in sh, which was zeroed or stopped; -1 with errno */
int bashstart(struct bash *sh, const struct bashenv *env);

/* kills the shell with all that it has started, and drops its requests */
void bashstop(struct bash *sh);

/* sends a request, one line of at most a few kilobytes, under the caller's number what;
 * when that fails bashread will return -1 */
void bashask(struct bash *sh, size_t what, const char *words);

/* reads what has come: 1 when the first request is answered, with record, whole and
 * status set until bashnext; 0 when not yet; -1 when the shell has ended */
int bashread(struct bash *sh);

/* goes on to the next request */
void bashnext(struct bash *sh);

/* returns why the first request failed: the error of xbps-src and bash's syntax error,
 * or how the subshell ended; the caller owns it */
char *bashwhy(struct bash *sh);

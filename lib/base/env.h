/* What of the environment reaches the programs that spiff starts: one table, which
 * spiff(7) shows to people. What is not in it, such as passwords and tokens,
 * reaches nobody. */

/* who gets a variable */
enum {
	ENV_NONE = 1 << 6,	/* nobody: no variable */
	ENV_ANY = 1 << 7,	/* every variable, for who has only those it may have */
	ENV_TOOL = 1 << 0,	/* gzip, git, xbps-fetch and such */
	ENV_SPIFF = 1 << 1,	/* spiff-enqueue and spiff-status, for spiff-run */
	ENV_BUILD = 1 << 2,	/* the build program, xbps-src */
	ENV_TEMPLATE = 1 << 8,	/* templates, when they are evaluated */
	ENV_HOOK = 1 << 3,	/* people's own programs */
	ENV_INDEX = 1 << 4,	/* spiff-index */
	ENV_NOMAD = 1 << 5	/* Nomad's command line */
};

/* returns whether the variable, as NAME=value, may reach one of these */
int envpasses(const char *var, unsigned who);

/* returns those of this process's variables that may reach one of these, ended by
 * NULL; the caller frees the array, but not the strings */
char **envfor(unsigned who);

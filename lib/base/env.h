/* The environment variables that reach the programs started by spiff: one table, which
 * spiff(7) shows. Variables that are not in it, such as passwords and tokens, reach no
 * program. */

/* the programs that get a variable */
enum {
	ENV_NONE = 1 << 6,	/* a program that gets no variable */
	ENV_ANY = 1 << 7,	/* every variable, in a process that was started with
				 * the right ones */
	ENV_TOOL = 1 << 0,	/* gzip, git, xbps-fetch and such */
	ENV_SPIFF = 1 << 1,	/* spiff-enqueue and spiff-status, for spiff-run */
	ENV_BUILD = 1 << 2,	/* the build program, xbps-src */
	ENV_TEMPLATE = 1 << 8,	/* templates, when they are evaluated */
	ENV_HOOK = 1 << 3,	/* people's own programs */
	ENV_INDEX = 1 << 4,	/* spiff-index */
	ENV_NOMAD = 1 << 5	/* Nomad's command line */
};

/* returns whether a variable, as NAME=value, reaches one of these programs */
int envpasses(const char *var, unsigned who);

/* returns this process's variables that reach one of these programs, ended by NULL; the
 * caller frees the array, not the strings */
char **envfor(unsigned who);

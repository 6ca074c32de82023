/* Settings: a flag, else the environment, else the file $SPIFF_CONF (lines
 * NAME=value; /etc/spiff/spiff.conf when that is not set), else the default. */

#include <stddef.h>

enum conf {
	CONF_SPOOL,
	CONF_DISTDIR,
	CONF_REPO,
	CONF_REPOS,
	CONF_ARCH,
	CONF_HOST,
	CONF_SLOTS,
	CONF_BUILDER,
	CONF_NOMAD,
	CONF_NOMADTIME,
	CONF_BUILD,
	CONF_DELIVER,
	CONF_HOSTDIR,
	CONF_MASTERDIR,
	CONF_JOBS,
	CONF_MEMORY,
	CONF_CPUS,
	CONF_CHECK,
	CONF_CACHE,
	CONF_PAUSE,
	CONF_WATCH,
	CONF_PRIVKEY,
	CONF_SIGNEDBY,
	CONF_COMPRESSION,
	CONF_WWW,
	CONF_HOOKS,
	CONF_N
};

/* takes a flag of the table for its setting; a repeated list flag adds to the
 * list; returns 0 when no setting has this flag */
int confflag(int flag, const char *value);

/* reads the settings file, after the flags; -1 after a message */
int confload(void);

/* returns the variable's name */
const char *confname(enum conf which);

/* returns the setting's value, "" when there is none; lives as long as the
 * program */
const char *confget(enum conf which);

/* whether somebody has set it, and it is not what we made of other settings */
int confgiven(enum conf which);

/* splits a list setting (SPIFF_DISTDIR, SPIFF_REPOS) into its elements; the
 * caller frees the one block that array and strings are in; *n is their number */
char **conflist(enum conf which, size_t *n);

/* puts every setting that has a value into the environment, for children;
 * paths become absolute there; -1 with errno */
int confexport(void);

/* returns the slots for an architecture as SPIFF_SLOTS says ("4", or
 * "x86_64=3,aarch64=1"), 0 for one not listed; -1 after a message */
int confslots(const char *arch);

/* returns the builds at a time of all architectures, at least 1 */
long confslotsall(void);

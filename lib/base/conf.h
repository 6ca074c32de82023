/* Settings: each comes from a flag, else the environment, else the settings file, else
 * it has its default. The file, of lines NAME=value, is the one that SPIFF_CONF names,
 * or /etc/spiff/spiff.conf. Scripts get the settings from spiff-env, in their
 * environment. */

#include <stddef.h>
#include <stdint.h>

enum conf {
	CONF_SPOOL,
	CONF_DISTDIR,
	CONF_REPO,
	CONF_REPOS,
	CONF_ARCH,
	CONF_HOST,
	CONF_NATIVE,
	CONF_SLOTS,
	CONF_BUILDER,
	CONF_NOMAD,
	CONF_NOMADTIME,
	CONF_BUILD,
	CONF_DELIVER,
	CONF_DELIVERMAX,
	CONF_HOSTDIR,
	CONF_FETCH,
	CONF_MASTERDIR,
	CONF_JOBS,
	CONF_MEMORY,
	CONF_RAM,
	CONF_CPUS,
	CONF_TIME,
	CONF_IDLE,
	CONF_LIMITS,
	CONF_HISTORY,
	CONF_CHECK,
	CONF_CACHE,
	CONF_PAUSE,
	CONF_WATCH,
	CONF_PRIVKEY,
	CONF_SIGNEDBY,
	CONF_COMPRESSION,
	CONF_STAGE,
	CONF_MAINBREAK,
	CONF_KEEP,
	CONF_REBUILD,
	CONF_RELINK,
	CONF_WWW,
	CONF_TREEURL,
	CONF_HOOKS,
	CONF_N
};

/* sets the setting of a flag; a repeated flag for a list adds to the list; returns 0 when
 * no setting has this flag */
int confflag(int flag, const char *value);

/* reads environment and settings file, checks every value, and sets the umask to 022, so
 * that files have the same modes whoever starts the program; -1 after a message for each
 * fault, with file and line, variable or flag */
int confload(void);

/* returns the variable's name */
const char *confname(enum conf which);

/* returns the setting's value, or ""; lives as long as the program */
const char *confget(enum conf which);

/* returns the value of a setting that is a number */
long confnumber(enum conf which);

/* returns the value of a setting that is a size in bytes, 0 when it has none */
int64_t confsize(enum conf which);

/* returns the value of a setting that is a span of time, in milliseconds */
int64_t confspan(enum conf which);

/* returns where the value comes from: "default", "environment", "-s", "FILE:3";
 * the caller owns it */
char *confsource(enum conf which);

/* returns whether the value was set, rather than computed from other settings */
int confgiven(enum conf which);

/* splits a list (SPIFF_DISTDIR, SPIFF_REPOS) and sets *n to the number of its elements;
 * the caller frees the array, whose memory has the strings too */
char **conflist(enum conf which, size_t *n);

/* the same for a list of directories or URLs: those for an architecture, without the
 * ARCH= or ARCH,ARCH= that some have before them */
char **confplaces(enum conf which, const char *arch, size_t *n);

/* returns the value with absolute paths, for another program; the caller owns it; NULL
 * with errno */
char *confabsolute(enum conf which);

/* puts every setting, with absolute paths, and SPIFF_CONF=/dev/null into the environment,
 * so that children use these and read no file; -1 with errno */
int confexport(void);

/* returns the slots for an architecture as SPIFF_SLOTS says ("4", or
 * "x86_64=3,aarch64=1"), 0 for one that is not listed */
int confslots(const char *arch);

/* returns the builds at a time of all architectures, at least 1 */
long confslotsall(void);

#include <string.h>

#include "base/conf.h"
#include "base/env.h"
#include "base/x.h"

extern char **environ;

enum {
	OURS = ENV_SPIFF | ENV_BUILD | ENV_INDEX,
	NET = ENV_TOOL | ENV_SPIFF | ENV_BUILD | ENV_NOMAD,
	XBPS = ENV_SPIFF | ENV_BUILD,
	TEMPLATE = ENV_TEMPLATE | XBPS,
	ALL = ENV_TOOL | OURS | ENV_HOOK | ENV_NOMAD
};

/* A name that ends with _ stands for all names that begin with it. */
static const struct {
	unsigned who;
	const char *names;
} table[] = {
	{ ALL, "PATH HOME USER LOGNAME TMPDIR TZ LANG LC_ALL LC_COLLATE "
	    "LC_CTYPE LC_MESSAGES LC_NUMERIC LC_TIME XDG_CACHE_HOME "
	    "XDG_CONFIG_HOME" },
	/* proxies and certificates */
	{ NET, "http_proxy https_proxy ftp_proxy all_proxy no_proxy HTTP_PROXY "
	    "HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY SOCKS_PROXY "
	    "HTTP_PROXY_AUTH FTP_RETRIES SSL_CERT_FILE SSL_CERT_DIR "
	    "SSL_CA_CERT_FILE SSL_CA_CERT_PATH SSL_NO_VERIFY_PEER "
	    "SSL_NO_VERIFY_HOSTNAME" },
	/* the settings of xbps-src that can change what a template says */
	{ TEMPLATE, "XBPS_ALLOW_RESTRICTED XBPS_ARG_PKG_OPTIONS "
	    "XBPS_BUILD_ENVIRONMENT XBPS_CCACHE XBPS_CFLAGS XBPS_CHECK_PKGS "
	    "XBPS_CPPFLAGS XBPS_CXXFLAGS XBPS_DEBUG_PKGS XBPS_DISTCC XBPS_FFLAGS "
	    "XBPS_IGNORE_BROKENNESS XBPS_LDFLAGS XBPS_PKG_OPTIONS "
	    "XBPS_PKG_OPTIONS_ XBPS_USE_BUILD_MTIME XBPS_USE_GIT_REVS" },
	/* and the others of etc/defaults.conf */
	{ XBPS, "XBPS_ALLOW_CHROOT_BREAKOUT XBPS_CHROOT_CMD XBPS_CHROOT_CMD_ARGS "
	    "XBPS_DISTCC_HOSTS XBPS_INSTALL_ARGS XBPS_MAKEJOBS XBPS_MIRROR "
	    "XBPS_PKG_COMPTYPE XBPS_PRESERVE_PKGS XBPS_REPO_COMPTYPE XBPS_SUCMD" },
	/* of the key that SPIFF_PRIVKEY names */
	{ ENV_INDEX, "XBPS_PASSPHRASE" },
	{ ENV_NOMAD, "NOMAD_ADDR NOMAD_CACERT NOMAD_CAPATH NOMAD_CLIENT_CERT "
	    "NOMAD_CLIENT_KEY NOMAD_HTTP_AUTH NOMAD_NAMESPACE NOMAD_REGION "
	    "NOMAD_SKIP_VERIFY NOMAD_TLS_SERVER_NAME NOMAD_TOKEN" },
	/* of the examples in doc/hooks */
	{ ENV_HOOK, "MAILTO POSTTO" },
	/* set by a builder for the build program */
	{ ENV_BUILD, "SPIFF_JOB SPIFF_SLOT SPIFF_TRY" },
	/* for debugging spiff */
	{ OURS, "ASAN_OPTIONS LD_LIBRARY_PATH LD_PRELOAD UBSAN_OPTIONS" },
};

/* whether a list has a name of n bytes */
static int
listed(const char *names, const char *name, size_t n)
{
	const char *end;
	size_t len;

	for (; names; names = end ? end + 1 : NULL) {
		end = strchr(names, ' ');
		len = end ? (size_t)(end - names) : strlen(names);
		if (*names == *name && memcmp(names, name, len < n ? len : n) == 0 &&
		    (len == n || (len < n && names[len - 1] == '_')))
			return 1;
	}
	return 0;
}

static int
isname(const char *s, const char *name, size_t n)
{
	return strncmp(s, name, n) == 0 && s[n] == '\0';
}

static int
issetting(const char *name, size_t n)
{
	int i;

	for (i = 0; i < CONF_N && !isname(confname((enum conf)i), name, n); i++)
		;
	return i < CONF_N || isname("SPIFF_CONF", name, n);
}

int
envpasses(const char *var, unsigned who)
{
	size_t i, n;

	if (who & ENV_ANY)
		return 1;
	n = strcspn(var, "=");
	/* most variables of a program that spiff starts are settings */
	if (strncmp(var, "SPIFF_", 6) == 0 && issetting(var, n))
		return (who & (OURS | ENV_HOOK)) != 0;
	for (i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (table[i].who & who && listed(table[i].names, var, n))
			return 1;
	}
	return 0;
}

char **
envfor(unsigned who)
{
	char **e, **list;
	size_t n;

	for (n = 0; environ && environ[n]; n++)
		;
	list = xcalloc(n + 1, sizeof *list);
	n = 0;
	for (e = environ; e && *e; e++) {
		if (envpasses(*e, who))
			list[n++] = *e;
	}
	return list;
}

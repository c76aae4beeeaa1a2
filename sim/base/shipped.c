/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/shipped.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".lua"

/* How far above the program the tree's root, or PREFIX, may be: build/tests/net/test_x. */
#define FLOORS 4

static const struct place {
	const char *tree, *installed;
} places[SHIPPED_COUNT] = {
	[SHIPPED_SCENARIOS] = { "scenarios", "share/sigfault/scenarios" },
	[SHIPPED_ROLLOVERS] = { "rollovers", "share/sigfault/rollovers" },
	[SHIPPED_RESOLVERS] = { "harness/subject/resolvers", "share/sigfault/resolvers" },
	[SHIPPED_SIGNERS] = { "harness/subject/signers", "share/sigfault/signers" },
	[SHIPPED_MITIGATIONS] = { "harness/subject/mitigations.lua",
				  "share/sigfault/mitigations.lua" },
	[SHIPPED_PAGE] = { "harness/report/page", "share/sigfault/page" },
	[SHIPPED_SCHEMA] = { "docs/schema", "share/sigfault/schema" },
	[SHIPPED_CLOCK] = { "libsigfault-clock.so", "lib/sigfault/libsigfault-clock.so" },
	[SHIPPED_HSM] = { "libsigfault-hsm.so", "lib/sigfault/libsigfault-hsm.so" },
};

static bool is_there(const char *base, const char *below, char ret[PATH_MAX])
{
	return (size_t)snprintf(ret, PATH_MAX, "%s/%s", base, below) < PATH_MAX &&
	       access(ret, R_OK) == 0;
}

/* Nothing is left in `ret` when it is nowhere. */
static bool find(const struct place *p, char ret[PATH_MAX])
{
	char base[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", base, sizeof(base) - 1);
	char *slash;

	base[n > 0 ? n : 0] = '\0';
	for (int up = 0; up < FLOORS && (slash = strrchr(base, '/')); up++) {
		*slash = '\0';
		if (is_there(base, p->installed, ret) || is_there(base, p->tree, ret))
			return true;
	}
	ret[0] = '\0';
	return false;
}

const char *shipped_path(enum shipped kind)
{
	static char known[SHIPPED_COUNT][PATH_MAX];

	if (!*known[kind] && !find(&places[kind], known[kind]))
		return NULL;
	return known[kind];
}

static bool is_script_name(const char *name)
{
	size_t len = strlen(name), suffix = strlen(SUFFIX);

	return name[0] != '.' && len > suffix && strcmp(name + len - suffix, SUFFIX) == 0;
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int shipped_script(enum shipped kind, const char *name, char ret[PATH_MAX], struct err *e)
{
	const char *folder = shipped_path(kind);

	if ((size_t)snprintf(ret, PATH_MAX, "%s", name) >= PATH_MAX)
		return err_set(e, -ENAMETOOLONG, "'%.100s…' is too long a path", name);
	if (is_file(ret))
		return 0;
	if (folder && !strchr(name, '/') &&
	    (size_t)snprintf(ret, PATH_MAX, "%s/%s%s", folder, name,
			     is_script_name(name) ? "" : SUFFIX) < PATH_MAX &&
	    is_file(ret))
		return 0;
	return -ENOENT;
}

static int is_script(const struct dirent *d)
{
	return is_script_name(d->d_name);
}

int shipped_each(enum shipped kind, void (*each)(const char *name, void *arg), void *arg)
{
	const char *folder = shipped_path(kind);
	struct dirent **list;
	int n = folder ? scandir(folder, &list, is_script, alphasort) : -1;

	if (n < 0)
		return -ENOENT;
	for (int i = 0; i < n; i++) {
		list[i]->d_name[strlen(list[i]->d_name) - strlen(SUFFIX)] = '\0';
		each(list[i]->d_name, arg);
		free(list[i]);
	}
	free(list);
	return 0;
}

static void try_name(const char *name, void *arg)
{
	nearest_try(arg, name);
}

char *shipped_hint(enum shipped kind, const char *name, char ret[NEAREST_LEN + 24])
{
	struct nearest n = nearest_to(name);

	shipped_each(kind, try_name, &n);
	return nearest_hint(&n, ret);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/driver_root.h"

#include <errno.h>
#include <string.h>

#include "harness/subject/program.h"
#include "sim/base/loadable.h"
#include "sim/base/versions.h"

/* "/srv/unbound-1.27/rootfs" is called "1.27": the last folder that says what is in it. */
static void name_folder(struct driver *d)
{
	size_t kind = strlen(d->kind);
	char path[PATH_MAX], *slash;
	const char *says;

	strcpy(path, d->root->folder);
	slash = strrchr(path, '/');
	if (slash != path && (strcmp(slash, "/rootfs") == 0 || strcmp(slash, "/root") == 0))
		*slash = '\0';
	says = strrchr(path, '/') + 1;
	if (strncmp(says, d->kind, kind) == 0 && says[kind] && strchr("-_@", says[kind]) &&
	    says[kind + 1])
		says += kind + 1;
	snprintf(d->root_name, sizeof(d->root_name), "%.*s", STORE_VERSION - 1, says);
}

/* What has a slash is a folder; else the store knows it. */
static int open_root(struct driver *d, const char *root, struct err *e)
{
	char path[PATH_MAX];
	int r = 0;

	if (strchr(root, '/'))
		snprintf(path, sizeof(path), "%s", root);
	else
		r = store_find(d->kind, root, d->root_name, path, e);
	if (r == 0)
		r = root_open(path, &d->root, e);
	if (r == 0 && !d->root_name[0])
		name_folder(d);
	return r;
}

static void find_control(struct driver *d)
{
	char beside[PATH_MAX], *slash;

	strcpy(beside, d->program);
	slash = strrchr(beside, '/');
	if (!d->control[0] || (size_t)(slash + 1 - beside) + strlen(d->control) >= sizeof(beside))
		return;
	strcpy(slash + 1, d->control);
	if (root_find(d->root, beside, d->control) < 0)
		root_find(d->root, strcpy(beside, d->control), d->control);
}

static void note_missing(struct driver *d, const char *wanted)
{
	struct err e;

	err_set(&e, 0,
		"there is no program '%s' in '%s': install it there (in Debian the package '%s' "
		"has "
		"it), or say where it is: -r %s@%s=/PATH/IN/IT",
		wanted, d->root->folder, d->package, d->kind, d->root->folder);
	strcpy(d->trouble, e.text);
}

int driver_find_root(struct driver *d, const char *root, const char *other, struct err *e)
{
	char wanted[PATH_MAX];
	int r = open_root(d, root, e);

	if (r < 0)
		return r;
	if (other && *other != '/')
		return err_set(
			e, -EINVAL,
			"'%s' is no path in '%s': it begins with a '/', which is that folder",
			other, d->root->folder);
	snprintf(wanted, sizeof(wanted), "%s", other ? other : d->program);
	if (root_find(d->root, wanted, d->program) < 0) {
		note_missing(d, wanted);
	} else {
		root_look(d->root, d->program);
		find_control(d);
	}
	d->view = (struct mounts_root){ .folder = d->root->folder, .over = d->root->over };
	return 0;
}

/* ---- what it lacks ---- */

/* The loader lists what it would load, "libevent-2.1.so.7 => /lib/…", or says why it cannot. */
static void note_libraries(struct driver *d)
{
	const char *const argv[] = { d->root->loader, "--list", d->program, NULL };
	char list[16384] = "", *lacking;
	struct err e;

	if (program_ask(argv, NULL, driver_root(d), PROGRAM_PATIENCE, list, sizeof(list), NULL) < 0)
		return;
	lacking = strstr(list, "=> not found");
	while (lacking && lacking > list && lacking[-1] != '\n')
		lacking--;
	if (!lacking && strstr(list, "=>"))
		return;
	lacking = lacking ? lacking : list;
	err_set(&e, 0,
		"'%s' lacks what its '%s' is linked with: its loader says '%.*s'; install there "
		"what its package depends on",
		d->root->folder, d->program, (int)strcspn(lacking, "\r\n"), lacking);
	strcpy(d->trouble, e.text);
}

static void note_other(struct driver *d)
{
	struct err e;

	err_set(&e, 0, "'%s' in '%s' does not look like '%s': it says '%.*s'", d->program,
		d->root->folder, d->kind, (int)strcspn(d->about, "\r\n"), d->about);
	strcpy(d->trouble, e.text);
}

/* What cannot have the clock library is told when it is to have it. */
void driver_find_trouble(struct driver *d)
{
	if (root_check(d->root, d->program, NULL) < 0)
		return;
	if (*d->root->loader)
		note_libraries(d);
	if (!d->trouble[0] && d->about[0])
		note_other(d);
}

/* ---- asked of it ---- */

const struct mounts_root *driver_root(const struct driver *d)
{
	return d->root ? &d->view : NULL;
}

const char *driver_libc(const struct driver *d)
{
	return d->root ? d->root->libc : "";
}

/* The clock library wants of libdl and libpthread what glibc has in itself since 2.34; not every program
 * loads them before. */
char *driver_preload(const struct driver *d, const char *library, char *ret, size_t size)
{
	bool apart = d->root && *d->root->libc && version_compare(d->root->libc, "2.34") < 0;

	snprintf(ret, size, "%s%s", apart ? "libdl.so.2:libpthread.so.0:" : "",
		 d->root ? MOUNTS_LIBRARY : library);
	return ret;
}

const char *driver_trouble(const struct driver *d)
{
	return d->trouble;
}

static int check_machines(const char *program, struct err *e)
{
	char path[PATH_MAX];
	const char *why = program_find(program, path) < 0 ? NULL : loadable_why_not(path);

	return !why ? 0
		    : err_set(e, -ELIBACC,
			      "'%s' %s: the clock library cannot be loaded into it, and it would "
			      "live in real time; use --clock real, or say clock = 'real' in its "
			      "driver",
			      path, why);
}

int driver_check_program(const struct driver *d, const char *program, struct err *e)
{
	char path[PATH_MAX];

	if (!d->root)
		return check_machines(program, e);
	return root_find(d->root, program, path) < 0 ? 0 : root_check(d->root, path, e);
}

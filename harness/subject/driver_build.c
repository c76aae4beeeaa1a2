/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/driver_build.h"

#include <ctype.h>
#include <errno.h>
#include <lauxlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/subject/driver_call.h"
#include "harness/subject/driver_root.h"
#include "harness/subject/program.h"

static int push_version_command(lua_State *L)
{
	struct call *c = driver_call_of(L);

	if (!commands_add(c->commands, c->d->program))
		return luaL_error(L, "not enough memory");
	driver_push(L, c->d);
	lua_getfield(L, -1, "version");
	lua_getfield(L, -1, "arguments");
	driver_take_command(L, c->commands, "version.arguments");
	return 0;
}

static int match_version(lua_State *L)
{
	struct driver *d = driver_call_of(L)->d;

	lua_getglobal(L, "string");
	lua_getfield(L, -1, "match");
	lua_pushstring(L, d->about);
	driver_push(L, d);
	lua_getfield(L, -1, "version");
	lua_getfield(L, -1, "pattern");
	lua_replace(L, -3);
	lua_pop(L, 1);
	lua_call(L, 2, 1);
	if (lua_isstring(L, -1))
		snprintf(d->version, sizeof(d->version), "%s", lua_tostring(L, -1));
	return 0;
}

int driver_ask_version(struct driver *d, bool is_other, struct err *e)
{
	struct commands w = { 0 };
	struct call c = { .d = d, .commands = &w, .e = e };
	struct err why = { .text = "" };
	int r = driver_gather(&c, push_version_command);

	if (!r && program_ask(w.list[0], driver_paths(d), driver_root(d), PROGRAM_PATIENCE,
			      d->about, sizeof(d->about), &why) == 0)
		r = driver_carry(&c, match_version);
	snprintf(d->version_why, sizeof(d->version_why), "%.500s", why.text);
	if (!r && d->root && !d->version[0])
		driver_find_trouble(d);
	else if (!r && is_other && d->about[0] && !d->version[0])
		r = err_set(e, -EINVAL, "'%s' does not look like '%s': it says '%.*s'", d->program,
			    d->kind, (int)strcspn(d->about, "\r\n"), d->about);
	commands_done(&w);
	return r;
}

/* The control program of another build is beside it, when it has one of its own. */
static void find_control(struct driver *d, bool is_other)
{
	char beside[PATH_MAX], *slash, name[sizeof(d->control)];

	if (!d->control[0])
		return;
	strcpy(beside, d->program);
	slash = strrchr(beside, '/');
	if (is_other && (size_t)(slash + 1 - beside) + strlen(d->control) < sizeof(beside)) {
		strcpy(slash + 1, d->control);
		if (program_find(beside, d->control) == 0)
			return;
	}
	strcpy(name, d->control);
	program_find(name, d->control); /* when it is not there, using it will say so */
}

/* A wrong path is mended on the command line, and not by a package. */
static int no_program(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_set(e, -EINVAL,
			       strchr(path, '/') ? "no such file: '%s'" : "no such program: '%s'",
			       path);
	return err_set(e, -EINVAL,
		       S_ISDIR(st.st_mode) ? "'%s' is a folder, and not a program"
					   : "'%s' is not a program: it may not be "
					     "executed",
		       path);
}

/* An installation has its libraries beside bin or sbin. */
static int add_prefix(struct driver *d, char *folder, struct err *e)
{
	static const char *const parts[] = { "", "/lib", "/lib64" };
	char path[PATH_MAX + 8], *base = strrchr(folder, '/');
	int r = 0;

	if (base == folder || (strcmp(base, "/bin") != 0 && strcmp(base, "/sbin") != 0))
		return 0;
	*base = '\0';
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(parts); i++) {
		snprintf(path, sizeof(path), "%s%s", folder, parts[i]);
		r = driver_add_path(d, path, e);
	}
	return r;
}

/* A build has them in the program's own folder. What is around the program may be closed to the
 * sandbox's user, or be a home; then the program is there alone. */
static int add_folder(struct driver *d, const char *program, struct err *e)
{
	char folder[PATH_MAX], *slash;
	int r = 0;

	snprintf(folder, sizeof(folder), "%s", program);
	slash = strrchr(folder, '/');
	if (slash && slash != folder) {
		*slash = '\0';
		r = driver_add_path(d, folder, e);
		if (r == 0)
			r = add_prefix(d, folder, e);
	}
	return r == 0 ? driver_add_path(d, program, e) : r;
}

/* A link leads from one folder to another. */
static int add_folders(struct driver *d, const char *program, struct err *e)
{
	char real[PATH_MAX];
	int r = *program == '/' ? add_folder(d, program, e) : 0;

	return r == 0 && realpath(program, real) ? add_folder(d, real, e) : r;
}

/* "knot-resolver|knot-resolver6": a package may have another name in another release. */
static int not_installed(const char *program, const char *packages, struct err *e)
{
	int len = (int)strcspn(packages, "|");

	if (packages[len])
		return err_set(e, -ENOPKG,
			       "'%s' is not installed: 'apt-get install %.*s', or '%s' where the "
			       "release calls it so",
			       program, len, packages, packages + len + 1);
	return err_set(e, -ENOPKG, "'%s' is not installed: 'apt-get install %s'", program,
		       packages);
}

int driver_find_programs(struct driver *d, const char *other, struct err *e)
{
	int r;

	char wanted[PATH_MAX];

	snprintf(wanted, sizeof(wanted), "%s", other ? other : d->program);
	if (program_find(wanted, d->program) < 0)
		return other ? no_program(other, e) : not_installed(wanted, d->package, e);
	find_control(d, other);
	r = add_folders(d, d->program, e);
	return r == 0 ? add_folders(d, d->control, e) : r;
}

static void name_other(struct driver *d)
{
	static const char *const common[] = { "bin",   "sbin", "libexec", "usr",  "local",
					      "build", "src",  "tmp",	  "root", "home" };
	char path[PATH_MAX], *slash;
	const char *says = d->version;
	bool found = false;

	strcpy(path, d->program);
	while (!found && (slash = strrchr(path, '/'))) {
		const char *base = slash + 1;

		found = *base && strcmp(base, d->kind) != 0;
		for (size_t i = 0; found && i < ARRAY_SIZE(common); i++)
			found = strcmp(base, common[i]) != 0;
		if (found)
			says = base;
		else
			*slash = '\0';
	}
	if (strncmp(says, d->kind, strlen(d->kind)) == 0)
		snprintf(d->name, sizeof(d->name), "%s", says);
	else
		snprintf(d->name, sizeof(d->name), "%s-%s", d->kind, *says ? says : "other");
}

static void make_plain(char *name)
{
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("._-+~@", *name))
			*name = '_';
}

void driver_name_build(struct driver *d, bool is_other)
{
	if (d->root)
		snprintf(d->name, sizeof(d->name), "%s@%s", d->kind, d->root_name);
	else if (is_other)
		name_other(d);
	else
		snprintf(d->name, sizeof(d->name), "%s", d->kind);
	if (d->root || is_other)
		make_plain(d->name);
}

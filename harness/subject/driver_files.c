/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/driver_files.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#include "harness/subject/resolver.h"
#include "harness/subject/signer.h"

static int write_file(const char *folder, const char *name, const char *text, size_t len,
		      struct err *e)
{
	_cleanup_(fclosep) FILE *f = NULL;
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
		return err_set(e, -ENAMETOOLONG, "'%s/%s' is too long a path", folder, name);
	f = fopen(path, "we");
	if (!f || fwrite(text, 1, len, f) != len || fflush(f) != 0)
		return err_set(e, errno ? -errno : -EIO, "cannot write '%s': %s", path,
			       strerror(errno));
	return 0;
}

/* One of the files that the driver gave: name and text at the top of the stack. */
static int write_given(lua_State *L, struct call *c, const char *kept)
{
	const char *folder = c->s ? c->s->folder : c->signer->folder;
	const char *name, *text;
	size_t len;
	int r;

	if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
		return luaL_error(L, "files: wants { [\"name\"] = \"text\", … }");
	name = lua_tostring(L, -2);
	text = lua_tolstring(L, -1, &len);
	if (!*name || *name == '.' || strchr(name, '/'))
		return luaL_error(L, "files: '%s' is no plain file name", name);
	c->settled |= !c->s || !c->s->settings || strstr(text, c->s->settings);
	r = write_file(folder, name, text, len, c->e);
	if (!r && !strcmp(name, c->d->configuration)) {
		c->absent = false;
		r = write_file(c->cell, kept, text, len, c->e);
	}
	return r;
}

int driver_write_files(lua_State *L, struct call *c, const char *kept)
{
	int r = 0;

	if (!lua_istable(L, -1))
		return luaL_error(L, "files: wants { [\"name\"] = \"text\", … }");
	c->absent = true;
	for (lua_pushnil(L); !r && lua_next(L, -2); lua_pop(L, 1))
		r = write_given(L, c, kept);
	if (!r && c->absent)
		return luaL_error(L, "files: there is no '%s', which 'configuration' names",
				  c->d->configuration);
	return r;
}

/* What is known of its program. */
static int write_version(const struct driver *d, const char *cell, const char *name, struct err *e)
{
	_cleanup_(freep) char *text = NULL;
	int len = asprintf(&text, "%s %s\n%s%s%s\n%s", d->kind,
			   *d->version ? d->version : "unknown", d->program, d->root ? " in " : "",
			   d->root ? d->root->folder : "", d->about);

	if (len < 0) {
		text = NULL;
		return err_set(e, -ENOMEM, "not enough memory");
	}
	return write_file(cell, name, text, (size_t)len, e);
}

int driver_configure(struct call *c, lua_CFunction f, const char *version,
		     const char *const **ret_argv)
{
	int r = driver_gather(c, f);

	if (!r)
		r = write_version(c->d, c->cell, version, c->e);
	if (r == 0)
		*ret_argv = c->d->start.list[0];
	return r;
}

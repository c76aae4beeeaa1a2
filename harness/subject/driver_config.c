/* SPDX-License-Identifier: BSD-2-Clause */
/* A user's own configuration, as far as a driver knows it. */
#include "harness/subject/driver.h"

#include <errno.h>
#include <lauxlib.h>

#include "harness/subject/driver_call.h"
#include "harness/subject/user_config.h"

/* What a user's file is called, where he names a folder. */
static int find_names(lua_State *L)
{
	struct call *c = driver_call_of(L);

	driver_push(L, c->d);
	if (lua_getfield(L, -1, "looks_for") == LUA_TFUNCTION) {
		lua_createtable(L, 0, 1);
		script_set_text(L, "version", c->d->version);
		lua_call(L, 1, 1);
		driver_take_command(L, c->commands, "looks_for");
	} else if (!commands_add(c->commands, c->d->configuration) ||
		   !commands_add(c->commands, NULL)) {
		return luaL_error(L, "not enough memory");
	}
	return 0;
}

static int load_config(struct driver *d, const char *path, struct err *e)
{
	struct commands names = { NULL };
	struct call c = { .d = d, .commands = &names, .e = e };
	int r = driver_gather(&c, find_names);

	if (!r)
		r = user_config_load(path, names.list[0], &d->user_config, e);
	commands_done(&names);
	return r;
}

int driver_use_config(struct driver *d, const char *path, const struct tree *t, struct err *e)
{
	int r;

	if (!d->has_overlay)
		return err_set(
			e, -EINVAL,
			"--config: the driver of '%s' cannot lay its settings over a user's: it "
			"has no function 'overlay'",
			d->kind);
	r = load_config(d, path, e);
	return r < 0 ? r : user_config_servers(d->user_config, t, e);
}

struct user_config *driver_config(const struct driver *d)
{
	return d->user_config;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/driver_call.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>

struct call *driver_call_of(lua_State *L)
{
	return lua_touserdata(L, 1);
}

int driver_carry(struct call *c, lua_CFunction f)
{
	lua_State *L = script_state(c->d->script);
	int r;

	lua_pushcfunction(L, f);
	lua_pushlightuserdata(L, c);
	r = script_call(c->d->script, 1, 0, c->e);
	if (r < 0 && !script_error_has_place(c->d->script))
		err_prefix(c->e, "%s", c->d->file);
	return r < 0 ? r : c->r;
}

int driver_gather(struct call *c, lua_CFunction f)
{
	int r;

	commands_done(c->commands);
	r = driver_carry(c, f);
	if (!r && !c->absent && !commands_end(c->commands))
		r = err_set(c->e, -ENOMEM, "not enough memory");
	return r;
}

void driver_push(lua_State *L, const struct driver *d)
{
	lua_rawgeti(L, LUA_REGISTRYINDEX, d->table);
}

void driver_set_program(lua_State *L, const struct driver *d)
{
	script_set_text(L, "program", d->program);
	script_set_text(L, "control", d->control);
	script_set_text(L, "version", d->version);
}

void driver_take_command(lua_State *L, struct commands *w, const char *what)
{
	lua_Integer n = lua_istable(L, -1) ? luaL_len(L, -1) : 0;

	if (n < 1)
		luaL_error(L, "%s: a command is a list of texts, { \"program\", \"argument\", … }",
			   what);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_geti(L, -1, i);
		if (lua_type(L, -1) != LUA_TSTRING)
			luaL_error(L, "%s: word %d of the command is a %s, not a text", what,
				   (int)i, luaL_typename(L, -1));
		if (!commands_add(w, lua_tostring(L, -1)))
			luaL_error(L, "not enough memory");
		lua_pop(L, 1);
	}
	if (!commands_add(w, NULL))
		luaL_error(L, "not enough memory");
}

void driver_take_commands(lua_State *L, struct call *c)
{
	lua_Integer n = lua_istable(L, -1) ? luaL_len(L, -1) : 0;

	if (!n)
		luaL_error(L, "%s: wants a list of commands, { { \"program\", … }, … }",
			   c->operation);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_geti(L, -1, i);
		driver_take_command(L, c->commands, c->operation);
		lua_pop(L, 1);
	}
}

char *driver_copy(lua_State *L, const char *text)
{
	char *ret = text ? strdup(text) : NULL;

	if (text && !ret)
		luaL_error(L, "not enough memory");
	return ret;
}

int driver_add_path(struct driver *d, const char *path, struct err *e)
{
	for (unsigned i = 0; i < d->path_count; i++)
		if (strcmp(d->paths[i], path) == 0)
			return 0;
	if (d->path_count == DRIVER_PATHS)
		return err_set(e, -E2BIG, "%s: more than %d paths are needed", d->file,
			       DRIVER_PATHS);
	d->paths[d->path_count] = strdup(path);
	if (!d->paths[d->path_count])
		return err_set(e, -ENOMEM, "not enough memory");
	d->path_count++;
	return 0;
}

void driver_forget_counters(struct driver *d)
{
	for (unsigned i = 0; i < d->counter_count; i++)
		free(d->counters[i].name);
	free(d->counters);
	d->counters = NULL;
	d->counter_count = 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/act.h"

#include "sim/language/script.h"
#include "sim/language/words_action.h"

/* One call, carried through script_call(). */
struct acts {
	const struct watch_plan *plan;
	simtime now;
	struct event *events;
	unsigned count;
};

/* The action at `index`, which becomes an event. */
static void take(lua_State *L, int index, struct acts *c)
{
	const struct action *a = luaL_testudata(L, index, VALUE_ACTION);

	if (!a)
		luaL_error(L,
			   "%s: act gave a %s: it gives nothing, an action like resolver:nta "
			   "\"de.\", or a list of actions",
			   c->plan->place, luaL_typename(L, index));
	if (c->count == ACT_MAX)
		luaL_error(L, "%s: act gave more than %d actions at once", c->plan->place, ACT_MAX);
	c->events[c->count++] = words_event(a, c->now, c->plan->mitigation);
}

static void take_list(lua_State *L, int index, struct acts *c)
{
	lua_Unsigned n = lua_rawlen(L, index);
	lua_Unsigned pairs = 0;

	for (lua_Unsigned i = 1; i <= n; i++) {
		lua_rawgeti(L, index, (lua_Integer)i);
		take(L, -1, c);
		lua_pop(L, 1);
	}
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
		pairs++;
	if (pairs != n)
		luaL_error(L, "%s: act gave a table that is not a list of actions", c->plan->place);
}

/* Lua arguments: the call, and what the function is given. */
static int carry(lua_State *L)
{
	struct acts *c = lua_touserdata(L, 1);

	lua_rawgeti(L, LUA_REGISTRYINDEX, c->plan->function);
	lua_insert(L, 2);
	lua_call(L, 1, LUA_MULTRET);
	if (lua_gettop(L) > 2)
		return luaL_error(
			L, "%s: act gave more than one value: several actions are a list, { … }",
			c->plan->place);
	if (lua_istable(L, 2))
		take_list(L, 2, c);
	else if (!lua_isnoneornil(L, 2))
		take(L, 2, c);
	return 0;
}

static struct words *words_behind(lua_State *L)
{
	struct words *w;

	lua_getfield(L, LUA_REGISTRYINDEX, ACT_WORDS);
	w = lua_touserdata(L, -1);
	lua_pop(L, 1);
	return w;
}

int act_call(struct scenario *s, const struct watch_plan *w, simtime now, struct event ret[ACT_MAX],
	     unsigned *count, struct err *e)
{
	struct acts c = { .plan = w, .now = now, .events = ret };
	lua_State *L = script_state(s->script);
	struct words *words = words_behind(L);
	int r;

	lua_pushlightuserdata(L, &c);
	lua_insert(L, -2);
	lua_pushcfunction(L, carry);
	lua_insert(L, -3);
	words->acting = s;
	r = script_call(s->script, 2, 0, e);
	words->acting = NULL;
	if (r == 0)
		*count = c.count;
	return r;
}

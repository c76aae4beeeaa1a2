/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_open.h"

#include <string.h>

#include "sim/base/nearest.h"
#include "sim/language/params.h"
#include "sim/language/words_action.h"
#include "sim/language/words_allow.h"
#include "sim/language/words_at.h"
#include "sim/language/words_case.h"
#include "sim/language/words_catalogue.h"
#include "sim/language/words_clients.h"
#include "sim/language/words_fault.h"
#include "sim/language/words_fleet.h"
#include "sim/language/words_knows.h"
#include "sim/language/words_mitigation.h"
#include "sim/language/words_monitor.h"
#include "sim/language/words_population.h"
#include "sim/language/words_record.h"
#include "sim/language/words_role.h"
#include "sim/language/words_signer.h"
#include "sim/language/words_signer_event.h"
#include "sim/language/words_traffic.h"
#include "sim/language/words_watch.h"
#include "sim/language/words_zone.h"

static int word_param(lua_State *L)
{
	struct words *w = words_of(L);

	return params_word(L, &w->s->params, &w->s->param_count, w->options);
}

/* sources = { "TEXT", … } */
static void read_sources(const struct args *a, struct scenario *s)
{
	lua_State *L = a->L;
	int index = args_push(a, "sources");
	lua_Unsigned n = index < 0 ? 0 : lua_rawlen(L, index);

	if (index < 0)
		return;
	if (!n)
		args_fail(a, "sources is a list of texts");
	for (lua_Unsigned i = 0; i < n; i++) {
		char **place;

		if (lua_rawgeti(L, index, (lua_Integer)i + 1) != LUA_TSTRING)
			args_fail(a, "sources is a list of texts");
		place = words_grow(L, &s->sources, &s->source_count, sizeof(*place));
		*place = strdup(lua_tostring(L, -1));
		if (!*place)
			luaL_error(L, "not enough memory");
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

/* What the resolvers' clocks are off: nothing of it can be told from a world whose dates are. */
static void read_clock(const struct args *a, struct scenario *s)
{
	simtime behind = args_duration(a, "clock_behind", 0);
	simtime ahead = args_duration(a, "clock_ahead", 0);

	if (behind && ahead)
		args_fail(a, "a clock is behind or ahead, not both");
	if (behind > TREE_YEAR || ahead > TREE_YEAR)
		args_fail(a, "clocks are off by a year at most");
	s->clock_behind = behind - ahead;
}

static int word_scenario(lua_State *L)
{
	static const char *const keys[] = {
		"name",	      "from",	      "to",	     "title",	   "teaches", "sources",
		"charge_cpu", "clock_behind", "clock_ahead", "idle_slack", NULL
	};
	struct args a = args_table(L, 1, "scenario", keys);
	struct words *w = words_of(L);
	struct scenario *s = w->s;
	struct err e;

	for (unsigned i = 0; i < 3; i++)
		args_need(&a, keys[i]);
	if (w->begun)
		return args_fail(&a, "is told once");
	words_copy(L, "name", args_text(&a, "name", ""), s->name, sizeof(s->name));
	words_copy(L, "title", args_text(&a, "title", s->name), s->title, sizeof(s->title));
	words_copy(L, "teaches", args_text(&a, "teaches", ""), s->teaches, sizeof(s->teaches));
	read_sources(&a, s);
	read_clock(&a, s);
	s->charge = args_number(&a, "charge_cpu", 0, 0, CHARGE_MAX);
	s->idle_slack = args_duration(&a, "idle_slack", 0);
	if (s->idle_slack > HOUR)
		return args_fail(&a, "idle_slack is an hour at most");
	if (simtime_parse(args_text(&a, "from", ""), &s->from, &e))
		return args_fail(&a, "from: %s", e.text);
	w->begun = true;
	s->to = words_time_key(&a, "to", s->from);
	if (s->to <= s->from)
		return args_fail(&a, "ends before it begins");
	if (s->to - s->from > SIGNER_SPAN_MAX)
		return args_fail(&a, "lasts more than twelve years");
	words_place(L, s->place);
	s->tree->from = s->from;
	s->tree->is_long = s->to - s->from > TREE_YEAR;
	timeline_init(&s->timeline, s->from, s->to);
	return 0;
}

/* Whether an instant lies in the scenario: for scripts whose times are parameters. */
static int word_inside(lua_State *L)
{
	struct scenario *s = words_scenario(L);
	simtime t = words_time(L, "inside", luaL_checkstring(L, 1));

	lua_pushboolean(L, t >= s->from && t <= s->to);
	return 1;
}

static int current_line(lua_State *L)
{
	lua_Debug ar;

	return lua_getstack(L, 1, &ar) && lua_getinfo(L, "l", &ar) ? ar.currentline : 0;
}

static int word_expect(lua_State *L)
{
	static const char *const keys[] = { "mitigation", NULL };
	struct words *w = words_of(L);
	const char *text = luaL_checkstring(L, 1), *mitigation = w->mitigation;
	struct expectation x = { .line = current_line(L) };

	words_story(L, "expect");
	luaL_checktype(L, 2, LUA_TFUNCTION);
	if (!lua_isnoneornil(L, 3)) {
		struct args a = args_table(L, 3, "expect", keys);

		mitigation = args_text(&a, "mitigation", mitigation);
		words_check_mitigation(L, mitigation);
	}
	words_copy(L, "the expectation's text", text, x.text, sizeof(x.text));
	words_copy(L, "mitigation", mitigation, x.mitigation, sizeof(x.mitigation));
	lua_settop(L, 2);
	x.function = luaL_ref(L, LUA_REGISTRYINDEX);
	*(struct expectation *)words_grow(L, &w->s->expectations, &w->s->expectation_count,
					  sizeof(x)) = x;
	return 0;
}

static int word_report(lua_State *L)
{
	struct scenario *s = words_story(L, "report");
	int ref;

	luaL_checktype(L, 1, LUA_TFUNCTION);
	lua_settop(L, 1);
	ref = luaL_ref(L, LUA_REGISTRYINDEX);
	*(int *)words_grow(L, &s->reports, &s->report_count, sizeof(ref)) = ref;
	return 0;
}

static int word_draw(lua_State *L)
{
	static const char *const keys[] = { "x", "y", NULL };
	struct scenario *s = words_story(L, "draw");
	const char *title = luaL_checkstring(L, 1);
	struct drawing d = { .function = LUA_NOREF };
	struct args a;

	luaL_checktype(L, 2, LUA_TFUNCTION);
	a = args_table(L, 3, "draw", keys);
	args_need(&a, "x");
	args_need(&a, "y");
	words_copy(L, "the drawing's title", title, d.title, sizeof(d.title));
	words_copy(L, "draw: x", args_text(&a, "x", NULL), d.x, sizeof(d.x));
	words_copy(L, "draw: y", args_text(&a, "y", NULL), d.y, sizeof(d.y));
	lua_settop(L, 2);
	d.function = luaL_ref(L, LUA_REGISTRYINDEX);
	*(struct drawing *)words_grow(L, &s->drawings, &s->drawing_count, sizeof(d)) = d;
	return 0;
}

static int word_collect(lua_State *L)
{
	static const char *const keys[] = { "bin", NULL };
	struct args a = args_table(L, 1, "collect", keys);
	struct scenario *s = words_world(L, "collect");
	simtime bin = args_duration(&a, "bin", SIMTIME_NEVER);

	if (bin == SIMTIME_NEVER)
		return 0; /* it follows from how long the run is */
	if (bin < SECOND || bin % SECOND)
		return args_fail(&a, "bin is whole seconds");
	s->bin = bin;
	return 0;
}

/* A global that nobody defined is a typing error, not nil. */
static int unknown_word(lua_State *L)
{
	const char *word = luaL_tolstring(L, 2, NULL);
	struct nearest n = nearest_to(word);
	char hint[NEAREST_LEN + 24];

	lua_pushnil(L);
	while (lua_next(L, 1)) {
		if (lua_type(L, -2) == LUA_TSTRING)
			nearest_try(&n, lua_tostring(L, -2));
		lua_pop(L, 1);
	}
	return luaL_error(L, "unknown word '%s'%s", word, nearest_hint(&n, hint));
}

static const luaL_Reg words[] = {
	{ "param", word_param },     { "scenario", word_scenario },
	{ "inside", word_inside },   { "expect", word_expect },
	{ "report", word_report },   { "draw", word_draw },
	{ "collect", word_collect }, { NULL, NULL },
};

int words_open(lua_State *L)
{
	static const luaL_Reg nothing[] = { { NULL, NULL } };
	static const luaL_Reg *const tables[] = { words,	words_zone,   words_population,
						  words_action, words_at,     words_traffic,
						  words_knows,	words_allow,  words_mitigation,
						  words_watch,	words_case,   words_catalogue,
						  words_fleet,	words_signer, words_monitor };
	struct words *w = lua_newuserdatauv(L, sizeof(*w), 0);

	*w = (struct words){ .s = lua_touserdata(L, 1), .options = lua_touserdata(L, 2) };
	words_class(L, VALUE_ZONE, words_zone_methods);
	words_methods(L, VALUE_ZONE, words_fault_methods);
	words_methods(L, VALUE_ZONE, words_record_methods);
	words_class(L, VALUE_SERVER, words_server_methods);
	words_class(L, VALUE_RESOLVER, words_resolver_methods);
	words_class(L, VALUE_CLIENTS, words_clients_methods);
	words_class(L, VALUE_SIGNER, words_signer_methods);
	words_class(L, VALUE_POPULATION, nothing);
	words_class(L, VALUE_ACTION, nothing);
	words_class(L, VALUE_ZIPF, nothing);
	lua_pushglobaltable(L);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		lua_pushvalue(L, 3);
		luaL_setfuncs(L, tables[i], 1);
	}
	lua_pushvalue(L, 3);
	words_value(L, VALUE_RESOLVER, sizeof(struct resolver_value));
	words_role_open(L);
	lua_setfield(L, -3, "resolver");
	lua_pop(L, 1);
	words_value(L, VALUE_CLIENTS, 1);
	lua_setfield(L, -2, "clients");
	lua_newtable(L);
	lua_pushcfunction(L, unknown_word);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_settop(L, 3);
	return 1;
}

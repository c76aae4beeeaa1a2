/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words.h"

#include <errno.h>
#include <string.h>

#include "sim/base/nearest.h"
#include "sim/language/params.h"

struct words *words_of(lua_State *L)
{
	struct words *w = lua_touserdata(L, lua_upvalueindex(1));

	if (!w->s)
		luaL_error(L, "the run has begun: words that describe the world come before it");
	return w;
}

struct scenario *words_scenario(lua_State *L)
{
	struct words *w = words_of(L);

	if (!w->begun)
		luaL_error(L, "scenario { … } comes first: all times are read by it");
	return w->s;
}

struct scenario *words_world(lua_State *L, const char *word)
{
	if (words_of(L)->told)
		luaL_error(L,
			   "%s: zones and traffic are the same in every cell: here stands only "
			   "what operators do",
			   word);
	return words_scenario(L);
}

struct scenario *words_story(lua_State *L, const char *word)
{
	const struct words *w = words_of(L);

	if (w->told && !w->mitigation[0])
		luaL_error(L, "%s: in a file of mitigations it stands in a mitigation", word);
	return words_scenario(L);
}

void *words_grow(lua_State *L, void *array, unsigned *count, size_t size)
{
	void **p = array;
	char *grown = reallocarray(*p, *count + 1, size);

	if (!grown)
		luaL_error(L, "not enough memory");
	*p = grown;
	return memset(grown + (*count)++ * size, 0, size);
}

simtime words_time(lua_State *L, const char *what, const char *text)
{
	struct err e;
	simtime t;

	if (scenario_instant(words_scenario(L), text, &t, &e))
		luaL_error(L, "%s: %s", what, e.text);
	return t;
}

simtime words_time_key(const struct args *a, const char *key, simtime def)
{
	char what[96];
	const char *text = args_text(a, key, NULL);

	snprintf(what, sizeof(what), "%s: %s", a->word, key);
	return text ? words_time(a->L, what, text) : def;
}

struct zone *words_find_zone(const struct scenario *s, const uint8_t *apex)
{
	for (unsigned i = 0; i < s->tree->zone_count; i++)
		if (name_equal(s->tree->zones[i]->apex, apex))
			return s->tree->zones[i];
	return NULL;
}

void words_place(lua_State *L, char ret[96])
{
	lua_Debug ar;

	ret[0] = '\0';
	if (!lua_getstack(L, 1, &ar))
		return;
	lua_getinfo(L, "Sl", &ar);
	snprintf(ret, 96, "%s:%d", ar.short_src, ar.currentline);
}

void words_name(lua_State *L, const char *what, const char *text, uint8_t ret[NAME_MAX_LEN])
{
	struct err e;

	if (!text)
		luaL_error(L, "%s wants a name", what);
	if (name_parse(text, ret, &e))
		luaL_error(L, "%s: %s", what, e.text);
}

void *words_value(lua_State *L, const char *kind, size_t size)
{
	void *p = lua_newuserdatauv(L, size, 0);

	memset(p, 0, size);
	luaL_setmetatable(L, kind);
	return p;
}

/* zone:record(…): a method that is not there is a typing error, and its name says more than Lua's
 * "a nil value". Its names come in the alphabet's order, so that the sentence is the same twice. */
static int unknown_method(lua_State *L)
{
	const char *name = luaL_tolstring(L, 2, NULL), *names[ARGS_MAX_KEYS];
	const char *kind = lua_tostring(L, lua_upvalueindex(1));
	struct args methods = { .L = L, .index = 1, .word = kind };
	struct nearest n = nearest_to(name);
	char known[400] = "", hint[NEAREST_LEN + 24];
	unsigned count = args_sorted(&methods, names);
	size_t len = 0;

	for (unsigned i = 0; i < count && len < sizeof(known); i++) {
		nearest_try(&n, names[i]);
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", i ? ", " : "",
					names[i]);
	}
	return luaL_error(L, "a %s has no method '%s'; it has: %s%s", kind, name,
			  count ? known : "none", nearest_hint(&n, hint));
}

/* Expects the struct words on top and leaves it there. */
void words_class(lua_State *L, const char *kind, const luaL_Reg *methods)
{
	luaL_newmetatable(L, kind);
	lua_pushliteral(L, "a value of the scenario");
	lua_setfield(L, -2, "__metatable");
	lua_newtable(L);
	lua_pushvalue(L, -3);
	luaL_setfuncs(L, methods, 1);
	lua_newtable(L);
	lua_pushstring(L, strrchr(kind, '.') + 1);
	lua_pushcclosure(L, unknown_method, 1);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
}

void words_copy(lua_State *L, const char *what, const char *text, char *ret, size_t size)
{
	if ((size_t)snprintf(ret, size, "%s", text) >= size)
		luaL_error(L, "%s is longer than %d bytes", what, (int)size - 1);
}

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

static int word_scenario(lua_State *L)
{
	static const char *const keys[] = { "name",    "from",	  "to",		"title",
					    "teaches", "sources", "charge_cpu", NULL };
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
	s->charge = args_number(&a, "charge_cpu", 0, 0, CHARGE_MAX);
	if (simtime_parse(args_text(&a, "from", ""), &s->from, &e))
		return args_fail(&a, "from: %s", e.text);
	w->begun = true;
	s->to = words_time_key(&a, "to", s->from);
	if (s->to <= s->from)
		return args_fail(&a, "ends before it begins");
	if (s->to - s->from > 366 * DAY)
		return args_fail(&a, "lasts more than a year");
	s->tree->from = s->from;
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

static int word_collect(lua_State *L)
{
	static const char *const keys[] = { "bin", NULL };
	struct args a = args_table(L, 1, "collect", keys);
	struct scenario *s = words_world(L, "collect");

	s->bin = args_duration(&a, "bin", s->bin);
	if (s->bin < SECOND || s->bin % SECOND)
		return args_fail(&a, "bin is whole seconds");
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
	{ "param", word_param },
	{ "scenario", word_scenario },
	{ "inside", word_inside },
	{ "expect", word_expect },
	{ "report", word_report },
	{ "collect", word_collect },
	{ NULL, NULL },
};

int words_open(lua_State *L)
{
	static const luaL_Reg nothing[] = { { NULL, NULL } };
	static const luaL_Reg *const tables[] = { words,	words_zone,	  words_population,
						  words_action, words_at,	  words_traffic,
						  words_allow,	words_mitigation, words_watch,
						  words_case,	words_catalogue };
	struct words *w = lua_newuserdatauv(L, sizeof(*w), 0);

	*w = (struct words){ .s = lua_touserdata(L, 1), .options = lua_touserdata(L, 2) };
	words_class(L, VALUE_ZONE, words_zone_methods);
	words_class(L, VALUE_SERVER, words_server_methods);
	words_class(L, VALUE_RESOLVER, words_resolver_methods);
	words_class(L, VALUE_POPULATION, nothing);
	words_class(L, VALUE_ACTION, nothing);
	words_class(L, VALUE_ZIPF, nothing);
	lua_pushglobaltable(L);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		lua_pushvalue(L, 3);
		luaL_setfuncs(L, tables[i], 1);
	}
	words_value(L, VALUE_RESOLVER, 1);
	lua_setfield(L, -2, "resolver");
	lua_newtable(L);
	lua_pushcfunction(L, unknown_word);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_settop(L, 3);
	return 1;
}

void words_locate(const struct words *w, struct err *e)
{
	const char *place = w->s->path;
	char apex[NAME_TEXT_LEN];

	if (!e)
		return;
	for (unsigned i = 0; i < w->place_count && i < w->s->tree->zone_count; i++)
		if (strcmp(e->zone, name_text(w->s->tree->zones[i]->apex, apex)) == 0)
			place = w->places[i];
	err_prefix(e, "%s", place);
}

void words_close(struct words *w)
{
	free(w->places);
	free(w->fault_places);
	w->fault_places = NULL;
	free(w->postponed);
	w->places = NULL;
	w->postponed = NULL;
	w->s = NULL;
	w->options = NULL;
}

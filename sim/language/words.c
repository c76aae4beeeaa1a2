/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words.h"

#include <errno.h>
#include <string.h>

#include "sim/base/names.h"
#include "sim/base/nearest.h"

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

void words_methods(lua_State *L, const char *kind, const luaL_Reg *methods)
{
	luaL_getmetatable(L, kind);
	lua_getfield(L, -1, "__index");
	lua_pushvalue(L, -3);
	luaL_setfuncs(L, methods, 1);
	lua_pop(L, 2);
}

void words_copy(lua_State *L, const char *what, const char *text, char *ret, size_t size)
{
	if ((size_t)snprintf(ret, size, "%s", text) >= size)
		luaL_error(L, "%s is longer than %d bytes", what, (int)size - 1);
}

struct zone *words_check_zone(lua_State *L, int index, const char *what)
{
	struct zone **z = luaL_testudata(L, index, VALUE_ZONE);

	if (z)
		return *z;
	luaL_error(L, "%s wants a zone, the value that zone(…) gave, not a %s", what,
		   luaL_typename(L, index));
	return NULL;
}

uint16_t words_type(const struct args *a, const char *key, const char *name)
{
	int type = names_type_number(name);

	if (type <= 0)
		args_fail(a, "%s: unknown type '%s'", key, name);
	return (uint16_t)type;
}

void words_event_add(lua_State *L, struct scenario *s, const struct event *ev)
{
	struct event placed = *ev;
	struct err e;

	words_place(L, placed.place);
	if (timeline_add(&s->timeline, &placed, &e))
		luaL_error(L, "%s", e.text);
}

void words_locate(const struct words *w, struct err *e)
{
	const char *place = w->s->path;
	char apex[NAME_TEXT_LEN];

	if (!e || e->placed)
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

/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/args.h"

#include <lauxlib.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/nearest.h"

int args_fail(const struct args *a, const char *fmt, ...)
{
	char text[800];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return luaL_error(a->L, "%s: %s", a->word, text);
}

static void refuse_key(const struct args *a, const char *key, const char *const *keys)
{
	struct nearest n = nearest_to(key);
	char known[600] = "", hint[NEAREST_LEN + 24];
	size_t len = 0;

	for (size_t i = 0; keys[i]; i++)
		nearest_try(&n, keys[i]);
	for (; *keys && len < sizeof(known); keys++)
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "",
					*keys);
	luaL_error(a->L, "unknown key '%s' in %s { … }; it knows: %s%s", key, a->word, known,
		   nearest_hint(&n, hint));
}

static bool is_in(const char *key, const char *const *keys)
{
	for (; *keys; keys++)
		if (strcmp(*keys, key) == 0)
			return true;
	return false;
}

struct args args_table(lua_State *L, int index, const char *word, const char *const *keys)
{
	struct args a = { .L = L, .index = lua_absindex(L, index), .word = word };

	if (!lua_istable(L, a.index))
		args_fail(&a, "wants a table, %s { … }, not a %s", word, luaL_typename(L, a.index));
	if (!keys)
		return a;
	lua_pushnil(L);
	while (lua_next(L, a.index)) {
		lua_pop(L, 1);
		if (lua_type(L, -1) != LUA_TSTRING)
			args_fail(&a, "every value wants a key: it knows '%s' and others", *keys);
		if (!is_in(lua_tostring(L, -1), keys))
			refuse_key(&a, lua_tostring(L, -1), keys);
	}
	return a;
}

bool args_has(const struct args *a, const char *key)
{
	bool has = lua_getfield(a->L, a->index, key) != LUA_TNIL;

	lua_pop(a->L, 1);
	return has;
}

void args_need(const struct args *a, const char *key)
{
	if (!args_has(a, key))
		args_fail(a, "needs '%s'", key);
}

static void want(const struct args *a, const char *key, int type, const char *like)
{
	if (lua_type(a->L, -1) != type)
		args_fail(a, "%s wants %s, not a %s", key, like, luaL_typename(a->L, -1));
}

double args_number(const struct args *a, const char *key, double def, double min, double max)
{
	double n = def;

	if (lua_getfield(a->L, a->index, key) != LUA_TNIL) {
		want(a, key, LUA_TNUMBER, "a number");
		n = lua_tonumber(a->L, -1);
		if (!(n >= min && n <= max))
			args_fail(a, "%s is %g, and must be %g to %g", key, n, min, max);
	}
	lua_pop(a->L, 1);
	return n;
}

uint64_t args_count(const struct args *a, const char *key, uint64_t def, uint64_t min, uint64_t max)
{
	uint64_t n = def;
	double d;

	if (lua_getfield(a->L, a->index, key) != LUA_TNIL) {
		want(a, key, LUA_TNUMBER, "a whole number");
		d = lua_tonumber(a->L, -1);
		if (d != floor(d) || d < (double)min || d > (double)max)
			args_fail(a, "%s is %.14g, and must be a whole number from %llu to %llu",
				  key, d, (unsigned long long)min, (unsigned long long)max);
		n = (uint64_t)d;
	}
	lua_pop(a->L, 1);
	return n;
}

bool args_flag(const struct args *a, const char *key, bool def)
{
	bool flag = def;

	if (lua_getfield(a->L, a->index, key) != LUA_TNIL) {
		want(a, key, LUA_TBOOLEAN, "true or false");
		flag = lua_toboolean(a->L, -1);
	}
	lua_pop(a->L, 1);
	return flag;
}

const char *args_text(const struct args *a, const char *key, const char *def)
{
	const char *text = def;

	if (lua_getfield(a->L, a->index, key) != LUA_TNIL) {
		want(a, key, LUA_TSTRING, "a text");
		text = lua_tostring(a->L, -1);
	}
	lua_pop(a->L, 1);
	return text;
}

simtime args_duration(const struct args *a, const char *key, simtime def)
{
	simtime d = def;
	struct err e;

	if (lua_getfield(a->L, a->index, key) != LUA_TNIL) {
		want(a, key, LUA_TSTRING, "a duration with its unit, like \"5s\"");
		if (simtime_parse_duration(lua_tostring(a->L, -1), &d, &e))
			args_fail(a, "%s: %s", key, e.text);
	}
	lua_pop(a->L, 1);
	return d;
}

int args_push(const struct args *a, const char *key)
{
	if (lua_getfield(a->L, a->index, key) == LUA_TNIL) {
		lua_pop(a->L, 1);
		return -1;
	}
	want(a, key, LUA_TTABLE, "a table");
	return lua_gettop(a->L);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

unsigned args_sorted(const struct args *a, const char *ret[ARGS_MAX_KEYS])
{
	unsigned n = 0;

	lua_pushnil(a->L);
	while (lua_next(a->L, a->index)) {
		lua_pop(a->L, 1);
		if (lua_type(a->L, -1) != LUA_TSTRING)
			args_fail(a, "every value wants a name: name = …");
		if (n == ARGS_MAX_KEYS)
			args_fail(a, "more than %d values", ARGS_MAX_KEYS);
		ret[n++] = lua_tostring(a->L, -1);
	}
	qsort(ret, n, sizeof(*ret), by_text);
	return n;
}

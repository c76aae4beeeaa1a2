/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/params.h"

#include <errno.h>
#include <string.h>

#include "sim/base/nearest.h"
#include "sim/language/words.h"

/* What --set gave for a key, or NULL. */
static const char *set_value(const struct scenario_options *o, const char *key)
{
	const char *value = NULL;
	size_t len = strlen(key);

	for (unsigned i = 0; o && i < o->set_count; i++)
		if (strncmp(o->sets[i], key, len) == 0 && o->sets[i][len] == '=')
			value = o->sets[i] + len + 1;
	return value;
}

/* Pushes `text` as a value of the type that stands at `like`. */
static void push_typed(lua_State *L, const char *key, const char *text, int like)
{
	bool yes = strcmp(text, "true") == 0;

	switch (lua_type(L, like)) {
	case LUA_TNUMBER:
		/* Lua alone takes blanks and 0x10. */
		if (text[strspn(text, "0123456789.eE+-")] || !lua_stringtonumber(L, text))
			luaL_error(L, "--set %s=%s: it is a number", key, text);
		return;
	case LUA_TBOOLEAN:
		if (!yes && strcmp(text, "false") != 0)
			luaL_error(L, "--set %s=%s: it is true or false", key, text);
		lua_pushboolean(L, yes);
		return;
	default:
		lua_pushstring(L, text);
	}
}

static struct param *find_param(struct param *list, unsigned count, const char *key)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(list[i].key, key) == 0)
			return &list[i];
	return NULL;
}

int params_word(lua_State *L, struct param **list, unsigned *count,
		const struct scenario_options *o)
{
	const char *key = luaL_checkstring(L, 1), *set = set_value(o, key);
	struct param *p = find_param(*list, *count, key);
	int type = lua_type(L, 2);

	if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TBOOLEAN)
		return luaL_error(L,
				  "param '%s' wants a number, a text, true or false to start "
				  "from, not a %s",
				  key, luaL_typename(L, 2));
	lua_settop(L, 2);
	if (set)
		push_typed(L, key, set, 2);
	if (!p)
		p = words_grow(L, list, count, sizeof(*p));
	words_copy(L, "the parameter's name", key, p->key, sizeof(p->key));
	words_copy(L, key, luaL_tolstring(L, -1, NULL), p->value, sizeof(p->value));
	p->is_set = set != NULL;
	lua_pop(L, 1);
	return 1;
}

static int no_param(const struct param *list, unsigned count, const char *set, size_t len,
		    const char *path, const char *what, struct err *e)
{
	char key[64], known[400] = "", hint[NEAREST_LEN + 24];
	size_t at = 0;
	struct nearest n;

	snprintf(key, sizeof(key), "%.*s", (int)len, set);
	n = nearest_to(key);
	for (unsigned i = 0; i < count; i++) {
		nearest_try(&n, list[i].key);
		if (at < sizeof(known))
			at += (size_t)snprintf(known + at, sizeof(known) - at, "%s%s",
					       i ? ", " : "", list[i].key);
	}
	if (!count)
		return err_set(e, -EINVAL,
			       "%s: --set '%s': the %s has no such parameter, nor any other", path,
			       set, what);
	return err_set(e, -EINVAL, "%s: --set '%s': the %s has no such parameter; it has: %s%s",
		       path, set, what, known, nearest_hint(&n, hint));
}

int params_check(const struct param *list, unsigned count, const struct scenario_options *o,
		 const char *path, const char *what, struct err *e)
{
	for (unsigned i = 0; i < o->set_count; i++) {
		const char *equals = strchr(o->sets[i], '=');
		size_t key_len = equals ? (size_t)(equals - o->sets[i]) : 0;
		bool found = false;

		if (!key_len)
			return err_set(e, -EINVAL, "--set '%s' is not KEY=VALUE", o->sets[i]);
		for (unsigned j = 0; j < count; j++)
			found = found || (strlen(list[j].key) == key_len &&
					  strncmp(list[j].key, o->sets[i], key_len) == 0);
		if (!found)
			return no_param(list, count, o->sets[i], key_len, path, what, e);
	}
	return 0;
}

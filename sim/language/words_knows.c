/* SPDX-License-Identifier: BSD-2-Clause */
/* words_knows.c - knows: what a resolver of some versions does with this outage. */
#include "sim/language/words_knows.h"

#include <string.h>

#include "sim/language/words_mitigation.h"

static void read_resolver(lua_State *L, const char *name, struct knowledge *ret)
{
	size_t len = strcspn(name, " \t\r\n");

	if (!len || name[len])
		luaL_error(L,
			   "knows: '%s' is not a resolver's name: 'sigfault resolvers' "
			   "lists them",
			   name);
	words_copy(L, "knows: the resolver's name", name, ret->resolver, sizeof(ret->resolver));
}

static void read_versions(lua_State *L, const char *text, struct knowledge *ret)
{
	struct err e;

	if (versions_parse(text, &ret->versions, &e) < 0)
		luaL_error(L, "knows: %s", e.text);
}

/* { because = "…", mitigation = "none" } */
static void read_rest(lua_State *L, struct knowledge *ret)
{
	static const char *const keys[] = { "because", "mitigation", NULL };
	struct args a = args_table(L, 5, "knows", keys);
	const char *mitigation = args_text(&a, "mitigation", words_of(L)->mitigation);

	args_need(&a, "because");
	words_copy(L, "because", args_text(&a, "because", ""), ret->because, sizeof(ret->because));
	if (!ret->because[0])
		args_fail(&a, "because says why it is so, or where that is from");
	if (mitigation[0])
		words_check_mitigation(L, mitigation);
	words_copy(L, "mitigation", mitigation, ret->mitigation, sizeof(ret->mitigation));
}

/* knows("powerdns", "< 5.0", "TEXT", function(run) … end, { because = "…" }) */
static int word_knows(lua_State *L)
{
	struct scenario *s = words_story(L, "knows");
	struct knowledge k = { .function = LUA_NOREF };

	words_place(L, k.place);
	read_resolver(L, luaL_checkstring(L, 1), &k);
	read_versions(L, luaL_checkstring(L, 2), &k);
	words_copy(L, "what is known", luaL_checkstring(L, 3), k.text, sizeof(k.text));
	luaL_checktype(L, 4, LUA_TFUNCTION);
	read_rest(L, &k);
	lua_settop(L, 4);
	k.function = luaL_ref(L, LUA_REGISTRYINDEX);
	*(struct knowledge *)words_grow(L, &s->knowledge, &s->knowledge_count, sizeof(k)) = k;
	return 0;
}

const luaL_Reg words_knows[] = {
	{ "knows", word_knows },
	{ NULL, NULL },
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* words_watch.c - watch: an operator who looks at what clients get, and may act. */
#include "sim/language/words_watch.h"

#include <string.h>

#include "sim/language/act.h"

/* The zone that it looks at; NULL: all. */
static const struct zone *read_zone(const struct args *a, const struct scenario *s)
{
	const char *name = args_text(a, "zone", NULL);
	uint8_t apex[NAME_MAX_LEN];
	const struct zone *z;

	if (!name)
		return NULL;
	words_name(a->L, "watch: zone", name, apex);
	z = words_find_zone(s, apex);
	if (!z)
		args_fail(a, "the scenario has no zone '%s'", name);
	return z;
}

/* Where act_call() finds the words again. */
static void leave_words(lua_State *L)
{
	lua_pushlightuserdata(L, words_of(L));
	lua_setfield(L, LUA_REGISTRYINDEX, ACT_WORDS);
}

/* watch { every = "1m", zone = "de.", act = function(seen) … end } */
static int word_watch(lua_State *L)
{
	static const char *const keys[] = { "every", "zone", "act", NULL };
	struct args a = args_table(L, 1, "watch", keys);
	struct scenario *s = words_story(L, "watch");
	struct watch_plan plan = { 0 };

	args_need(&a, "every");
	args_need(&a, "act");
	plan.every = args_duration(&a, "every", 0);
	if (plan.every < SECOND || plan.every % SECOND)
		return args_fail(&a, "every is whole seconds, at least one");
	plan.zone = read_zone(&a, s);
	strcpy(plan.mitigation, words_of(L)->mitigation);
	words_place(L, plan.place);
	leave_words(L);
	if (lua_getfield(L, a.index, "act") != LUA_TFUNCTION)
		return args_fail(&a, "act wants a function, not a %s", luaL_typename(L, -1));
	plan.function = luaL_ref(L, LUA_REGISTRYINDEX);
	*(struct watch_plan *)words_grow(L, &s->watches, &s->watch_count, sizeof(plan)) = plan;
	return 0;
}

const luaL_Reg words_watch[] = {
	{ "watch", word_watch },
	{ NULL, NULL },
};

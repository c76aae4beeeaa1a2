/* SPDX-License-Identifier: BSD-2-Clause */
/* words_allow.c - allow: how much worse than an earlier run's a figure may be. */
#include "sim/language/words_allow.h"

#include <string.h>

#include "sim/language/words_mitigation.h"

/* worse_by is a number in the figure's own unit, or a duration as text. */
static void read_allowance(const struct args *all, const char *figure, struct allowance *ret)
{
	static const char *const keys[] = { "worse_by", "worse_by_factor", NULL };
	char word[80];
	struct args a;

	snprintf(word, sizeof(word), "allow: %.60s", figure);
	if (lua_getfield(all->L, all->index, figure) != LUA_TTABLE)
		args_fail(all, "%s wants { worse_by = … } or { worse_by_factor = … }", figure);
	a = args_table(all->L, lua_gettop(all->L), word, keys);
	if (args_has(&a, "worse_by") == args_has(&a, "worse_by_factor"))
		args_fail(&a, "it wants worse_by or worse_by_factor, and one of them");
	ret->is_factor = args_has(&a, "worse_by_factor");
	lua_getfield(a.L, a.index, "worse_by");
	ret->is_duration = lua_type(a.L, -1) == LUA_TSTRING;
	lua_pop(a.L, 1);
	if (ret->is_factor)
		ret->amount = args_number(&a, "worse_by_factor", 1, 1, 1e6);
	else if (ret->is_duration)
		ret->amount = (double)args_duration(&a, "worse_by", 0) / (double)SECOND;
	else
		ret->amount = args_number(&a, "worse_by", 0, 0, 1e18);
	lua_pop(all->L, 1);
}

static void check_once(const struct args *all, const struct scenario *s,
		       const struct allowance *one)
{
	for (unsigned i = 0; i < s->allowance_count; i++)
		if (strcmp(s->allowances[i].figure, one->figure) == 0 &&
		    strcmp(s->allowances[i].mitigation, one->mitigation) == 0)
			args_fail(all, "'%s' is told twice, first at %s", one->figure,
				  s->allowances[i].place);
}

/* allow { FIGURE = { worse_by = 0.01 }, … } [, { mitigation = "nta" }] */
static int word_allow(lua_State *L)
{
	static const char *const keys[] = { "mitigation", NULL };
	struct scenario *s = words_story(L, "allow");
	struct args all = args_table(L, 1, "allow", NULL);
	const char *figures[ARGS_MAX_KEYS], *mitigation = words_of(L)->mitigation;
	unsigned count = args_sorted(&all, figures);

	if (!count)
		return args_fail(&all, "it names no figure");
	if (!lua_isnoneornil(L, 2)) {
		struct args where = args_table(L, 2, "allow", keys);

		mitigation = args_text(&where, "mitigation", mitigation);
		words_check_mitigation(L, mitigation);
	}
	for (unsigned i = 0; i < count; i++) {
		struct allowance one = { 0 };

		words_copy(L, "the figure's name", figures[i], one.figure, sizeof(one.figure));
		words_copy(L, "mitigation", mitigation, one.mitigation, sizeof(one.mitigation));
		words_place(L, one.place);
		read_allowance(&all, figures[i], &one);
		check_once(&all, s, &one);
		*(struct allowance *)words_grow(L, &s->allowances, &s->allowance_count,
						sizeof(one)) = one;
	}
	return 0;
}

const luaL_Reg words_allow[] = {
	{ "allow", word_allow },
	{ NULL, NULL },
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* words_catalogue.c - catalogue: the faults that there are, so that a script can have each of them.
 */
#include "sim/language/words_catalogue.h"

#include "sim/language/script.h"

/* { by = true, jitter = false }: whether it must be told. */
static void set_parameters(lua_State *L, const struct fault_row *r)
{
	lua_newtable(L);
	for (unsigned i = 0; i < FAULT_PARAMS && r->params[i].name; i++)
		script_set_flag(L, r->params[i].name, r->params[i].otherwise < 0);
	lua_setfield(L, -2, "parameters");
}

static void push_row(lua_State *L, const struct fault_row *r)
{
	lua_newtable(L);
	script_set_text(L, "name", r->name);
	script_set_text(L, "group", fault_groups[r->group]);
	script_set_text(L, "about", r->about);
	script_set_flag(L, "dnssec", r->is_dnssec);
	script_set_flag(L, "family", r->is_family);
	script_set_flag(L, "needs_signed", r->needs & NEEDS_SIGNED);
	script_set_flag(L, "needs_nsec", r->needs & NEEDS_NSEC);
	script_set_flag(L, "needs_nsec3", r->needs & NEEDS_NSEC3);
	script_set_flag(L, "needs_optout", r->needs & NEEDS_OPTOUT);
	set_parameters(L, r);
}

/* catalogue(): a list, in its order. */
static int word_catalogue(lua_State *L)
{
	const struct fault_row *r;

	lua_newtable(L);
	for (unsigned i = 0; (r = fault_row(i)); i++) {
		push_row(L, r);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

const luaL_Reg words_catalogue[] = {
	{ "catalogue", word_catalogue },
	{ NULL, NULL },
};

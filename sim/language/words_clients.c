/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_clients.h"

#include <string.h>

#include "sim/language/words_action.h"
#include "sim/language/words_role.h"

/* The role under a key, which must be told by then. */
static unsigned read_role(const struct args *a, const char *key, const struct scenario *s)
{
	char name[32];
	int role;

	args_need(a, key);
	lua_getfield(a->L, a->index, key);
	if (!words_role_name(a->L, -1, s, name))
		args_fail(a, "%s wants what resolver(\"NAME\", { ... }) gave, or its name", key);
	lua_pop(a->L, 1);
	role = words_role_find(s, name);
	if (role < 0)
		args_fail(a, "%s: there is no resolver '%s' above", key, name);
	return (unsigned)role;
}

static simtime read_back(const struct args *a, const struct scenario *s)
{
	const char *text = args_text(a, "back", NULL);
	simtime back = SIMTIME_NEVER;
	struct err e;

	if (text && scenario_instant(s, text, &back, &e) < 0)
		args_fail(a, "back: %s", e.text);
	return back;
}

/* clients:move { from = a, to = b, share = 0.5, back = "20:00" } */
static int method_move(lua_State *L)
{
	static const char *const keys[] = { "from", "to", "share", "back", NULL };
	const struct words *w = lua_touserdata(L, lua_upvalueindex(1));
	struct scenario *s = w->acting ? w->acting : words_scenario(L);
	struct client_move m;
	struct action *action;
	struct args a;

	if (!luaL_testudata(L, 1, VALUE_CLIENTS))
		return luaL_error(L, "write clients:move { ... }, with a colon");
	a = args_table(L, 2, "clients:move", keys);
	m.from = read_role(&a, "from", s);
	m.to = read_role(&a, "to", s);
	if (m.from == m.to)
		return args_fail(&a, "from and to are both '%s'", s->roles[m.from].name);
	m.share = args_number(&a, "share", 1, 0, 1);
	if (m.share <= 0)
		return args_fail(&a, "needs a share above 0");
	m.back = read_back(&a, s);
	s->has_moves = true;
	action = words_new_action(L, ACTION_OPERATE);
	action->operation = OPERATION_MOVE;
	action->move = m;
	snprintf(action->text, sizeof(action->text), "%.3g %% of %s's clients come to %s",
		 m.share * 100, s->roles[m.from].name, s->roles[m.to].name);
	return 1;
}

const luaL_Reg words_clients_methods[] = {
	{ "move", method_move },
	{ NULL, NULL },
};

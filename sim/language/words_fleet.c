/* SPDX-License-Identifier: BSD-2-Clause */
/* words_fleet.c - fleet: several caches in the place of one. */
#include "sim/language/words_fleet.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define COUNT 20 /* as many as have no cliff left to be seen: tests/net/test_fleet.c */
#define AGE_MAX (7 * DAY)

/* ages = "even", or { from = "0s", to = "2h" } */
static void read_ages(const struct args *fleet, struct fleet_plan *f)
{
	static const char *const keys[] = { "from", "to", NULL };
	lua_State *L = fleet->L;
	struct args a;

	if (lua_getfield(L, fleet->index, "ages") == LUA_TTABLE) {
		a = args_table(L, -1, "fleet: ages", keys);
		args_need(&a, "to");
		f->youngest = args_duration(&a, "from", 0);
		f->oldest = args_duration(&a, "to", 0);
		f->has_ages = true;
		if (f->oldest < f->youngest)
			args_fail(&a, "to is less than from");
		if (f->oldest > AGE_MAX)
			args_fail(&a, "to is more than 7 days");
	} else if (!lua_isnil(L, -1) &&
		   (lua_type(L, -1) != LUA_TSTRING || strcmp(lua_tostring(L, -1), "even") != 0)) {
		args_fail(fleet, "ages wants \"even\" or { from = \"0s\", to = \"2h\" }");
	}
	lua_pop(L, 1);
}

/* share_of_clients = { 0.5, 0.3, 0.2 } */
static void read_shares(const struct args *fleet, struct fleet_plan *f)
{
	lua_State *L = fleet->L;
	int index = args_push(fleet, "share_of_clients");
	double sum = 0;

	if (index < 0)
		return;
	if (lua_rawlen(L, index) > FLEET_MAX)
		args_fail(fleet, "share_of_clients: more than %d caches", FLEET_MAX);
	f->share_count = (unsigned)lua_rawlen(L, index);
	for (unsigned i = 0; i < f->share_count; i++) {
		double share;

		lua_rawgeti(L, index, (lua_Integer)i + 1);
		share = lua_tonumber(L, -1);
		if (lua_type(L, -1) != LUA_TNUMBER || !(share > 0 && share <= 1))
			args_fail(fleet, "share_of_clients: a share is more than 0, and at most 1");
		f->shares[i] = share;
		sum += share;
		lua_pop(L, 1);
	}
	if (fabs(sum - 1) > 1e-6)
		args_fail(fleet, "share_of_clients: the shares add up to %g, not to 1", sum);
	lua_pop(L, 1);
}

static void add_resolver(const struct args *fleet, struct fleet_plan *f, const char *name,
			 double share)
{
	if (f->resolver_count == FLEET_RESOLVERS)
		args_fail(fleet, "resolver: more than %d of them", FLEET_RESOLVERS);
	words_copy(fleet->L, "resolver", name, f->resolvers[f->resolver_count].name,
		   sizeof(f->resolvers[0].name));
	f->resolvers[f->resolver_count++].share = share;
}

/* resolver = "unbound", or { unbound = 0.6, powerdns = 0.4 } */
static void read_resolvers(const struct args *fleet, struct fleet_plan *f)
{
	struct args a = { .L = fleet->L, .word = "fleet: resolver" };
	const char *names[ARGS_MAX_KEYS];
	double sum = 0;
	unsigned n;

	if (lua_getfield(a.L, fleet->index, "resolver") != LUA_TTABLE) {
		lua_pop(a.L, 1);
		if (args_has(fleet, "resolver"))
			add_resolver(fleet, f, args_text(fleet, "resolver", ""), 1);
		return;
	}
	a.index = lua_gettop(a.L);
	n = args_sorted(&a, names);
	for (unsigned i = 0; i < n; i++) {
		double share = args_number(&a, names[i], 0, 0, 1);

		add_resolver(&a, f, names[i], share);
		sum += share;
	}
	if (fabs(sum - 1) > 1e-6)
		args_fail(&a, "the shares add up to %g, not to 1", sum);
	lua_pop(a.L, 1);
}

static int word_fleet(lua_State *L)
{
	static const char *const keys[] = { "count",	"ages",	   "share_of_clients",
					    "resolver", "stagger", NULL };
	struct args a = args_table(L, 1, "fleet", keys);
	struct fleet_plan *f = &words_world(L, "fleet")->fleet;

	if (f->count)
		return args_fail(&a, "is told once");
	words_place(L, f->place);
	f->count = (unsigned)args_count(&a, "count", COUNT, 1, FLEET_MAX);
	read_ages(&a, f);
	read_shares(&a, f);
	read_resolvers(&a, f);
	f->stagger = args_duration(&a, "stagger", 0);
	return 0;
}

int words_finish_fleet(struct scenario *s, const struct scenario_options *o, struct err *e)
{
	struct fleet_plan *f = &s->fleet;
	const char *place = f->place[0] ? f->place : s->path;
	bool has_trace = false;

	if (o->fleet)
		f->count = o->fleet;
	if (!f->count)
		return 0;
	if (s->case_count)
		return err_set(e, -EINVAL,
			       "%s: a fleet is for curves, and a scenario with cases has none",
			       place);
	for (unsigned i = 0; i < s->traffic_count; i++)
		has_trace |= s->traffic[i].kind == TRAFFIC_TRACE;
	if (has_trace)
		return err_set(e, -EINVAL,
			       "%s: a fleet's caches have clients of their own, which a trace does "
			       "not have: draw the traffic, or run it without a fleet",
			       place);
	if (f->share_count && f->share_count != f->count)
		return err_set(e, -EINVAL,
			       "%s: fleet: share_of_clients has shares for %u caches, and there "
			       "are %u",
			       place, f->share_count, f->count);
	return 0;
}

const luaL_Reg words_fleet[] = {
	{ "fleet", word_fleet },
	{ NULL, NULL },
};

/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/expected.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#include "harness/results/csv.h"
#include "sim/language/script.h"

/* What is open while Lua's errors may jump. */
struct expecting {
	const struct driver *driver;
	const struct signing_result *life;
	struct csv *bogus, *events;
	int function;
	bool held;
	char message[512];
	struct err e;
};

/* ---- the table ---- */

/* `until` is a word of Lua's. A field without content is not there, and a number is one. */
static void set_fields(lua_State *L, const struct csv *c)
{
	for (unsigned i = 0; i < csv_width(c); i++) {
		const char *heading = csv_heading(c, i), *text = csv_text(c, i);

		if (!*text)
			continue;
		if (!lua_stringtonumber(L, text))
			lua_pushstring(L, text);
		lua_setfield(L, -2, strcmp(heading, "until") == 0 ? "to" : heading);
	}
}

/* How long a span was that has an end. */
static void set_length(lua_State *L)
{
	simtime from, to;
	struct err e;

	lua_getfield(L, -1, "from");
	lua_getfield(L, -2, "to");
	if (lua_isstring(L, -1) && lua_isstring(L, -2) &&
	    simtime_parse(lua_tostring(L, -2), &from, &e) == 0 &&
	    simtime_parse(lua_tostring(L, -1), &to, &e) == 0) {
		lua_pop(L, 2);
		script_set_number(L, "seconds", simtime_seconds(to - from));
		return;
	}
	lua_pop(L, 2);
}

static void set_rows(lua_State *L, const char *key, struct csv *c, struct err *e)
{
	int r;

	lua_newtable(L);
	for (lua_Integer n = 1; (r = csv_next(c, e)) > 0; n++) {
		lua_newtable(L);
		set_fields(L, c);
		set_length(L);
		lua_rawseti(L, -2, n);
	}
	if (r < 0)
		luaL_error(L, "%s", e->text);
	lua_setfield(L, -2, key);
}

static void set_margins(lua_State *L, const struct judged_result *r)
{
	lua_newtable(L);
	for (unsigned i = 0; i < CACHED_STEPS; i++)
		if (r->worst[i].any)
			script_set_number(L, cached_step_names[i],
					  simtime_seconds(r->worst[i].margin));
	lua_setfield(L, -2, "margins");
}

static void push_life(lua_State *L, struct expecting *x)
{
	const struct signing_result *r = x->life;
	char last[32];

	lua_newtable(L);
	script_set_text(L, "driver", driver_kind(x->driver));
	script_set_text(L, "version", driver_version(x->driver));
	script_set_text(L, "last", simtime_text(r->until, last));
	script_set_number(L, "versions", r->counts.versions);
	script_set_number(L, "rrsets", r->judged.rrsets);
	script_set_number(L, "ksks", r->counts.keys);
	script_set_number(L, "zsks", r->counts.zone_keys);
	script_set_number(L, "ds", r->counts.ds);
	script_set_number(L, "expired", r->counts.expired);
	script_set_number(L, "transfers_failed", r->counts.failures);
	script_set_number(L, "acts_failed", r->acts.failed);
	script_set_number(L, "bogus_seconds", simtime_seconds(r->judged.bogus_any));
	set_margins(L, &r->judged);
	set_rows(L, "bogus", x->bogus, &x->e);
	set_rows(L, "events", x->events, &x->e);
}

/* ---- judging ---- */

static int call(lua_State *L)
{
	struct expecting *x = lua_touserdata(L, 1);

	lua_rawgeti(L, LUA_REGISTRYINDEX, x->function);
	push_life(L, x);
	lua_call(L, 1, LUA_MULTRET);
	x->held = lua_gettop(L) > 1 && lua_toboolean(L, 2);
	if (lua_gettop(L) < 2)
		snprintf(x->message, sizeof(x->message), "its function returned nothing");
	else if (lua_isstring(L, 3))
		snprintf(x->message, sizeof(x->message), "%s", lua_tostring(L, 3));
	return 0;
}

static int judge_one(struct scenario *s, struct expecting *x, const char *folder, struct err *e)
{
	struct err why = { .text = "" };
	int r = csv_open(folder, "bogus.csv", &x->bogus, e);

	if (r == 0)
		r = csv_open(folder, "events.csv", &x->events, e);
	if (r == 0) {
		lua_State *L = script_state(s->script);

		lua_pushcfunction(L, call);
		lua_pushlightuserdata(L, x);
		if (script_call(s->script, 1, 0, &why) < 0)
			snprintf(x->message, sizeof(x->message), "%.500s", why.text);
	}
	csv_free(x->bogus);
	csv_free(x->events);
	return r;
}

int expected_judge(struct scenario *s, unsigned signer, const struct driver *d, const char *folder,
		   const struct signing_result *life, FILE *out, unsigned *ret_failed,
		   struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < s->signer_expectation_count; i++) {
		const struct signer_expectation *one = &s->signer_expectations[i];
		struct expecting x = { .driver = d, .life = life, .function = one->function };

		if (one->signer != signer)
			continue;
		r = judge_one(s, &x, folder, e);
		if (r < 0)
			break;
		*ret_failed += !x.held;
		fprintf(out, "%s  %s: %s%s%s\n", x.held ? "✓ held   " : "✗ FAILED ",
			strrchr(folder, '/') + 1, one->text, *x.message ? ": " : "", x.message);
	}
	return r;
}

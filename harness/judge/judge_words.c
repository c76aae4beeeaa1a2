/* SPDX-License-Identifier: BSD-2-Clause */
/* judge_words.c - the words of `run`, which read a cell's files. */
#include "harness/judge/judge_inside.h"

#include <errno.h>
#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "harness/results/figure_info.h"
#include "harness/text/table.h"
#include "sim/language/args.h"
#include "sim/language/script.h"

#define TYPE "sigfault.run"
#define OLD_PRINT "sigfault.print" /* in the registry while expectations are judged */

struct judge *judge_of(lua_State *L)
{
	struct judge **box = luaL_checkudata(L, 1, TYPE);

	if (!*box)
		luaL_error(L, "this run has been judged; its record is closed");
	return *box;
}

int judge_raise(lua_State *L, const struct err *e)
{
	return luaL_error(L, "%s", e->text);
}

/* What no record could give, whatever is in it. */
int judge_raise_wrong(lua_State *L, struct judge *j, const struct err *e)
{
	luaL_where(L, 1);
	if (!j->wrong[0])
		snprintf(j->wrong, sizeof(j->wrong), "%s%.400s", lua_tostring(L, -1), e->text);
	lua_pop(L, 1);
	return judge_raise(L, e);
}

#define TRIAL_CALLS 10000

/* A value of a trial: 0 or 1, so that over the rounds both ways of a branch are gone. */
lua_Integer judge_made_up(lua_State *L, struct judge *j)
{
	if (j->calls++ == TRIAL_CALLS)
		luaL_error(L, "a trial ends here");
	return j->round >> ((j->calls - 1) % JUDGE_TRIAL_BITS) & 1;
}

/* An instant as everywhere in scripts, or a number as in the `t` of curves. */
static double instant_at(lua_State *L, struct judge *j, int index)
{
	struct err e;
	simtime t;

	if (lua_type(L, index) == LUA_TNUMBER)
		return lua_tonumber(L, index);
	if (scenario_instant(j->scenario, luaL_checkstring(L, index), &t, &e) < 0)
		judge_raise_wrong(L, j, &e);
	return (double)(t - j->scenario->from) / 1e9;
}

/* FROM and TO at `index` and behind it. Leaves a text on the stack. */
struct stretch judge_stretch_at(lua_State *L, struct judge *j, int index)
{
	struct stretch s = { .from = instant_at(L, j, index), .to = instant_at(L, j, index + 1) };

	s.text = lua_pushfstring(L, "between %s and %s", luaL_tolstring(L, index, NULL),
				 luaL_tolstring(L, index + 1, NULL));
	if (s.from >= s.to && lua_type(L, index) == LUA_TSTRING &&
	    lua_type(L, index + 1) == LUA_TSTRING) {
		struct err e;

		err_set(&e, 0, "nothing lies %s", s.text);
		judge_raise_wrong(L, j, &e);
	}
	if (s.from >= s.to)
		luaL_error(L, "nothing lies %s", s.text);
	return s;
}

struct stretch judge_optional_stretch(lua_State *L, struct judge *j, int index)
{
	if (lua_isnoneornil(L, index) && lua_isnoneornil(L, index + 1))
		return (struct stretch){ -(double)INFINITY, (double)INFINITY, "in the run" };
	return judge_stretch_at(L, j, index);
}

static unsigned column_at(lua_State *L, struct judge *j, int index)
{
	struct err e;
	int column = curve_column(j->curve, luaL_checkstring(L, index), &e);

	return column >= 0 ? (unsigned)column : (unsigned)judge_raise_wrong(L, j, &e);
}

/* The class that { class = … } at `index` asks for; `all` without it. */
static unsigned class_at(lua_State *L, struct judge *j, int index, const char *word)
{
	static const char *const keys[] = { "class", NULL };
	struct args a;
	struct err e;
	int class;

	if (lua_isnoneornil(L, index))
		return CURVE_ALL;
	a = args_table(L, index, word, keys);
	class = curve_class(j->curve, args_text(&a, "class", "all"), &e);
	return class >= 0 ? (unsigned)class : (unsigned)judge_raise_wrong(L, j, &e);
}

/* "share of servfail in nxdomain between 19:31 and 20:15 is 13.3 %" */
static void tell(struct judge *j, const char *what, unsigned column, unsigned class,
		 const struct stretch *s, const char *value)
{
	bool all = class == CURVE_ALL;

	telling_add(&j->telling, "%s of %s%s%s %s is %s", what, j->curve->columns[column],
		    all ? "" : " in ", all ? "" : j->curve->classes[class].name, s->text, value);
}

/* run:share(COLUMN, FROM, TO [, { class = … }]) */
static int run_share(lua_State *L)
{
	struct judge *j = judge_of(L);
	unsigned column = column_at(L, j, 2);
	unsigned class = class_at(L, j, 5, "run:share");
	struct stretch s = judge_stretch_at(L, j, 3);
	double share = curve_share(j->curve, class, column, s.from, s.to);
	char text[FIGURE_TEXT];

	if (j->is_trial)
		share = (double)judge_made_up(L, j);
	if (isnan(share))
		return luaL_error(L, "no queries %s", s.text);
	tell(j, "share", column, class, &s, figure_percent(share, text));
	lua_pushnumber(L, share);
	return 1;
}

/* run:count(COLUMN, FROM, TO [, { class = … }]) */
static int run_count(lua_State *L)
{
	struct judge *j = judge_of(L);
	unsigned column = column_at(L, j, 2);
	unsigned class = class_at(L, j, 5, "run:count");
	struct stretch s = judge_stretch_at(L, j, 3);
	char text[48];
	int64_t sum;

	if (j->is_trial)
		sum = judge_made_up(L, j);
	else if (curve_sum(j->curve, class, column, s.from, s.to, &sum) == 0)
		return luaL_error(L, "nothing was recorded %s", s.text);
	tell(j, "count", column, class, &s, table_grouped((double)sum, text));
	lua_pushinteger(L, sum);
	return 1;
}

/* Pushes { t = {}, value = {} } and leaves the two lists above it, t first. */
void judge_push_lists(lua_State *L, int room)
{
	lua_createtable(L, 0, 2);
	lua_createtable(L, room, 0);
	lua_pushvalue(L, -1);
	lua_setfield(L, -3, "t");
	lua_createtable(L, room, 0);
	lua_pushvalue(L, -1);
	lua_setfield(L, -4, "value");
}

/* run:curve(COLUMN [, { class = … }]) */
static int run_curve(lua_State *L)
{
	struct judge *j = judge_of(L);
	unsigned column = column_at(L, j, 2);
	unsigned class = class_at(L, j, 3, "run:curve");

	judge_push_lists(L, (int)j->curve->count);
	for (unsigned i = 0; i < j->curve->count; i++) {
		lua_pushinteger(L, j->curve->t[i]);
		lua_rawseti(L, -3, i + 1);
		lua_pushinteger(L, curve_value(j->curve, class, column, i));
		lua_rawseti(L, -2, i + 1);
	}
	lua_pop(L, 2);
	return 1;
}

/* What `run.KEY` is: a word (upvalue 1) or a fact of the cell (user value); a key that is neither
 * is an error. */
static int run_index(lua_State *L)
{
	luaL_checkudata(L, 1, TYPE);
	lua_pushvalue(L, 2);
	if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
		return 1;
	lua_getiuservalue(L, 1, 1);
	lua_pushvalue(L, 2);
	if (lua_rawget(L, -2) != LUA_TNIL)
		return 1;
	return luaL_error(L, "run has no '%s'", luaL_tolstring(L, 2, NULL));
}

/* print() of expectations; upvalue 1 is `run`. */
static int run_print(lua_State *L)
{
	struct judge *j = *(struct judge **)lua_touserdata(L, lua_upvalueindex(1));
	int n = lua_gettop(L);

	for (int i = 1; i <= n && j; i++) {
		fprintf(j->out, "%s%s", i > 1 ? "\t" : "", luaL_tolstring(L, i, NULL));
		lua_pop(L, 1);
	}
	if (j)
		fputc('\n', j->out);
	return 0;
}

static void set_text(lua_State *L, const char *key, const char *text)
{
	lua_pushstring(L, text ? text : "");
	lua_setfield(L, -2, key);
}

static void push_facts(lua_State *L, const struct judge *j)
{
	lua_createtable(L, 0, 5);
	set_text(L, "mitigation", j->cell->mitigation);
	set_text(L, "resolver", j->cell->resolver);
	set_text(L, "version", j->cell->version);
	set_text(L, "clock", j->cell->clock);
	lua_pushinteger(L, (lua_Integer)j->scenario->seed);
	lua_setfield(L, -2, "seed");
}

static void push_type(lua_State *L)
{
	static const luaL_Reg words[] = {
		{ "share", run_share },
		{ "count", run_count },
		{ "curve", run_curve },
		{ "metric", judge_metric },
		{ "ede", judge_ede },
		{ "upstream", judge_upstream },
		{ "asked", judge_asked },
		{ "link", judge_link },
		{ "monitor", judge_monitor },
		{ "reports", judge_reports },
		{ NULL, NULL },
	};

	script_make_type(L, TYPE, "run", words, run_index);
}

int judge_begin(lua_State *L)
{
	struct judge *j = lua_touserdata(L, 1);
	struct judge **box = lua_newuserdatauv(L, sizeof(struct judge *), 1);

	*box = NULL;
	push_facts(L, j);
	lua_setiuservalue(L, -2, 1);
	push_type(L);
	lua_setmetatable(L, -2);
	lua_getglobal(L, "print");
	lua_setfield(L, LUA_REGISTRYINDEX, OLD_PRINT);
	lua_pushvalue(L, -1);
	lua_pushcclosure(L, run_print, 1);
	lua_setglobal(L, "print");
	*box = j;
	j->box = box;
	return 1;
}

int judge_end(lua_State *L)
{
	lua_getfield(L, LUA_REGISTRYINDEX, OLD_PRINT);
	lua_setglobal(L, "print");
	return 0;
}

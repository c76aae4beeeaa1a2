/* SPDX-License-Identifier: BSD-2-Clause */
/* judge_monitor.c - run:monitor: what a monitor of the cell said. */
#include "harness/judge/judge_inside.h"

#include <errno.h>
#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "harness/results/monitor_rows.h"

static void check_monitor(lua_State *L, struct judge *j, const char *wanted)
{
	struct err e;

	for (unsigned i = 0; i < j->scenario->monitor_count; i++)
		if (strcmp(j->scenario->monitors[i].name, wanted) == 0)
			return;
	err_set(&e, -EINVAL, "run:monitor: there is no monitor '%.100s'", wanted);
	judge_raise_wrong(L, j, &e);
}

/* All faults together, in seconds since the start, as figures have it. */
static void span_of(const struct scenario *s, double *from, double *until)
{
	simtime first = SIMTIME_NEVER, last = 0;

	for (unsigned i = 0; i < s->tree->fault_count; i++) {
		first = earlier(first, s->tree->faults[i].from);
		if (s->tree->faults[i].until > last)
			last = s->tree->faults[i].until;
	}
	*from = first == SIMTIME_NEVER ? (double)INFINITY : (double)(first - s->from) / 1e9;
	*until = !last || last == SIMTIME_NEVER ? (double)INFINITY : (double)(last - s->from) / 1e9;
}

static void set_count(lua_State *L, struct judge *j, const char *key, unsigned value)
{
	lua_pushinteger(L, j->is_trial ? judge_made_up(L, j) : (lua_Integer)value);
	lua_setfield(L, -2, key);
}

/* What there was none of is nil. */
static void set_seconds(lua_State *L, struct judge *j, const char *key, double value)
{
	if (j->is_trial)
		lua_pushinteger(L, judge_made_up(L, j));
	else if (isnan(value))
		lua_pushnil(L);
	else
		lua_pushnumber(L, value);
	lua_setfield(L, -2, key);
}

/* run:monitor(NAME) */
int judge_monitor(lua_State *L)
{
	struct judge *j = judge_of(L);
	const char *wanted = luaL_checkstring(L, 2);
	struct monitor_sum sum = { .first = (double)NAN,
				   .first_alarm = (double)NAN,
				   .cleared = (double)NAN };
	struct monitor_sums sums = { 0 };
	double from, until;
	struct err e;

	check_monitor(L, j, wanted);
	span_of(j->scenario, &from, &until);
	if (!j->is_trial && monitor_sums_load(j->cell->folder, from, until, &sums, &e) < 0)
		judge_raise(L, &e);
	for (unsigned i = 0; i < sums.count; i++)
		if (strcmp(sums.list[i].name, wanted) == 0)
			sum = sums.list[i];
	monitor_sums_done(&sums);
	lua_createtable(L, 0, 7);
	set_count(L, j, "runs", sum.runs);
	set_count(L, j, "alarms", sum.alarms);
	set_count(L, j, "false_alarms", sum.false_alarms);
	set_count(L, j, "failed", sum.failed);
	set_seconds(L, j, "first", sum.first);
	set_seconds(L, j, "first_alarm", sum.first_alarm);
	set_seconds(L, j, "alarm_over", sum.cleared);
	return 1;
}

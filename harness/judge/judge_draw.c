/* SPDX-License-Identifier: BSD-2-Clause */
/* judge_draw.c - what a scenario wants drawn of its record: points that functions of draw() give.
 *
 *	drawing,x_axis,y_axis,series,x,y
 *	sent for what is asked,asked a second,sent a second,load rises,400,402.5 */
#include "harness/judge/judge_inside.h"

#include <errno.h>
#include <lauxlib.h>
#include <math.h>

#include "harness/text/whole.h"
#include "sim/language/script.h"
#include "sim/record/record_csv.h"

#define FILE_NAME "drawings.csv"
#define HEADER "drawing,x_axis,y_axis,series,x,y"
#define SERIES 8 /* of a drawing */

static void put_point(FILE *out, const struct drawing *d, const char *name, double x, double y)
{
	const char *const texts[] = { d->title, d->x, d->y, name };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		record_csv_put(texts[i], out);
		fputc(',', out);
	}
	fprintf(out, "%.10g,%.10g\n", x, y);
}

/* The number at `i` of the list at `list`. */
static double number_of(lua_State *L, int list, lua_Integer i, const char *key)
{
	double value;

	if (lua_rawgeti(L, list, i) != LUA_TNUMBER || !isfinite(lua_tonumber(L, -1)))
		luaL_error(L, "draw: %s[%I] of a series is no number", key, i);
	value = lua_tonumber(L, -1);
	lua_pop(L, 1);
	return value;
}

/* { name = …, x = {…}, y = {…} } at `index`. */
static void put_series(lua_State *L, FILE *out, const struct drawing *d, int index)
{
	const char *name;
	lua_Integer count;

	if (!lua_istable(L, index))
		luaL_error(L, "draw: a series is { name = …, x = {…}, y = {…} }, not a %s",
			   luaL_typename(L, index));
	lua_getfield(L, index, "name");
	lua_getfield(L, index, "x");
	lua_getfield(L, index, "y");
	name = lua_tostring(L, -3);
	if (!name || !lua_istable(L, -2) || !lua_istable(L, -1))
		luaL_error(L, "draw: a series has a text 'name', and lists 'x' and 'y'");
	count = (lua_Integer)lua_rawlen(L, -2);
	if (count != (lua_Integer)lua_rawlen(L, -1))
		luaL_error(L, "draw: of series '%s' x has %I numbers, and y %I", name, count,
			   (lua_Integer)lua_rawlen(L, -1));
	for (lua_Integer i = 1; i <= count; i++) {
		double x = number_of(L, lua_absindex(L, -2), i, "x");

		put_point(out, d, name, x, number_of(L, lua_absindex(L, -1), i, "y"));
	}
	lua_pop(L, 3);
}

/* For Lua: where the points go, the drawing, and what its function gave. */
static int put_all(lua_State *L)
{
	FILE *out = lua_touserdata(L, 1);
	const struct drawing *d = lua_touserdata(L, 2);
	int top = lua_gettop(L);

	if (top < 3 || top > 2 + SERIES)
		return luaL_error(L, "draw: its function gives 1 to %d series", SERIES);
	for (int i = 3; i <= top; i++)
		put_series(L, out, d, i);
	return 0;
}

/* `run` is on top of the stack, and stays there. */
static int draw_one(struct judge *j, const struct drawing *d, FILE *out, struct err *e)
{
	lua_State *L = script_state(j->scenario->script);
	int top = lua_gettop(L), rc;

	j->telling.count = 0;
	lua_pushcfunction(L, put_all);
	lua_pushlightuserdata(L, out);
	lua_pushlightuserdata(L, (void *)d);
	lua_rawgeti(L, LUA_REGISTRYINDEX, d->function);
	lua_pushvalue(L, top);
	rc = script_call(j->scenario->script, 1, LUA_MULTRET, e);
	if (rc == 0)
		rc = script_call(j->scenario->script, lua_gettop(L) - top - 1, 0, e);
	lua_settop(L, top);
	return rc;
}

int judge_draw(struct judge *j, struct verdict *ret, unsigned *count, struct err *e)
{
	const struct scenario *s = j->scenario;
	struct whole w;
	int rc;

	if (!s->drawing_count)
		return 0;
	rc = whole_open(&w, j->cell->folder, FILE_NAME, e);
	if (rc < 0)
		return rc;
	fputs(HEADER "\n", w.out);
	for (unsigned i = 0; i < s->drawing_count; i++) {
		struct verdict *v = &ret[*count];
		struct err why;

		if (draw_one(j, &s->drawings[i], w.out, &why) == 0)
			continue;
		*v = (struct verdict){ .held = false };
		snprintf(v->text, sizeof(v->text), "'%.200s' could be drawn", s->drawings[i].title);
		snprintf(v->message, sizeof(v->message), "%.*s", (int)sizeof(v->message) - 1,
			 why.text);
		++*count;
	}
	return whole_close(&w, 0, e);
}

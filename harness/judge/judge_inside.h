/* SPDX-License-Identifier: BSD-2-Clause */
/* judge_inside.h - what stands behind `run`: judge.c and judge_words.c, nobody else. */
#pragma once

#include <lua.h>
#include <stdio.h>

#include "harness/results/csv.h"
#include "harness/results/curve.h"
#include "harness/judge/judge.h"
#include "harness/judge/telling.h"

/* The words own nothing; what they open is here, and judge_cell() lets go of it. */
struct judge {
	struct scenario *scenario;
	const struct judge_cell *cell;
	FILE *out;
	struct curve *curve;
	struct csv *csv; /* that a word reads now, or left open when it failed */
	struct telling telling; /* to the function that is being called */
	struct judge **box; /* Lua's way here, cleared at the end: scripts may keep `run` */
};

/* For Lua, called with the judge as light userdata: returns `run`, and print() goes to the judge's
 * `out` from here on. */
int judge_begin(lua_State *L);

/* For Lua: print() is what it was. */
int judge_end(lua_State *L);

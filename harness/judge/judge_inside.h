/* SPDX-License-Identifier: BSD-2-Clause */
/* judge_inside.h - what stands behind `run`: judge.c and judge_words.c, nobody else. */
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/results/csv.h"
#include "harness/results/curve.h"
#include "harness/judge/judge.h"
#include "harness/judge/telling.h"

#define JUDGE_TRIAL_BITS 3 /* a trial has two rounds for each */

/* The words own nothing; what they open is here, and judge_cell() lets go of it. */
struct judge {
	struct scenario *scenario;
	const struct judge_cell *cell;
	FILE *out;
	struct curve *curve;
	struct csv *csv; /* that a word reads now, or left open when it failed */
	struct telling telling; /* to the function that is being called */
	bool is_trial; /* nothing was recorded: words check what they are told, and make values up */
	unsigned round, calls; /* of a trial: which values, and how many were made up */
	char wrong[512]; /* file:line and sentence of the first word that was told what cannot be */
	struct judge **box; /* Lua's way here, cleared at the end: scripts may keep `run` */
};

/* For Lua, called with the judge as light userdata: returns `run`, and print() goes to the judge's
 * `out` from here on. */
int judge_begin(lua_State *L);

/* For Lua: print() is what it was. */
int judge_end(lua_State *L);

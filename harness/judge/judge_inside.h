/* SPDX-License-Identifier: BSD-2-Clause */
/* judge_inside.h - what stands behind `run`: judge.c, judge_check.c, judge_words.c and
 * judge_files.c, nobody else. */
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

/* A stretch of the record, in seconds since its start. */
struct stretch {
	double from, to;
	const char *text; /* "between 18:30 and 19:19", on Lua's stack */
};

/* What words have in common: `run` at index 1; an error, of a record or of what no record could give; a value
 * of a trial; FROM and TO at `index`, which leave a text on the stack, and may be left out in the second;
 * and { t = {}, value = {} } with its two lists above it, t first. */
struct judge *judge_of(lua_State *L);
int judge_raise(lua_State *L, const struct err *e);
int judge_raise_wrong(lua_State *L, struct judge *j, const struct err *e);
lua_Integer judge_made_up(lua_State *L, struct judge *j);
struct stretch judge_stretch_at(lua_State *L, struct judge *j, int index);
struct stretch judge_optional_stretch(lua_State *L, struct judge *j, int index);
void judge_push_lists(lua_State *L, int room);

/* The words that read other files than curve.csv. */
int judge_metric(lua_State *L);
int judge_ede(lua_State *L);
int judge_upstream(lua_State *L);
int judge_asked(lua_State *L);
int judge_link(lua_State *L);
int judge_monitor(lua_State *L);
int judge_reports(lua_State *L);

/* Calls the functions of draw(), whose points become drawings.csv. -ENOMEM, and errors of writing; a function
 * that fails is a verdict of `ret`, of which there is room for one each, and is counted. */
int judge_draw(struct judge *j, struct verdict *ret, unsigned *count, struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* args.h - reading the tables that the words of a script are given.
 *
 * A wrong key, type or unit is a Lua error, which names the word and carries file:line: nothing
 * here returns on failure, and lua_error() jumps, so callers own nothing meanwhile. Texts are lent
 * by the table. */
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/simtime.h"

#define ARGS_MAX_KEYS 256

struct args {
	lua_State *L;
	int index; /* of the table, absolute */
	const char *word; /* "zipf", for messages */
};

/* The table at `index`; `keys`, ended by NULL, are all that it may have. keys NULL: any text. */
struct args args_table(lua_State *L, int index, const char *word, const char *const *keys);

/* A key that must be there, or may be. */
void args_need(const struct args *a, const char *key);
bool args_has(const struct args *a, const char *key);

/* The value of a key; `def` when it is not there. */
double args_number(const struct args *a, const char *key, double def, double min, double max);
uint64_t args_count(const struct args *a, const char *key, uint64_t def, uint64_t min,
		    uint64_t max);
bool args_flag(const struct args *a, const char *key, bool def);
const char *args_text(const struct args *a, const char *key, const char *def);
simtime args_duration(const struct args *a, const char *key, simtime def);

/* The table under a key, pushed; -1 and nothing pushed when it is not there. */
int args_push(const struct args *a, const char *key);

/* The keys, which must all be texts, in ascending order: the order in which Lua walks a table
 * changes from run to run. */
unsigned args_sorted(const struct args *a, const char *ret[ARGS_MAX_KEYS]);

/* Raises "WORD: sentence". */
int args_fail(const struct args *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

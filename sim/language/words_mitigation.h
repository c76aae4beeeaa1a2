/* SPDX-License-Identifier: BSD-2-Clause */
/* words_mitigation.h - mitigation, events_of, faults. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_mitigation[];

/* A function that is given to mitigation(), which runs when all is read. */
struct postponed {
	char mitigation[32];
	int function; /* reference into the registry */
};

/* Raises when nothing is defined under the name. */
void words_check_mitigation(lua_State *L, const char *name);

/* Runs what mitigations' operators do. Lua argument: the struct words, as light userdata. */
int words_operators(lua_State *L);

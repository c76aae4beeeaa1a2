/* SPDX-License-Identifier: BSD-2-Clause */
/* words_open.h - every word that a scenario may use, by name. */
#pragma once

#include "sim/language/words.h"

/* Defines every word as a global. Lua arguments: a struct scenario and its options, as light
 * userdata. Gives back the struct words as a userdata, which is anchored in the words. */
int words_open(lua_State *L);

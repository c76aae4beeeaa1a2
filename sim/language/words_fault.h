/* SPDX-License-Identifier: BSD-2-Clause */
/* words_fault.h - zone:fault, and how a fault becomes a part of the plan: inside sim/ only. */
#pragma once

#include "sim/language/words_action.h"

int words_method_fault(lua_State *L);

/* at() for a fault. Raises. */
void words_do_fault(lua_State *L, struct scenario *sc, const struct action *a, simtime at);

/* The number of a type that a script names, under a key of its table; or raises. */
uint16_t words_type(const struct args *a, const char *key, const char *name);

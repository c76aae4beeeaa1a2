/* SPDX-License-Identifier: BSD-2-Clause */
/* words_roll.h - what a fault makes of the keys that are planned: inside sim/ only. */
#pragma once

#include "sim/language/words_action.h"

/* Puts a rollover into the plan of the fault's zone at `at`; *until is when caches can no longer
 * show it. Raises. */
void words_roll(lua_State *L, struct zone *z, struct fault *f, simtime at);

/* The algorithm that a fault is about: of its row, or of its parameter. ALG_NONE: of none. */
enum algorithm words_roll_algorithm(const struct fault *f);

/* A place in the zone's signings, which stay in time order; from `at` on the zone is
 * signed with `key`. Raises where there is one at that instant. */
struct signing *words_signing(lua_State *L, struct zone *z, simtime at, unsigned key);

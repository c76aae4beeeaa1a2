/* SPDX-License-Identifier: BSD-2-Clause */
/* words_fault.h - zone:fault, and how a fault becomes a part of the plan: inside sim/ only. */
#pragma once

#include "sim/language/words_action.h"

extern const luaL_Reg words_fault_methods[]; /* of zones */

/* at() for a fault. Raises. */
void words_do_fault(lua_State *L, struct scenario *sc, const struct action *a, simtime at);

/* A share, below 1, of names that are out of a wildcard: there is none of the one RRset of a type that they have, so
 * they get their own, where the fault is meant for it. A note of the scenario says so. Raises. */
void words_part_names(lua_State *L, struct scenario *sc, const struct zone *z,
		      const struct fault *f, double share);

/* Whether the names that faults are told of are in their zones; once the tree is prepared.
 * -EINVAL. */
int words_check_faults(const struct words *w, struct err *e);

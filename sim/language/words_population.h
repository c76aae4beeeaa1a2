/* SPDX-License-Identifier: BSD-2-Clause */
/* words_population.h - population; and a zone's `delegations`. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_population[];

void words_delegations(const struct args *zone, struct zone *z);

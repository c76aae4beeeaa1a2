/* SPDX-License-Identifier: BSD-2-Clause */
/* words_fleet.h - fleet. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_fleet[];

/* Once all is told: takes the number of caches that the command line has, and checks that the
 * scenario's traffic can be asked of several. -EINVAL: file:line. */
int words_finish_fleet(struct scenario *s, const struct scenario_options *o, struct err *e);

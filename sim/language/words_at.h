/* SPDX-License-Identifier: BSD-2-Clause */
/* words_at.h - at, after_first_failure: an action gets its instant, and becomes part of the plan
 * and the timeline. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_at[];

/* What follows from the whole plan: when faults end, events of keys. -EINVAL. */
int words_finish(struct words *w, struct err *e);

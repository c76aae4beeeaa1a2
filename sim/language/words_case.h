/* SPDX-License-Identifier: BSD-2-Clause */
/* words_case.h - case. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_case[];

/* Whether the scenario keeps to cases when it has any. -EINVAL. */
int words_check_cases(const struct scenario *s, struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* words_knows.h - the word `knows`, for words_open.c. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_knows[];

/* SPDX-License-Identifier: BSD-2-Clause */
/* words_allow.h - allow. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_allow[];

/* SPDX-License-Identifier: BSD-2-Clause */
/* words_zone.h - zone. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_zone[];

/* SPDX-License-Identifier: BSD-2-Clause */
/* words_watch.h - watch. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_watch[];

/* SPDX-License-Identifier: BSD-2-Clause */
/* words_catalogue.h - catalogue: the faults that there are, so that a script can have each of them. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_catalogue[];

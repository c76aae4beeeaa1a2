/* SPDX-License-Identifier: BSD-2-Clause */
/* words_traffic.h - traffic, zipf. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_traffic[];

/* SPDX-License-Identifier: BSD-2-Clause */
/* words_monitor.h - monitor: a command that looks every so often whether all is well. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_monitor[];

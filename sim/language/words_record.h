/* SPDX-License-Identifier: BSD-2-Clause */
/* words_record.h - zone:record: inside sim/ only. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_record_methods[]; /* of zones */

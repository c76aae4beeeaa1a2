/* SPDX-License-Identifier: BSD-2-Clause */
/* words_clients.h - clients:move { ... }: who is routed where. For words_*.c alone. */
#pragma once

#include "sim/language/words.h"

#define VALUE_CLIENTS "sigfault.clients" /* without content */

extern const luaL_Reg words_clients_methods[];

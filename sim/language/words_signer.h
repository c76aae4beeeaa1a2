/* SPDX-License-Identifier: BSD-2-Clause */
/* words_signer.h - signer("NAME", { ... }): a program that signs a zone by a policy. For words_*.c alone. */
#pragma once

#include "sim/language/words.h"

extern const luaL_Reg words_signer[];

/* SPDX-License-Identifier: BSD-2-Clause */
/* words_signer_event.h - what is done to a signer: the methods of what signer() gave. For words_*.c alone. */
#pragma once

#include "sim/language/words_action.h"

extern const luaL_Reg words_signer_methods[];

/* at(): the action gets its instant, and a line in the timeline. */
void words_do_signer(lua_State *L, struct scenario *s, const struct action *a, simtime at);

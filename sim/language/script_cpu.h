/* SPDX-License-Identifier: BSD-2-Clause */
/* script_cpu.h - how much CPU time a call into Lua may take: inside sim/language only.
 *
 * Instructions are counted by a hook, and a function of Lua's own that never ends executes none:
 * string.find() with a pattern that tries all ways, table.move() of 2^60 places. A timer of the
 * process's CPU time looks twice. First it has the next instruction fail, which ends whatever
 * executes one with an error like any other. Where none came in another second, nothing in this
 * process can get out of that function: it ends, with a sentence that has file and line, and exit
 * status 2. */
#pragma once

#include <lua.h>

/* `hook` is to raise the error; `seconds` of CPU time from now on. One call at a time. */
void script_cpu_begin(lua_State *L, lua_Hook hook, unsigned seconds);
void script_cpu_end(void);

/* Whether the time is over. */
int script_cpu_is_over(void);

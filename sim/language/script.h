/* SPDX-License-Identifier: BSD-2-Clause */
/* script.h - a Lua state that cannot hurt: no os, io, debug, load of bytecode or packages; bounded
 * memory, instructions and CPU time. Scenarios, resolver drivers and expectations run in one. */
#pragma once

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

struct script;

/* `folder` is where require("lib.x") looks (FOLDER/lib/x.lua), and nowhere else. */
int script_new(const char *folder, struct script **ret, struct err *e);
void script_free(struct script *s);
DEFINE_FREEP(struct script, script)

lua_State *script_state(struct script *s);

/* How many seconds of CPU time a call may take, instead of ten. What executes instructions is then ended
 * by an error; what hangs in a function of Lua's own cannot be got out of, and ends the process
 * with exit status 2 and a sentence on stderr that has file and line. */
void script_limit_cpu(struct script *s, unsigned seconds);

/* Runs a file; leaves `results` values. -EINVAL: it does not compile or failed, or took too many
 * instructions ("…:12: took more than 100 million instructions: an endless loop?"); -ENOMEM: more
 * than its memory; -ENOENT: no file. */
int script_run_file(struct script *s, const char *path, int results, struct err *e);

/* lua_pcall() of what is on the stack, under the limits, errors as above. */
int script_call(struct script *s, int args, int results, struct err *e);

/* Whether the sentence of the last error begins with file:line: what raises errors outside of any
 * line of Lua has no place to tell. */
bool script_error_has_place(const struct script *s);

/* Set a field of the table at the top of the stack; a text that is NULL is none. */
void script_set_text(lua_State *L, const char *key, const char *value);
void script_set_number(lua_State *L, const char *key, int64_t value);
void script_set_flag(lua_State *L, const char *key, bool value);

/* Makes the metatable of a type of userdata, unless it is there: what is asked of a value goes to
 * `index`, whose upvalue is the table of `words`; getmetatable() gives `name`. */
void script_make_type(lua_State *L, const char *type, const char *name, const luaL_Reg *words,
		      lua_CFunction index);

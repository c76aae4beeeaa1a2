/* SPDX-License-Identifier: BSD-2-Clause */
/* driver_files.h - the files that a driver gives, written into the folder of its program: for
 * resolver.c and signer.c alone. */
#pragma once

#include "harness/subject/driver_call.h"

/* Writes those of the table at the top of the stack; of the configuration there is a copy in c->cell,
 * under the name `kept`. c->settled: one has the subject's settings in it. What is no such table is
 * Lua's error. */
int driver_write_files(lua_State *L, struct call *c, const char *kept);

/* Carries the call that writes the files and gives the command to start, into c->d->start. Then c->cell has a file
 * `version`: the version in the first line, the program in the second, with its root folder where it has one, then
 * all that it says of itself. The command is lent until the next call. */
int driver_configure(struct call *c, lua_CFunction f, const char *version,
		     const char *const **ret_argv);

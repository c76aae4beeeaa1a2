/* SPDX-License-Identifier: BSD-2-Clause */
/* params.h - what users may turn in a script: param("rate", 100) and --set rate=20. */
#pragma once

#include <lua.h>

#include "sim/language/scenario.h"

/* The word param(KEY, DEFAULT) with its arguments on the stack: notes the parameter in the
 * malloc'ed list and pushes its value, of the default's type. Raises. */
int params_word(lua_State *L, struct param **list, unsigned *count,
		const struct scenario_options *o);

/* A --set that no param() asked for is a typing error: -EINVAL, with what there is. `path` is the
 * script's, `what` what it tells: "scenario". */
int params_check(const struct param *list, unsigned count, const struct scenario_options *o,
		 const char *path, const char *what, struct err *e);

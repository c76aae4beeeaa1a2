/* SPDX-License-Identifier: BSD-2-Clause */
/* words_role.h - resolver("NAME", { ... }): several resolvers, and who forwards to whom. For words_*.c
 * alone. */
#pragma once

#include "sim/language/words.h"

/* What stands behind a VALUE_RESOLVER: one of the scenario's roles. `role` -1: the one under test. */
struct resolver_value {
	int role;
	char name[32];
};

/* Has the value at the top of the stack, which is `resolver`, be called like a function. Expects the
 * struct words below it. */
void words_role_open(lua_State *L);

/* When all is told: finds the roles that are forwarded to, and which one clients ask. -EINVAL: there is
 * no such role, they forward in a circle, or nobody can tell whom clients ask; "file:line: ...". */
int words_check_roles(struct scenario *s, struct err *e);

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

/* The name of the resolver at `index`: what resolver() gave, or a text, which need not be one's yet. false: it
 * is neither; raises where it is too long. */
bool words_role_name(lua_State *L, int index, const struct scenario *s, char ret[32]);

/* The number of the role of this name; -1: there is none. */
int words_role_find(const struct scenario *s, const char *name);

/* When all is told: finds the roles that are forwarded to, and those that clients ask. -EINVAL: there is
 * no such role, they forward in a circle, or nobody can tell whom clients ask; "file:line: ...". */
int words_check_roles(struct scenario *s, struct err *e);

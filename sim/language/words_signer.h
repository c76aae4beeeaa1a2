/* SPDX-License-Identifier: BSD-2-Clause */
/* words_signer.h - signer("NAME", { ... }): a program that signs a zone by a policy. For words_*.c alone. */
#pragma once

#include "sim/language/words.h"

/* What signer() gives. */
#define VALUE_SIGNER "sigfault.signer"

struct signer_value {
	unsigned number; /* in the scenario */
};

extern const luaL_Reg words_signer[];

/* The keys of a policy; and reads them on top of what is in it: what is not told stays, but `refresh` is half of a
 * `validity` that is. */
extern const char *const words_policy_keys[];
void words_policy(const struct args *a, struct signer_policy *p);

/* When all is told: whether it may last so long. */
int words_check_span(const struct scenario *s, struct err *e);

/* When all is told: what a reader of a scenario with resolvers has to know of its signers. */
int words_note_signers(struct scenario *s, struct err *e);

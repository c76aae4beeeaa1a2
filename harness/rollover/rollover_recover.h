/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_recover.h - the ways out of a rollover that went wrong, told to people and to machines. */
#pragma once

#include "harness/rollover/rollover_proof.h"

/* What is bogus, a table of the ways, and what each does and breaks: as wide as the terminal. */
void rollover_recover_print(const struct rollover *r, const struct rollover_ways *w, FILE *out);

/* One object (docs/schema/rollover-recover-1.json); `p` NULL: there was no proof. -ENOMEM. */
int rollover_recover_json(const struct rollover *r, const struct rollover_ways *w,
			  const struct rollover_judged *plans, const struct rollover_proof *p,
			  FILE *out, struct err *e);

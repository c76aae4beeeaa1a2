/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_json.h - what was found of a plan of rollovers, for machines. */
#pragma once

#include "harness/rollover/rollover_proof.h"
#include "zones/rollover/rollover_next.h"

/* Prints one object with the plan, its findings and steps, and the proof (NULL: there was none).
 * Instants are ISO 8601; null stands for the beginning and the end of time. -ENOMEM. */
int rollover_json_print(const struct rollover *r, const struct rollover_analysis *a,
			const struct rollover_steps *s, const struct rollover_nexts *n,
			const struct rollover_proof *p, FILE *out, struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_json.h - what was found of a plan of rollovers, for machines. */
#pragma once

#include "harness/rollover/rollover_proof.h"
#include "zones/rollover/rollover_next.h"

/* Prints one object with the plan, its findings and steps, and the proof (NULL: there was none).
 * Instants are ISO 8601; null stands for the beginning and the end of time. -ENOMEM. */
int rollover_json_print(const struct rollover_judged *plan, const struct rollover_nexts *n,
			const struct rollover_proof *p, FILE *out, struct err *e);

/* Its parts, for objects of others. */
json_t *rollover_time_json(simtime t);
json_t *rollover_keys_json(const struct rollover *r, uint64_t keys);
json_t *rollover_finding_json(const struct rollover *r, const struct rollover_finding *f);
json_t *rollover_delays_json(const struct rollover *r);

/* SPDX-License-Identifier: BSD-2-Clause */
/* plan_phase.h - a scenario on a knife's edge.
 *
 * What a cache takes in at the start of a run, and again each time it has run out, runs out at every
 * multiple of its TTL. Where a fault begins or ends at one of them it is chance whether the record
 * is fetched just before or just after: the first seconds of the fault are another story each time,
 * in real life, too. After some turns the waits for the next question have taken it out of step. */
#pragma once

#include <stdio.h>

#include "sim/language/scenario.h"

/* A sentence for each beginning and end of a fault that is in step with TTLs of its zone; nothing
 * where none is. */
void plan_phase_print(const struct scenario *s, FILE *out);

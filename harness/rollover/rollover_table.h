/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_table.h - the tables on a plan of rollovers, for 80 columns: what is published when, and
 * the steps.
 *
 * Keys stand in them by their names, side by side where there is room, else below each other. Where
 * names are too long for that they are numbers, and the list of keys tells whose. */
#pragma once

#include <stdio.h>

#include "zones/rollover/rollover_steps.h"

/* Whether the keys have numbers in the tables. */
bool rollover_table_numbers(const struct rollover *r, const struct rollover_analysis *a,
			    const struct rollover_steps *s);

/* From the plan's beginning on; what was published before is left out, and that is said. */
void rollover_table_published(const struct rollover *r, const struct rollover_analysis *a,
			      bool numbers, FILE *out);

void rollover_table_steps(const struct rollover *r, const struct rollover_steps *s, bool numbers,
			  FILE *out);

/* The next instant after `t` at which something else is published. */
simtime rollover_next_change(const struct rollover_analysis *a, simtime t);

/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_text.h - what was found of a plan of rollovers, for people: the verdict and what comes
 * next, as wide as the terminal, and (rollover_table.h, 80 columns) what is published when and the
 * steps. */
#pragma once

#include <stdio.h>

#include "zones/rollover/rollover_next.h"

void rollover_print(const struct rollover *r, const struct rollover_analysis *a,
		    const struct rollover_steps *s, const struct rollover_nexts *n, FILE *out);

/* Its head alone: name, zone, TTLs and delays. */
void rollover_print_head(const struct rollover *r, FILE *out);

/* A finding, indented: from when until when, and what it is. */
void rollover_print_finding(const struct rollover *r, const struct rollover_finding *f, FILE *out);

/* "KSK 1 and KSK 2", of a set of keys. */
#define ROLLOVER_KEYS_TEXT 400
char *rollover_names_text(const struct rollover *r, uint64_t keys, char ret[ROLLOVER_KEYS_TEXT]);

/* "2026-05-05 19:19:00", "from the beginning" or "without end". Gives `text`. */
char *rollover_time_text(simtime t, char text[32]);

/* One sentence or two on a finding: what a cache has kept, what it meets, and which key would mend
 * it. */
void rollover_finding_text(const struct rollover *r, const struct rollover_finding *f, char *ret,
			   size_t size);

/* "DS of KSK 2 may replace that of KSK 1 from 2026-05-05 19:19:00 on". */
void rollover_next_text(const struct rollover *r, const struct rollover_next *n, char *ret,
			size_t size);

/* SPDX-License-Identifier: BSD-2-Clause */
/* progress.h - what a person sees while a cell runs.
 *
 * On a terminal one line that is written over: virtual time, speed, queries, SERVFAIL share now.
 * Otherwise a line an event and one for each twelfth of the scenario. All on stderr. */
#pragma once

#include <stdbool.h>

#include "sim/record/record.h"

struct progress {
	char who[96]; /* "unbound-none" */
	bool quiet, terminal, is_open;
	simtime from, to, next_line;
	double began, shown; /* machine seconds */
};

void progress_init(struct progress *p, const char *resolver, const char *mitigation, bool quiet,
		   bool terminal);
void progress_start(struct progress *p, simtime from, simtime to);
void progress_tick(struct progress *p, simtime now, struct record_totals totals);
void progress_event(struct progress *p, simtime at, const char *what);

/* In a cell of cases: the next one begins. */
void progress_case(struct progress *p, unsigned number, unsigned count, const char *name);

/* Ends a line that is being written over. */
void progress_stop(struct progress *p);

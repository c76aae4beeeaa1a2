/* SPDX-License-Identifier: BSD-2-Clause */
/* run.h - `sigfault run`: a matrix of cells, as many at once as asked, and what they left in one
 * folder.
 *
 * Each cell runs in a process of its own, pinned to a core. An interrupt is passed on once, so that
 * cells end with their records written; a second one ends them as they are. A resolver that cannot
 * have the clock library has its cell run again in real time. */
#pragma once

#include "harness/text/exit.h"
#include "sim/clock/clock.h"
#include "sim/language/scenario.h"

struct run_options {
	const char *scenario;
	char *resolvers; /* "unbound,FILE.lua,unbound=PATH"; "": the default */
	char *mitigations; /* "none,nta"; "all" for every one that a resolver offers */
	const char *folder; /* NULL: run-SCENARIO-N, the first that is free; with `cell` it holds
			       cell-N */
	struct scenario_options scenario_options;
	enum clock_mode clock;
	double speed;
	unsigned jobs; /* 0: one a core */
	unsigned cell; /* this one alone; 0: all of them */
	const char *baseline; /* folder of an earlier run, or NULL (baseline.h) */
	bool list_cells; /* print them, and run none */
	bool pcap, log_queries, quiet;
};

enum exit_status run_matrix(const struct run_options *o, struct err *e);

/* "virtual", "real" or "xN" (N > 0). -EINVAL. */
int run_parse_clock(const char *text, enum clock_mode *mode, double *speed, struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* run.h - a matrix of cells, as many at once as asked, and what they left in one folder.
 *
 * Each cell runs in a process of its own, pinned to a core. An interrupt is passed on once, so that
 * cells end with their records written; a second one ends them as they are. A resolver that cannot
 * have the clock library has its cell run again in real time.
 *
 * A run is prepared, which starts nothing, and then made. It writes its folder; what it came to and
 * why is asked of it afterwards, and drawing it is the caller's business. */
#pragma once

#include <stdio.h>

#include "harness/text/exit.h"
#include "sim/clock/clock.h"
#include "sim/language/scenario.h"

#define RUN_NAMES 4096

struct run_options {
	const char *scenario;
	char *resolvers; /* "unbound,FILE.lua,unbound=PATH"; "": the default */
	char *mitigations; /* "none,nta"; "all" for every one that a resolver offers; has room for
			      RUN_NAMES bytes where it is added to */
	const char *folder; /* NULL: run-SCENARIO-N, the first that is free; with `cell` it holds
			       cell-N */
	bool has_mitigations; /* they were named; else those whose time is swept are added */
	struct scenario_options scenario_options;
	const char *const *sweeps; /* "nta=15m,30m" (sweep.h) */
	unsigned sweep_count;
	enum clock_mode clock;
	double speed;
	unsigned jobs; /* 0: one a core */
	unsigned cell; /* this one alone; 0: all of them */
	const char *config; /* a user's own: a file or a folder; NULL (user_config.h) */
	bool ablate; /* a cell for each setting of it taken out */
	const char *metrics; /* a file for Prometheus, or NULL (metrics.h) */
	const char *signatures; /* a file that has those of earlier runs, or NULL (signatures.h) */
	const char *baseline; /* folder of an earlier run, or NULL (baseline.h) */
	bool pcap, log_queries, quiet;
	bool strict; /* what is otherwise than known of a resolver is a failure */
	simtime requests; /* how often request lists are sampled; 0: as counters are */
	simtime patience; /* CPU time of a resolver while the clock stands; 0: the clock's own */
	FILE *notes; /* what a user is told meanwhile: what is left out, progress */
};

struct run;

/* Reads the scenario and finds the cells. `o` is lent until run_free(), and so are its texts.
 * -ENOENT: the machine lacks a program; others: the scenario or an option is wrong. */
int run_prepare(const struct run_options *o, struct run **ret, struct err *e);
void run_free(struct run *run);
DEFINE_FREEP(struct run, run)

/* The cells, a line each (matrix_print()). */
void run_list(const struct run *run, FILE *out);
int run_list_json(const struct run *run, FILE *out, struct err *e);

/* Makes the folder and runs the cells, to their end. The worst that happened decides; from
 * EXIT_USAGE on the sentence says what it was. */
enum exit_status run_cells(struct run *run, struct err *e);

/* The folder, absolute; "" when none was made. */
const char *run_folder(const struct run *run);

/* Whether its record is whole, so that a report can be drawn. */
bool run_is_recorded(const struct run *run);

/* What became of cells that say nothing, where several do, and the last lines of the logs of
 * resolvers that ended or never answered. */
void run_print_failures(const struct run *run, FILE *out);

/* "virtual", "real" or "xN" (N > 0). -EINVAL. */
int run_parse_clock(const char *text, enum clock_mode *mode, double *speed, struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* recorded.h - runs as their folders tell them: run.json, and each cell's curve and figures.
 *
 * Several folders are one comparison: cells that ran on other machines, other builds, other seeds.
 * What they have in common (scenario, start and end, fault windows) is told by the first. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "harness/results/case_rows.h"
#include "harness/results/monitor_rows.h"
#include "harness/text/exit.h"
#include "harness/results/traffics.h"
#include "sim/base/simtime.h"

struct recorded_cell {
	json_t *json; /* of run.json, lent */
	const char *folder, *resolver, *version, *mitigation; /* lent by it */
	unsigned run; /* whose it is, in `dirs` */
	unsigned number; /* in that run's matrix; 0: its run.json does not tell */
	char *path; /* DIR/FOLDER */
	char *label; /* what columns call it: its folder, with DIR's in front where that is in two
			runs */
	char *row; /* the same of its resolver: the name of its row in a comparison, with the values of
			parameters that are swept: "unbound rate=20" */
	char *column; /* its mitigation, with the time that is swept: "nta=15m" */
	const json_t *sweep; /* what is swept, by key; NULL: nothing. Lent by `json` */
	struct curve *curve; /* NULL: it left none */
	struct case_rows *cases; /* NULL: it is no cell of cases, or left none */
	struct figures figures;
	struct monitor_sums monitors;
	struct traffic_figures *traffics; /* where there are several */
	unsigned traffic_count;
};

struct recorded {
	const char *const *dirs; /* lent */
	unsigned dir_count;
	json_t **runs; /* of each run.json */
	json_t *run; /* the first */
	simtime from;
	double span; /* seconds from `from` to `to` */
	struct figures_fault fault;
	struct recorded_cell *cells;
	unsigned cell_count;
	json_t *not_offered; /* of all runs: { resolver, mitigation, why } */
	unsigned missing; /* cells of their matrices that are in none of the runs */
	char **notes; /* what a reader has to be told beforehand: differences, what is missing,
			 unfinished, not offered */
	unsigned note_count;
	unsigned bins_a_point; /* of charts, in a long run; 0: one */
	bool strict; /* whatever the runs were: the reader asks for it, once all is loaded */
};

/* Lets go of what recorded_load() filled. */
void recorded_done(struct recorded *r);

/* Whether a key of a cell's `sweep` is the time of its mitigation, and no parameter. */
bool recorded_is_time(const struct recorded *r, const struct recorded_cell *c, const char *key);

/* Whether it is a setting of a user's configuration that was taken out. */
bool recorded_is_setting(const struct recorded *r, const struct recorded_cell *c, const char *key);

/* Whether a cell's run was made, or is to be told, with --strict. */
bool recorded_is_strict(const struct recorded *r, const struct recorded_cell *c);

/* Whether they are of a scenario with cases: then there are no curves and figures. */
bool recorded_has_cases(const struct recorded *r);

/* What the runs come to: EXIT_HELD, EXIT_NOT_HELD, or EXIT_INVALID when a cell is not valid, not
 * finished or missing. */
enum exit_status recorded_status(const struct recorded *r);

/* Strings, numbers and lists of JSON objects; what is missing is "", NAN and an empty list. */
const char *recorded_text(const json_t *object, const char *key);
double recorded_number(const json_t *object, const char *key);
json_t *recorded_list(const json_t *object, const char *key);
bool recorded_is_true(const json_t *object, const char *key);

/* An instant of run.json in seconds since the start: ISO 8601, or that number itself. NAN: it has
 * none. */
double recorded_instant(const struct recorded *r, const json_t *object, const char *key);

/* An instant for people, UTC: "19:31", "19:31:05" where that is not a whole minute, with the date,
 * "05-06 01:30", in a run of more than a day. Gives `text`. */
char *recorded_time_text(const struct recorded *r, double t, char text[32]);

/* Where a window ends; INFINITY: it does not. */
double recorded_window_end(const struct recorded *r, const json_t *window);

/* Whether the resolver saw a fault, and whether an expectation held. */
bool recorded_was_seen(const json_t *fault);
bool recorded_held(const json_t *expectation);

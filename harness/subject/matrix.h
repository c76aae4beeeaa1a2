/* SPDX-License-Identifier: BSD-2-Clause */
/* matrix.h - the cells of a run: every resolver under every mitigation that it offers, for every
 * value of what is swept; each of them, in a scenario with a fleet, as so many cells as it has caches.
 *
 * Cells have numbers, from 1, in the order of the mitigations, then of the values, then of the
 * resolvers as the command line names them, and then of the caches: the same command line makes the same matrix on every machine, so that
 * its cells can be run one by one anywhere. */
#pragma once

#include <stdio.h>

#include "harness/subject/chain.h"
#include "harness/subject/driver.h"
#include "harness/subject/fleet.h"
#include "harness/subject/sweep.h"

#define MATRIX_CELLS 2000
#define MATRIX_DRIVERS 32

struct matrix_cell {
	unsigned number;
	struct driver *driver; /* the matrix's */
	char mitigation[64];
	const struct sweep_point *point; /* with the cell's scenario; the sweep's */
	const struct chain *chain; /* of that scenario; the matrix's */
	char folder[256]; /* below the run's */
	struct fleet_cache cache; /* which of a fleet's it is */
	const char *
		fleet; /* what its fleet's sum is called, also its folder; the matrix's. NULL: none */
};

/* A pair that is left out: this resolver does not offer that mitigation. */
struct matrix_gap {
	struct driver *driver;
	char mitigation[64], why[512];
};

struct matrix {
	struct sweep *sweep; /* lent */
	struct chain chain; /* where the scenario has several resolvers */
	struct chain
		chains[SWEEP_POINTS]; /* the same at each point of the sweep, as these are met */
	const struct sweep_point *chained[SWEEP_POINTS]; /* which point that is */
	unsigned chain_count;
	struct driver *drivers[MATRIX_DRIVERS]; /* that are tried */
	unsigned driver_count;
	bool is_mixed; /* the drivers are of one fleet, in the shares that its plan has */
	struct matrix_cell cells[MATRIX_CELLS];
	unsigned cell_count;
	char fleets[MATRIX_CELLS][256]; /* names of sums */
	unsigned fleet_count;
	struct matrix_gap gaps[MATRIX_CELLS];
	unsigned gap_count;
};

/* Finds the resolvers: `resolvers` is "unbound,FILE.lua,unbound=PATH", or "" for the scenario's fleet's, or the default. `w` has
 * what is swept, which may be nothing, or is NULL; it is lent until matrix_done(), and its scenarios are the
 * cells'. -ENOPKG: a resolver's program is missing. -EINVAL: a name that nobody knows. matrix_done()
 * is the caller's either way. */
int matrix_load(struct matrix *ret, struct sweep *w, const char *resolvers, struct err *e);
void matrix_done(struct matrix *m);

/* Has the resolvers run with the user's configuration at `path`, and says on `out` what is laid over
 * it. -EINVAL: they are of several kinds, or it cannot be run. */
int matrix_use_config(struct matrix *m, const char *path, FILE *out, struct err *e);

/* Has cells for each setting of that configuration taken out. -EINVAL: there is none, or the driver
 * cannot. */
int matrix_ablate(struct matrix *m, struct err *e);

/* The name of a cell's row: its resolver's, or "powerdns+unbound" where its fleet has several. Gives
 * `ret`. */
#define MATRIX_ROW 256
char *matrix_row(const struct matrix *m, const struct matrix_cell *c, char ret[MATRIX_ROW]);

/* Makes the cells, when all is known that they are of: `mitigations` is "none,nta", where "all" stands
 * for every one that any of these resolvers offers. -EINVAL: a name that nobody knows, a pair that is
 * asked for twice, or no cell is left. */
int matrix_add_cells(struct matrix *m, const char *mitigations, struct err *e);

/* A line a cell: number, resolver, version ("-": it does not tell), mitigation, where something is
 * swept its values, "nta=15m rate=20" ("-": none), and in a fleet which cache it is and how old, "cache=3/20
 * age=12m", with tabs between them. */
void matrix_print(const struct matrix *m, FILE *out);

/* matrix_json.c: the same for machines, with what is left out (docs/schema/cells-1.json). */
int matrix_print_json(const struct matrix *m, FILE *out, struct err *e);

/* Says what is left out, and why. */
void matrix_print_gaps(const struct matrix *m, FILE *out);

/* Says which programs have another root than the machine's, and whose libc. */
void matrix_print_roots(const struct matrix *m, FILE *out);

/* Says which program does not tell its version, and why. */
void matrix_print_versions(const struct matrix *m, FILE *out);

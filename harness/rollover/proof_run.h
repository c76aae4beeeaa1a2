/* SPDX-License-Identifier: BSD-2-Clause */
/* proof_run.h - the run of a proof's scenario, and what its record has.
 *
 * Who proves something writes a scenario and runs it into a folder, as `sigfault run` does. Of each cell that was run
 * there he then reads what its clients got. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/text/exit.h"
#include "sim/base/err.h"
#include "sim/base/simtime.h"

struct proof_cell {
	const char *resolver, *version, *mitigation; /* "": it has none */
	char queries[PATH_MAX + 512]; /* its queries.db */
};

/* What came to a question. */
struct proof_answer {
	bool came; /* with: */
	uint8_t rcode;
	bool ad;
	int ede; /* -1: none */
};

/* In virtual time, with its queries logged. */
enum exit_status proof_run(const char *script, const char *folder, const char *resolvers,
			   const char *mitigations, struct err *e);

/* Gives `each` the cells that are in the folder of a run, `most` at most, until one is refused; what they say is lent
 * for the call. -EIO: the folder cannot be read. */
int proof_run_cells(const char *folder, unsigned most,
		    int (*each)(const struct proof_cell *cell, void *arg, struct err *e), void *arg,
		    struct err *e);

/* Gives `each` the questions of a cell, in the order in which they were sent. -EIO. */
int proof_run_answers(const struct proof_cell *cell,
		      void (*each)(const char *name, simtime sent, const struct proof_answer *a,
				   void *arg),
		      void *arg, struct err *e);

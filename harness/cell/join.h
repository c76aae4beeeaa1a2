/* SPDX-License-Identifier: BSD-2-Clause */
/* join.h - the caches of a fleet that ran one by one (--cell), put together: for reports.
 *
 * What one cell of a fleet left has no sum. Folders of such cells become one more folder of a run, as
 * it would be if all had been one run, and what the scenario expects is judged then: so its script
 * must still be where the run found it. */
#pragma once

#include <stdbool.h>

#include "sim/base/err.h"

struct joined {
	const char *
		*dirs; /* of runs: the new folder first, and those that have no such cells, lent */
	unsigned count;
	char folder[4096]; /* "": nothing was to be joined */
	bool is_temporary; /* it goes with joined_done() */
};

/* `into` is the new folder, which is made when it is absent; NULL: a temporary one. -EINVAL: they are
 * of different runs, or a cache is there twice. joined_done() is the caller's either way. */
int join_fleets(const char *const *dirs, unsigned count, const char *into, struct joined *ret,
		struct err *e);
void joined_done(struct joined *j);

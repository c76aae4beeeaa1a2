/* SPDX-License-Identifier: BSD-2-Clause */
/* ede_baseline.h - the cases of a cell held against those of an earlier run.
 *
 * A case is worse when it
 *	answers otherwise	its RCODE, its AD or whether it has data is not what it was: the fault is the same, so a person should look, whichever way it went
 *	misleads		it has a code that points the wrong way (ede_matrix.h) and had not, or is a failure without a code and
 *				had one
 *	hides its data		it was answered with CD set, and is not any more
 *	was not measured	in one of the two runs: it is not valid, or not there any more
 * Other codes than before are told, and held; so is a case that is new. What a question costs is
 * not judged. */
#pragma once

#include <jansson.h>

#include "harness/results/recorded.h"

/* How all cases fared, and then each that is worse or has changed, in the scenario's order: { case
 * (but for the first), text, held, message }. */
json_t *ede_baseline_judge(const struct recorded_cell *before, const struct recorded_cell *now);

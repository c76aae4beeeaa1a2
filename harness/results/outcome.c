/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/outcome.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/results/known.h"

static bool all_held(const json_t *list)
{
	json_t *verdict;
	size_t i;

	json_array_foreach((json_t *)list, i, verdict)
	{
		if (!json_is_true(json_object_get(verdict, "held")))
			return false;
	}
	return true;
}

enum exit_status outcome_of_cell(const json_t *cell, bool strict)
{
	int code = (int)json_integer_value(json_object_get(cell, "code"));

	if (!cell || code == -EINTR)
		return EXIT_INTERRUPTED;
	if (code < 0)
		/* A cell starts nothing but what was found: what is not there any more is gone. */
		return exit_is_environment(code) || code == -ENOENT ? EXIT_ENVIRONMENT
								    : EXIT_INVALID;
	return all_held(json_object_get(cell, "expectations")) &&
			       all_held(json_object_get(cell, "thresholds")) &&
			       !(strict && known_tally_of(cell).n[KNOWN_OTHERWISE])
		       ? EXIT_HELD
		       : EXIT_NOT_HELD;
}

enum exit_status outcome_worse(enum exit_status a, enum exit_status b)
{
	return a > b ? a : b;
}

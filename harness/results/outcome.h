/* SPDX-License-Identifier: BSD-2-Clause */
/* outcome.h - what a cell of run.json comes to, as an exit status: the one place that decides it,
 * for runs and for reports of them. */
#pragma once

#include <jansson.h>

#include "harness/text/exit.h"

/* EXIT_HELD, EXIT_NOT_HELD, EXIT_ENVIRONMENT, EXIT_INVALID or EXIT_INTERRUPTED. `strict`: what is
 * otherwise than known does not hold either. NULL: it was not run. */
enum exit_status outcome_of_cell(const json_t *cell, bool strict);

/* The worse of two. */
enum exit_status outcome_worse(enum exit_status a, enum exit_status b);

/* SPDX-License-Identifier: BSD-2-Clause */
/* plan.h - what `sigfault plan` prints: what a scenario means, without running it.
 *
 * The world (zones, keys, servers, populations), the traffic and the timeline, for 80 columns. */
#pragma once

#include <stdio.h>

#include "sim/language/scenario.h"

/* -EIO: `out` did not take it. */
int plan_print(const struct scenario *s, FILE *out, struct err *e);

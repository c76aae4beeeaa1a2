/* SPDX-License-Identifier: BSD-2-Clause */
/* result_hosts.h - what run.json says of the resolvers of a cell that has several. */
#pragma once

#include <jansson.h>

#include "harness/cell/result.h"

/* A list, one entry each; NULL: the scenario has one. `r` NULL: nothing is known of how it went. */
json_t *result_hosts(const struct result_cell *c, const struct scenario *s,
		     const struct cell_result *r);

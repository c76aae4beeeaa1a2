/* SPDX-License-Identifier: BSD-2-Clause */
/* list_json.h - the lists of what there is, for machines: `figures`, `resolvers`, `scenarios` and
 * `help` with --json. */
#pragma once

#include <stdio.h>

#include "harness/cli/command.h"
#include "sim/base/err.h"

int list_json_figures(FILE *out, struct err *e);
int list_json_resolvers(FILE *out, struct err *e);
int list_json_scenarios(FILE *out, struct err *e);
int list_json_rollovers(FILE *out, struct err *e);

/* All commands, or the one. */
int list_json_commands(const struct command *only, FILE *out, struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* league.h - versions of resolvers side by side: a table for each scenario and mitigation, with a
 * column a version and a row a figure.
 *
 * Its values are the figures of the cells (figures.h), and of cases their sums (ede_matrix.h), as the
 * runs' folders have them: nothing is computed here. It is the JSON document that it is written as
 * (docs/schema/league-1.json), so one that was kept is read and printed like one that was made. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "sim/base/err.h"

/* Reads runs, of one scenario or of several; or one document, the file of a league. -EINVAL: one of them
 * is neither, or a version has two runs of the same. */
int league_load(const char *const *paths, unsigned count, json_t **ret, struct err *e);

/* How a value is told: "1,204", "12.3 %", "3 h 46 min", "never", "–". Gives `text`. */
#define LEAGUE_TEXT 64
char *league_value_text(const char *figure, const json_t *value, char text[LEAGUE_TEXT]);

/* Whether a run of it is not valid: its values are missing. */
bool league_has_invalid(const json_t *league);

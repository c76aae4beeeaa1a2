/* SPDX-License-Identifier: BSD-2-Clause */
/* league_text.h - a league (harness/results/league.h) for people: a table for each scenario and
 * mitigation. */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "sim/base/err.h"

/* As wide as the terminal: versions that do not fit follow below. */
void league_print(const json_t *league, FILE *out);
int league_print_markdown(const json_t *league, FILE *out, struct err *e);

/* One page that fetches nothing. */
int league_print_html(const json_t *league, FILE *out, struct err *e);

/* Writes league.html, league.md and league.json into `folder`, which is made when it is absent. */
int league_write(const json_t *league, const char *folder, struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* figure_info.h - what there is to know of each figure: its name, unit, meaning, and how it is told
 * to people.
 *
 * One table. compare.csv, allow { }, the terminal, summary.md and report.html all go by it. */
#pragma once

#include <stddef.h>

struct figure; /* figures.h */
struct figures;

enum figure_unit { FIGURE_COUNT, FIGURE_SHARE, FIGURE_SECONDS, FIGURE_RATIO, FIGURE_BYTES };

/* Which way is better: for sentences, colours and baselines. */
enum figure_sense { FIGURE_NEUTRAL, FIGURE_LESS, FIGURE_MORE };

/* A row for each figure, in the order in which reports tell them. */
struct figure_info {
	const char *name; /* "servfail_share": in compare.csv, allow { } and JSON; it stays */
	const char *label; /* "SERVFAIL share", for people; at most 28 characters */
	enum figure_unit unit;
	enum figure_sense sense;
	size_t offset; /* in struct figures */
	const char *about; /* its definition, one sentence */
};

extern const struct figure_info figure_infos[];
extern const unsigned figure_info_count;

const struct figure *figures_get(const struct figures *f, const struct figure_info *i);

/* What two of a kind are compared by: what never happened took longest, and what was so already no
 * time. NAN: it was not measured. */
double figures_weight(const struct figure *f);

/* NULL: there is no figure of this name. */
const struct figure_info *figures_find(const char *name);

#define FIGURE_TEXT 64

/* "1,204,331", "0.04 %", "1 h 10 min", "× 2.50", "57.1 MB"; "–" when it is missing; "never in 3 h"
 * when it did not happen in that time, and "before it" or "under 1 % before it" when it was so
 * already. Gives `text`. */
char *figure_text(const struct figure_info *i, const struct figure *f, char text[FIGURE_TEXT]);

/* A share: only what was never seen is "0 %". */
char *figure_percent(double share, char text[FIGURE_TEXT]);

/* SPDX-License-Identifier: BSD-2-Clause */
/* summary.h - the figures of a comparison as text, for a terminal and for Markdown.
 *
 * Sentences first, then a matrix of the figures that matter most, resolvers down and mitigations
 * across, then all figures of all cells. A comparison of one cell has no matrix. */
#pragma once

#include <stdio.h>

#include "harness/results/recorded.h"
#include "harness/text/table.h"

/* Every figure of every cell: a row a figure, a column a cell. NULL: no memory. */
struct table *summary_table(const struct recorded *r);

/* Sentences, a line each and an empty one behind them, or nothing. -ENOMEM. */
int summary_print_sentences(const struct recorded *r, unsigned width, FILE *out, struct err *e);

/* The matrix, and the table of all figures where it fits into `width`. -ENOMEM. */
int summary_print(const struct recorded *r, unsigned width, FILE *out, struct err *e);

/* Sentences, matrix and all figures; with a matrix the latter are folded away, which GitHub and
 * GitLab know how to show. -ENOMEM. */
int summary_print_markdown(const struct recorded *r, FILE *out, struct err *e);

/* What each figure means, folded away in Markdown. */
void summary_print_definitions(FILE *out);

/* SPDX-License-Identifier: BSD-2-Clause */
/* ablated_text.h - which settings of a user's configuration mattered, as a table.
 *
 *	unbound, none                 user-minutes lost   what it saves
 *	all of them                   4,100               –
 *	without serve-expired         31,200              27,100
 *	without prefetch              4,100               no difference
 *	without module-config         not valid           – */
#pragma once

#include <stdio.h>

#include "harness/results/ablated.h"

/* What the setting of a row saves: "27,100", "no difference", "costs 120", "–". Gives `ret`. */
char *ablated_saves(const struct ablated_list *l, const struct ablated_row *row,
		    char ret[FIGURE_TEXT + 8]);

/* The figure; "not valid". Gives `ret`. */
char *ablated_value(const struct ablated_list *l, double y, char ret[FIGURE_TEXT]);

/* For a terminal of `width`, or for summary.md (WRAP_MARKDOWN). Nothing where no setting was taken
 * out. */
int ablated_print(const struct recorded *r, unsigned width, FILE *out, struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* swept_text.h - what a sweep says: its cells' curves in one drawing, a figure against the value, and
 * a sentence that is computed from the measured cells alone.
 *
 *	unbound, nta: user-minutes lost
 *	  none                31,200 ########################################
 *	  nta=15m   19:46      4,100 #####
 *	  nta=1h    20:31     12,300 ################
 *	unbound, nta: from 19:46 to 20:31 each ten minutes earlier saves 1,822 user-minutes (4,100,
 *	12,300); from 20:45 on nothing is saved (31,200 where nothing is done). */
#pragma once

#include "harness/results/swept.h"

/* The sentence, to be freed; NULL: no memory. "" where too little was measured. */
char *swept_sentence(const struct recorded *r, const struct swept_list *l, const struct swept *s);

/* For a terminal of `width`, or for summary.md (WRAP_MARKDOWN). Nothing where nothing was swept. */
int swept_print(const struct recorded *r, unsigned width, FILE *out, struct err *e);

/* How many cells of a series a drawing can tell apart. */
#define SWEPT_CURVES 35

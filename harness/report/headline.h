/* SPDX-License-Identifier: BSD-2-Clause */
/* headline.h - a run in a sentence for people who are not engineers, and why its exit status is
 * what it is.
 *
 *	Of 500 clients 500 failed at least once; 26,200 user-minutes lost.
 *	Exit 1: 2 of 44 expectations did not hold, in knot-none.
 *
 * Of several cells the one that lost least and the one that lost most are told, by user-minutes. */
#pragma once

#include <stdio.h>

#include "harness/results/recorded.h"

#define HEADLINE_TEXT 256

/* "of 500 clients 500 failed at least once; 26,200 user-minutes lost"; false: it was not
 * measured. */
bool headline_cell(const struct figures *f, char ret[HEADLINE_TEXT]);

#define HEADLINE_ALL 2048

/* The sentence; of a run of cases how far the resolvers differ. -ENOMEM. */
int headline_text(const struct recorded *r, char ret[HEADLINE_ALL], struct err *e);

/* The same as a line. */
int headline_print(const struct recorded *r, unsigned width, FILE *out, struct err *e);

/* Why the exit status is what recorded_status() says: one line, or with `all` each reason in
 * full, what is otherwise than known among them, and then nothing where all held. */
void headline_reasons(const struct recorded *r, bool all, unsigned width, FILE *out);

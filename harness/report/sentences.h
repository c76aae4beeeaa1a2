/* SPDX-License-Identifier: BSD-2-Clause */
/* sentences.h - what a comparison says, in plain sentences with their numbers.
 *
 * First who lost most and least where nothing was done; then, for each mitigation, what it bought
 * and what it cost against `none` of the same resolver in the same run:
 *
 *	nta bought unbound 61 % fewer SERVFAIL answers (1,204,331 to 467,001) and 1 h 2 min instead of 3 h 40 min
 *	at 1 % SERVFAIL and more; it cost 9,120 answers accepted without validation.
 *
 * Resolvers for which a mitigation changed nothing share a sentence. A difference of two counts is
 * nothing when it is not above 1 % of the larger one, or not above the root of their sum, which
 * chance alone would do to independent events (the same questions are asked in both runs: it does
 * less); one of times when it is below a minute or not above 5 % of the longer one. What is not
 * offered is told by the notes of the recorded. All is computed from the figures (figures.h), and of
 * a negative trust anchor it is said when it was set and took hold (anchor.h). */
#pragma once

#include "harness/results/recorded.h"

struct sentence {
	char *text; /* one line, UTF-8 */
	const char *mitigation; /* "": it speaks of none; lent by the recorded */
	const char *resolver; /* "": it speaks of several; lent by the recorded */
};

struct sentences {
	struct sentence *list; /* in the order in which they are told */
	unsigned count;
};

/* NULL: no memory. A comparison of which nothing can be said has no sentences. */
struct sentences *sentences_new(const struct recorded *r);
void sentences_free(struct sentences *s);
DEFINE_FREEP(struct sentences, sentences)

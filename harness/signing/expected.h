/* SPDX-License-Identifier: BSD-2-Clause */
/* expected.h - what a scenario expects of a signer's life, judged on the record of it when it is over.
 *
 * Each function given to SIGNER:expect() is called with a table:
 *	driver, version, last		who it was, and the instant to which it came
 *	versions, ksks, zsks, ds	how many were published, or were ever there; changes of the DS
 *	expired, transfers_failed, acts_failed
 *	bogus		a list: the rows of bogus.csv, `until` called `to`, with `seconds` where it ended
 *	bogus_seconds	for how long some cache was bogus
 *	margins		seconds, by the step's name
 *	events		the rows of events.csv
 * Instants are texts like "2026-01-31T02:00:00Z", which sort. */
#pragma once

#include <stdio.h>

#include "harness/signing/signing.h"

/* Tells each to `out`, and counts those that did not hold. -EIO and others: the record cannot be read. */
int expected_judge(struct scenario *s, unsigned signer, const struct driver *d, const char *folder,
		   const struct signing_result *life, FILE *out, unsigned *ret_failed,
		   struct err *e);

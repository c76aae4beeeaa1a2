/* SPDX-License-Identifier: BSD-2-Clause */
/* compare.h - compare.csv: a row a cell, a column a figure (figure_info.h), for spreadsheets and
 * scripts.
 *
 *	cell,resolver,version,mitigation,valid,servfail_share,…
 *	unbound-none,unbound,1.17.1,none,yes,0.1942,…
 *	,bind,,nta-flush,not offered,,…
 *
 * Shares are 0 … 1, durations seconds, sizes bytes. A figure that was not measured is empty, one
 * that did not happen while it was looked for is "never", and one that was so before the event is
 * "already". Mitigations that a resolver lacks come last, without a cell. RFC 4180, lines end with
 * LF. */
#pragma once

#include <stdio.h>

#include "harness/results/recorded.h"

/* -EIO: `out` does not take it. */
int compare_write(const struct recorded *r, FILE *out, struct err *e);

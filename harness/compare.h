/* compare.h - compare.csv: a row a cell, a column a figure (figures.h), for spreadsheets and scripts.
 *
 *	cell,resolver,version,mitigation,valid,servfail_share,…
 *	unbound-none,unbound,1.17.1,none,yes,0.1942,…
 *
 * Shares are 0 … 1, durations seconds. A figure that was not measured is empty. */
#pragma once

#include <stdio.h>

#include "harness/recorded.h"

/* -EIO: `out` does not take it. */
int compare_write(const struct recorded *r, FILE *out, struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* lookout.h - the operators of a scenario's watches, in a cell: what they see, and when they act.
 *
 * At each multiple of a watch's `every` its function is called with `seen`, which tells of the
 * interval that has just ended and of those before (tally.h), and of probes (prober.h). What it
 * wants done comes out of lookout_next(), one action at a time, for the cell to carry out. The
 * resolver is never ahead of such an instant: the cell waits for it as for an event of the
 * timeline.
 *
 * A cell that nobody watches has none: NULL, which every function but lookout_free() takes for
 * "nothing to do". */
#pragma once

#include "harness/clients/prober.h"

struct lookout;

/* NULL in *ret: there is no watch for this mitigation's cells. All is lent and outlives the
 * lookout. */
int lookout_new(struct scenario *s, const char *mitigation, struct prober *prober,
		struct lookout **ret, struct err *e);
void lookout_free(struct lookout *w);
DEFINE_FREEP(struct lookout, lookout)

/* Whether any watch is for this mitigation's cells. */
bool lookout_wanted(const struct scenario *s, const char *mitigation);

/* A query's outcome is known; `lookout` is a struct lookout (stub_tell()). */
void lookout_outcome(const struct record_query *q, void *lookout);

/* When the next function is to be called; SIMTIME_NEVER at the scenario's end. */
simtime lookout_due(const struct lookout *w);

/* The next thing that an operator does at `now` or before. 1: it is in *ret; 0: nothing more.
 * -EINVAL: a function failed, file:line. */
int lookout_next(struct lookout *w, simtime now, struct event *ret, struct err *e);

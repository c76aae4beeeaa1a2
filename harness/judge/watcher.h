/* SPDX-License-Identifier: BSD-2-Clause */
/* watcher.h - the operators of a scenario's watches, in a cell: what they see, and when they act.
 *
 * At each multiple of a watch's `every` its function is called with `seen`, which tells of the
 * interval that has just ended and of those before (tally.h), and of probes (prober.h). What it
 * wants done comes out of watcher_next(), one action at a time, for the cell to carry out. The
 * resolver is never ahead of such an instant: the cell waits for it as for an event of the
 * timeline.
 *
 * A cell that nobody watches has none: NULL, which every function but watcher_free() takes for
 * "nothing to do". */
#pragma once

#include "harness/clients/prober.h"

struct watcher;

/* NULL in *ret: there is no watch for this mitigation's cells. All is lent and outlives the
 * watcher. */
int watcher_new(struct scenario *s, const char *mitigation, struct prober *prober,
		struct watcher **ret, struct err *e);
void watcher_free(struct watcher *w);
DEFINE_FREEP(struct watcher, watcher)

/* Whether any watch is for this mitigation's cells. */
bool watcher_wanted(const struct scenario *s, const char *mitigation);

/* A query's outcome is known; `watcher` is a struct watcher (stub_tell()). */
void watcher_outcome(const struct record_query *q, void *watcher);

/* When the next function is to be called; SIMTIME_NEVER at the scenario's end. */
simtime watcher_due(const struct watcher *w);

/* The next thing that an operator does at `now` or before. 1: it is in *ret; 0: nothing more.
 * -EINVAL: a function failed, file:line. */
int watcher_next(struct watcher *w, simtime now, struct event *ret, struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* sum.h - the records of several caches as one: what all their clients together got.
 *
 * In the folder of the sum are the files of a cell, so that whatever reads a cell reads it: curve.csv,
 * ede.csv, upstream.csv and events.csv, row by row added up, and of metrics.csv what can be. A name
 * counts once for each cache that it was asked of, and so does a client, of which each cache has its
 * own. And band.csv, how far the single caches lie apart:
 *
 *	t,utc,column,caches,min,lower_quartile,median,upper_quartile,max
 *	24300,2026-05-05T19:30:00Z,servfail,20,0.021,0.033,0.18,0.52,0.871
 *
 * Each is a share of that cache's own queries of the bin; caches that were asked nothing then do not
 * count. Quartiles are those of Tukey's hinges: medians of the halves. */
#pragma once

#include "sim/base/err.h"
#include "sim/base/simtime.h"

/* Makes the folder `into`, from the folders of `count` cells of one scenario that begins at `from`.
 * -EINVAL: a file is not what it should be. */
int sum_files(const char *const *folders, unsigned count, simtime from, const char *into,
	      struct err *e);

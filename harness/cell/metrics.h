/* SPDX-License-Identifier: BSD-2-Clause */
/* metrics.h - a run's numbers for Prometheus, while it goes on and at its end.
 *
 * One file, written aside and renamed, so that whoever reads it finds a whole one at every moment:
 *
 *	# HELP sigfault_client_queries_total Queries that clients sent, retries included.
 *	sigfault_client_queries_total{scenario="minute",cell="unbound-nta",resolver="unbound",mitigation="nta"} 4512
 *	# TYPE sigfault_resolver_resident_memory_bytes gauge
 *	# UNIT sigfault_resolver_resident_memory_bytes bytes
 *	# HELP sigfault_resolver_resident_memory_bytes …
 *	…
 *	# EOF
 *
 * It is OpenMetrics 1.0 and Prometheus' older text format at once, since the textfile collector reads
 * the older: what only grows is called _total and has no TYPE, for which the two want different names.
 * docs/formats.md lists them. */
#pragma once

#include "harness/cell/progress.h"
#include "sim/base/cleanup.h"

struct metrics;

/* For `count` cells of a scenario; writes the file, so that a wrong path is told before the run. */
int metrics_new(const char *path, const char *scenario, unsigned count, struct metrics **ret,
		struct err *e);
void metrics_free(struct metrics *m);
DEFINE_FREEP(struct metrics, metrics)

/* A cell, by its number from 0, begins; it has told something; it is over. */
void metrics_begin(struct metrics *m, unsigned cell, const char *name, const char *resolver,
		   const char *mitigation);
void metrics_take(struct metrics *m, const struct progress_message *msg);
void metrics_end(struct metrics *m, unsigned cell);

/* Writes the file for the last time, with the figures that the run's folder has. */
int metrics_finish(struct metrics *m, const char *folder, struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* figures_files.h - the figures that stand in a cell's metrics.csv, upstream.csv, asked.csv and ede.csv. */
#pragma once

#include "harness/results/figures.h"

/* Stretches of the run that figures speak of: seconds since its start. */
struct figures_span {
	bool has_fault; /* and the record reaches it; else only `since` holds */
	double since; /* what is counted "from the fault on" begins here; INFINITY: nothing is */
	double hour_before; /* … to `since`: the hour before the fault, what there is of it */
	double from, until; /* the fault, within the record */
};

/* As figures_compute(). */
int figures_from_metrics(const char *folder, const struct figures_span *s, struct figures *f,
			 struct err *e);
int figures_from_upstream(const char *folder, const struct figures_span *s,
			  const struct figures_fault *fault, struct figures *f, struct err *e);

/* Of one traffic; of the second that may be NULL: of all. */
int figures_from_asked(const char *folder, const struct figures_span *s, const char *traffic,
		       struct figures *f, struct err *e);
int figures_from_ede(const char *folder, const struct figures_span *s, bool is_dnssec,
		     const char *traffic, struct figures *f, struct err *e);

/* Of all monitors together; `until` is the fault's own end, which may lie behind the record's `end`. */
int figures_from_monitors(const char *folder, const struct figures_span *s, double until,
			  double end, struct figures *f, struct err *e);

/* What resolvers reported to agents. */
int figures_from_reports(const char *folder, const struct figures_span *s, struct figures *f,
			 struct err *e);

/* Opens a file of the cell; *ret stays NULL when there is none, which is no error. */
struct csv;
int figures_open(const char *folder, const char *name, struct csv **ret, struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* figures_reports.c - the figures of what resolvers reported to zones' agents (RFC 9567). */
#include "harness/results/figures_files.h"

#include <errno.h>
#include <math.h>

#include "harness/results/csv.h"

static void set(struct figure *f, double v)
{
	*f = (struct figure){ FIGURE_VALUE, v };
}

int figures_from_reports(const char *folder, const struct figures_span *s, struct figures *f,
			 struct err *e)
{
	double t, minute = -1, count = 0, in_minute = 0, most = 0, first = (double)NAN;
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = figures_open(folder, "reports.csv", &csv, e);

	if (rc < 0 || !csv)
		return rc;
	while ((rc = csv_next(csv, e)) == 1) {
		rc = csv_time(csv, &t, e);
		if (rc < 0)
			return rc;
		in_minute = floor(t / 60) > minute ? 1 : in_minute + 1;
		minute = floor(t / 60);
		most = fmax(most, in_minute);
		count++;
		if (s->has_fault && t >= s->from && isnan(first))
			first = t - s->from;
	}
	if (rc < 0)
		return rc;
	set(&f->reports, count);
	set(&f->reports_peak, most);
	if (s->has_fault && isnan(first))
		f->first_report = (struct figure){ FIGURE_NEVER, s->until - s->from };
	else if (s->has_fault)
		set(&f->first_report, first);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* figures_monitors.c - the figures of monitors: what all of them together said. */
#include "harness/results/figures_files.h"

#include <math.h>

#include "harness/results/monitor_rows.h"

static void set(struct figure *f, double v)
{
	*f = (struct figure){ FIGURE_VALUE, v };
}

/* The first of all; one that says nothing new is none. */
static void tell_first(const struct monitor_sums *sums, const struct figures_span *s,
		       struct figure *ret)
{
	double first = (double)NAN;

	for (unsigned i = 0; i < sums->count; i++)
		first = fmin(first, sums->list[i].first_alarm);
	if (isnan(first))
		*ret = (struct figure){ FIGURE_NEVER, s->until - s->from };
	else
		set(ret, first);
}

/* The last that is well again, of those that said alarm. */
static void tell_over(const struct monitor_sums *sums, const struct figures_span *s, double end,
		      struct figure *ret)
{
	double last = (double)NAN;

	for (unsigned i = 0; i < sums->count; i++) {
		const struct monitor_sum *m = &sums->list[i];

		if (isnan(m->first_alarm))
			continue;
		last = isnan(m->cleared) ? (double)INFINITY : fmax(last, m->cleared);
		if (isinf(last))
			break;
	}
	if (isinf(last))
		*ret = (struct figure){ FIGURE_NEVER, end - s->until };
	else if (!isnan(last))
		set(ret, last);
}

int figures_from_monitors(const char *folder, const struct figures_span *s, double until,
			  double end, struct figures *f, struct err *e)
{
	struct monitor_sums sums;
	unsigned false_alarms = 0;
	int rc = monitor_sums_load(folder, s->has_fault ? s->from : (double)INFINITY,
				   s->has_fault ? until : (double)INFINITY, &sums, e);

	if (rc < 0 || !sums.count)
		return rc;
	for (unsigned i = 0; i < sums.count; i++)
		false_alarms += sums.list[i].false_alarms;
	set(&f->false_alarms, false_alarms);
	if (s->has_fault)
		tell_first(&sums, s, &f->first_alarm);
	if (s->has_fault && until < end)
		tell_over(&sums, s, end, &f->alarm_over);
	monitor_sums_done(&sums);
	return 0;
}

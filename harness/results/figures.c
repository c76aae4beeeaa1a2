/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/figures.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "harness/results/figures_files.h"
#include "harness/results/operations.h"
#include "sim/language/timeline.h"

#define HOUR_BEFORE 3600.0
#define BACK_TO_NORMAL 0.01

static struct figure value(double v)
{
	return (struct figure){ isnan(v) ? FIGURE_MISSING : FIGURE_VALUE, isnan(v) ? 0 : v };
}

/* What all figures of one cell look at. */
struct basis {
	const struct curve *curve;
	unsigned class; /* CURVE_ALL, or a traffic's */
	unsigned servfail;
	double minute, step; /* a minute, ten seconds; or a bin when bins are longer */
	double end; /* of the record */
	double from, until; /* of the fault, the latter within the record */
	double calm; /* the end of the last bin that lies before the fault as a whole */
	bool has_fault; /* a fault is known, and the record reaches it */
};

static double share(const struct basis *v, double from, double to)
{
	return curve_share(v->curve, v->class, v->servfail, from, to);
}

static double hour_before(const struct basis *v)
{
	return v->from > HOUR_BEFORE ? v->from - HOUR_BEFORE : 0;
}

/* Where the bin begins that an instant falls into. */
static double bin_of(const struct curve *c, double t)
{
	double first = (double)c->t[0], bin = (double)c->bin;

	return first + floor((t - first) / bin) * bin;
}

static struct figure share_after(const struct basis *v, double seconds)
{
	double at = v->from + seconds;

	/* With long bins: the bin that `at` falls into, wherever it began. */
	if (v->curve->bin > 60)
		at = bin_of(v->curve, at);
	return value(share(v, at, at + v->minute));
}

static struct figure time_to(const struct basis *v, double threshold)
{
	if (share(v, hour_before(v), v->calm) >= threshold)
		return (struct figure){ FIGURE_ALREADY, 0 };
	for (double at = v->from; at < v->until; at += v->step)
		if (share(v, at, at + v->step) >= threshold)
			return value(at + v->step - v->from);
	return (struct figure){ FIGURE_NEVER, v->until - v->from };
}

/* How long after an event the share is back under 1 %. ALREADY: it was so just before. */
static struct figure time_back(const struct basis *v, double event)
{
	if (event >= v->end)
		return (struct figure){ FIGURE_MISSING, 0 };
	if (share(v, event - v->step, event) < BACK_TO_NORMAL)
		return (struct figure){ FIGURE_ALREADY, 0 };
	for (double at = event; at < v->end; at += v->step)
		if (share(v, at, at + v->step) < BACK_TO_NORMAL)
			return value(at - event);
	return (struct figure){ FIGURE_NEVER, v->end - event };
}

static void find_peak(const struct basis *v, struct figures *f)
{
	for (double at = 0; at < v->end; at += v->minute) {
		double s = share(v, at, at + v->minute);

		if (isnan(s) || (f->peak.kind == FIGURE_VALUE && s <= f->peak.value))
			continue;
		f->peak = value(s);
		f->peak_at = value(at);
	}
}

/* All steps from the fault on, and their length. */
static struct figure time_over(const struct basis *v, double threshold)
{
	double sum = 0;

	for (double at = v->calm; at < v->end; at += v->step)
		sum += share(v, at, at + v->step) >= threshold ? v->step : 0;
	return value(sum);
}

static struct figure sum_of(const struct basis *v, int column, double from)
{
	int64_t sum;

	curve_sum(v->curve, v->class, (unsigned)column, from, INFINITY, &sum);
	return value((double)sum);
}

static int count_answers(const struct basis *v, double since, struct figures *f, struct err *e)
{
	int retries = curve_column(v->curve, "retries", e);
	int stale = curve_column(v->curve, "stale", e);
	int wrong = curve_column(v->curve, "wrong", e);
	int cd = curve_class(v->curve, "cd", NULL); /* of newer runs */

	if (retries < 0 || stale < 0 || wrong < 0)
		return -EINVAL;
	f->queries = sum_of(v, 0, 0);
	f->retries = sum_of(v, retries, 0);
	f->wrong = sum_of(v, wrong, 0);
	if (isinf(since))
		return 0;
	f->servfail_share = value(share(v, since, INFINITY));
	f->servfail = sum_of(v, (int)v->servfail, since);
	f->stale = sum_of(v, stale, since);
	if (v->has_fault)
		f->stale_share =
			value(curve_share(v->curve, v->class, (unsigned)stale, v->from, v->until));
	if (v->has_fault && cd >= 0 && v->class == CURVE_ALL)
		f->cd_servfail_share =
			value(curve_share(v->curve, (unsigned)cd, v->servfail, v->from, v->until));
	return 0;
}

static void follow_share(const struct basis *v, double repair, struct figures *f)
{
	f->before = value(share(v, hour_before(v), v->calm));
	f->at_1min = share_after(v, 60);
	f->at_1h = share_after(v, 3600);
	f->at_2h = share_after(v, 7200);
	f->to_10 = time_to(v, 0.1);
	f->to_50 = time_to(v, 0.5);
	f->over_1 = time_over(v, BACK_TO_NORMAL);
	f->after_repair = time_back(v, repair);
	if (repair < v->end)
		f->lingering = sum_of(v, (int)v->servfail, repair);
}

/* When no anchor stands any more, after the fault. NEVER: one does at the record's end. */
static struct figure time_left(const struct basis *v, const struct operations *o, double repair)
{
	double last = repair;
	bool any = false;

	for (unsigned i = 0; i < o->count; i++) {
		const struct operation_done *set = &o->list[i], *gone;

		if (operation_by_name(set->name) != OPERATION_NTA)
			continue;
		any = true;
		gone = operations_after(o, set, operation_name(OPERATION_NTA_REMOVE));
		if (!gone)
			return (struct figure){ FIGURE_NEVER, v->end - repair };
		last = gone->t > last ? gone->t : last;
	}
	return any ? value(last - repair) : (struct figure){ FIGURE_MISSING, 0 };
}

/* What an operator's trust anchors did. Older runs do not tell which of an operator's events are of
 * trust anchors. */
static int from_events(const char *folder, const struct basis *v, double repair, struct figures *f,
		       struct err *e)
{
	_cleanup_(operations_freep) struct operations *o = NULL;
	const struct operation_done *first;
	int rc = operations_load(folder, &o, e);

	if (rc < 0)
		return rc;
	f->operations_untold = o->untold;
	first = operations_first(o, operation_name(OPERATION_NTA));
	if (first)
		f->after_nta = time_back(v, first->t);
	if (v->has_fault && repair < v->end && v->class == CURVE_ALL)
		f->nta_left = time_left(v, o, repair);
	return 0;
}

static struct basis view_of(const struct curve *curve, const struct figures_fault *fault,
			    unsigned class, unsigned servfail)
{
	struct basis v = { .curve = curve, .class = class, .servfail = servfail };

	v.minute = curve->bin > 60 ? (double)curve->bin : 60;
	v.step = curve->bin > 10 ? (double)curve->bin : 10;
	v.end = (double)curve_end(curve);
	v.from = fault->from;
	v.calm = bin_of(curve, v.from);
	v.until = fault->until < v.end ? fault->until : v.end;
	v.has_fault = fault->is_known && v.from < v.end;
	return v;
}

static int from_files(const char *folder, const struct figures_span *span, double end,
		      const struct figures_fault *fault, struct figures *f, struct err *e)
{
	int rc = figures_from_metrics(folder, span, f, e);

	if (rc == 0)
		rc = figures_from_reports(folder, span, f, e);
	if (rc == 0)
		rc = figures_from_monitors(folder, span, fault->until, end, f, e);
	return rc == 0 ? figures_from_upstream(folder, span, fault, f, e) : rc;
}

/* `traffic` NULL: of all. */
static int compute(const char *folder, const struct basis *v, const struct figures_fault *fault,
		   const char *traffic, struct figures *ret, struct err *e)
{
	struct figures_span span = { .has_fault = false };
	int rc;

	if (v->has_fault)
		span = (struct figures_span){ true, v->calm, hour_before(v), v->from, v->until };
	else if (fault->is_known)
		span.since = INFINITY; /* the record ends before it: nothing is counted */
	rc = count_answers(v, span.since, ret, e);
	if (rc < 0)
		return rc;
	find_peak(v, ret);
	if (v->has_fault)
		follow_share(v, fault->until, ret);
	rc = traffic ? figures_from_asked(folder, &span, traffic, ret, e)
		     : from_files(folder, &span, v->end, fault, ret, e);
	if (rc == 0)
		rc = figures_from_ede(folder, &span, fault->is_dnssec, traffic, ret, e);
	return rc == 0 ? from_events(folder, v, fault->until, ret, e) : rc;
}

int figures_compute(const char *folder, const struct curve *curve,
		    const struct figures_fault *fault, struct figures *ret, struct err *e)
{
	int servfail = curve_column(curve, "servfail", e);
	struct basis v;

	*ret = (struct figures){ 0 };
	if (servfail < 0 || curve->count == 0)
		return servfail < 0 ? servfail : 0;
	v = view_of(curve, fault, CURVE_ALL, (unsigned)servfail);
	return compute(folder, &v, fault, NULL, ret, e);
}

int figures_of_traffic(const char *folder, const struct curve *curve,
		       const struct figures_fault *fault, const char *traffic, struct figures *ret,
		       struct err *e)
{
	int servfail = curve_column(curve, "servfail", e), class = curve_class(curve, traffic, e);
	struct basis v;

	*ret = (struct figures){ 0 };
	if (servfail < 0 || class < 0)
		return -EINVAL;
	if (curve->count == 0)
		return 0;
	v = view_of(curve, fault, (unsigned)class, (unsigned)servfail);
	return compute(folder, &v, fault, traffic, ret, e);
}

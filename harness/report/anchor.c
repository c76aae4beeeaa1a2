/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/anchor.h"

#include <math.h>
#include <string.h>

#include "harness/results/csv.h"
#include "harness/results/operations.h"

#define TOGETHER 60 /* seconds between a flush and an anchor that belong together */

static double first_flush(const struct operations *o, double since)
{
	for (unsigned i = 0; i < o->count; i++)
		if (o->list[i].t >= since - TOGETHER && strncmp(o->list[i].name, "flush", 5) == 0)
			return o->list[i].t;
	return (double)NAN;
}

/* The first bin from `since` on in which a counter that was 0 grew; NAN: none, or it was not 0. */
static double first_growth(const struct csv *csv, const unsigned columns[2], const char *counter,
			   double since, bool *ended)
{
	double t, v;

	if (strcmp(csv_text(csv, columns[0]), counter) != 0 || csv_time(csv, &t, NULL) < 0 ||
	    csv_number(csv, columns[1], &v, NULL) < 0 || v <= 0)
		return (double)NAN;
	*ended = true;
	return t >= since ? t : (double)NAN;
}

/* Damaged files were refused when the figures were computed: here they tell nothing. */
static double find_hold(const struct recorded_cell *c, double set, double bin)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	double hold = NAN;
	bool ended = false;
	int name, value;

	if (csv_open(c->path, "metrics.csv", &csv, NULL) < 0)
		return (double)NAN;
	name = csv_column(csv, "name", NULL);
	value = csv_column(csv, "value", NULL);
	if (name < 0 || value < 0)
		return (double)NAN;
	while (!ended && csv_next(csv, NULL) == 1)
		hold = first_growth(csv, (unsigned[]){ (unsigned)name, (unsigned)value },
				    "unvalidated_answers", set - bin, &ended);
	return hold;
}

bool anchor_find(const struct recorded_cell *c, struct anchor *ret)
{
	_cleanup_(operations_freep) struct operations *o = NULL;
	double bin = c->curve ? (double)c->curve->bin : 0;
	const struct operation_done *nta;

	if (operations_load(c->path, &o, NULL) < 0)
		return false;
	nta = operations_first(o, "nta");
	if (!nta)
		return false;
	*ret = (struct anchor){ .set = nta->t,
				.flush = first_flush(o, nta->t),
				.hold = find_hold(c, nta->t, bin),
				.bin = bin };
	return true;
}

static const char *span_text(double seconds, char text[32])
{
	return simtime_duration_text(simtime_of_seconds(seconds), text);
}

/* When the first server was well again; NAN: it is not known, or all were at once. */
static double first_mended(const struct recorded *r)
{
	double first = NAN;
	json_t *window;
	size_t i;

	json_array_foreach(recorded_list(r->run, "windows"), i, window) first =
		fmin(first, recorded_instant(r, window, "mended"));
	return first;
}

static void print_set(const struct recorded *r, double set, FILE *out)
{
	double mended = first_mended(r);
	char at[32], span[32];

	fprintf(out, "It was set at %s", recorded_time_text(r, set, at));
	if (!r->fault.is_known)
		return;
	if (set < r->fault.from)
		fprintf(out, ", %s before the fault", span_text(r->fault.from - set, span));
	else if (set >= r->fault.until)
		fprintf(out, ", %s after the last server was mended",
			span_text(set - r->fault.until, span));
	else if (set >= mended)
		fprintf(out, ", %s after the first server was mended",
			span_text(set - mended, span));
	else
		fprintf(out, ", %s into the fault", span_text(set - r->fault.from, span));
}

static void print_flush(const struct recorded *r, const struct anchor *a, FILE *out)
{
	char at[32];

	if (isnan(a->flush))
		fprintf(out, ", and without a flush");
	else if (fabs(a->flush - a->set) <= TOGETHER)
		fprintf(out, ", and with a flush");
	else
		fprintf(out, ", and the flush came at %s", recorded_time_text(r, a->flush, at));
}

void anchor_print(const struct recorded *r, const struct anchor *a, FILE *out)
{
	double late = a->hold - a->set;
	char at[32], span[32];

	print_set(r, a->set, out);
	print_flush(r, a, out);
	if (late <= a->bin)
		fprintf(out, "; it took hold at once");
	else if (late > a->bin)
		fprintf(out, "; it took hold at %s, %s later%s", recorded_time_text(r, a->hold, at),
			span_text(late, span),
			isnan(a->flush) ? ", when what the cache held had run out" : "");
	fprintf(out, ".");
}

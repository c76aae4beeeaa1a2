/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/carried.h"

#include <math.h>
#include <string.h>

/* The sum of a column over the fault, of a class; 0 where it is not there. */
static double sum_of(const struct recorded *r, const struct curve *curve, int class,
		     const char *name)
{
	int column = curve_column(curve, name, NULL);
	int64_t sum = 0;

	if (class >= 0 && column >= 0)
		curve_sum(curve, (unsigned)class, (unsigned)column, r->fault.from, r->fault.until,
			  &sum);
	return (double)sum;
}

/* NOERROR and NXDOMAIN over queries; NAN: nothing was asked. */
static double answered(const struct recorded *r, const struct curve *curve, int class)
{
	double queries = sum_of(r, curve, class, "queries");
	double good = sum_of(r, curve, class, "noerror") + sum_of(r, curve, class, "nxdomain");

	return queries > 0 ? good / queries : (double)NAN;
}

static double from_cache(const struct recorded *r, const struct curve *curve)
{
	double cached =
		sum_of(r, curve, CURVE_ALL, "cached") + sum_of(r, curve, CURVE_ALL, "stale");
	double all = cached + sum_of(r, curve, CURVE_ALL, "fresh");

	return all > 0 ? cached / all : (double)NAN;
}

static void add_share(char *ret, const char *before, double share, const char *behind)
{
	size_t len = strlen(ret);
	char text[FIGURE_TEXT];

	if (!isnan(share))
		snprintf(ret + len, CARRIED_TEXT - len, "%s%s%s", before,
			 figure_percent(share, text), behind);
}

static const struct {
	const char *name, *text;
} classes[] = {
	{ "signed", " for popular signed ones" },
	{ "unsigned", " for popular unsigned ones, which want a proof of that" },
	{ "nxdomain", " for those that do not exist" },
	{ "outside", " for those of other zones" },
};

bool carried_text(const struct recorded *r, const struct recorded_cell *c, char ret[CARRIED_TEXT])
{
	const struct figure *asked = &c->figures.zone_upstream_ratio;
	char text[FIGURE_TEXT];
	double all;
	size_t len;

	if (!r->fault.is_known || !c->curve)
		return false;
	all = answered(r, c->curve, CURVE_ALL);
	if (isnan(all))
		return false;
	*ret = '\0';
	add_share(ret, "in the fault ", all, " of the queries were answered");
	add_share(ret, "; of the addresses given ", from_cache(r, c->curve),
		  " came out of the cache");
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		add_share(ret, i ? ", " : "; by names ",
			  answered(r, c->curve, curve_class(c->curve, classes[i].name, NULL)),
			  classes[i].text);
	len = strlen(ret);
	if (asked->kind == FIGURE_VALUE)
		snprintf(ret + len, CARRIED_TEXT - len,
			 "; the broken zone's servers were asked %s as often as before",
			 figure_text(figures_find("zone_upstream_ratio"), asked, text));
	return true;
}

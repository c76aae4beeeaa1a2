/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html_column.h"

#include <math.h>
#include <stdlib.h>

#include "harness/text/memory.h"

struct html_column *html_column_new(const struct curve *curve)
{
	struct html_column *c = malloc(sizeof(*c) + curve->count * sizeof(double));

	if (!c) {
		memory_ended(); /* not every chart tells what it could not have */
		return NULL;
	}
	c->count = curve->count;
	for (unsigned i = 0; i < c->count; i++)
		c->values[i] = (double)NAN;
	return c;
}

void html_column_free(struct html_column *c)
{
	free(c);
}

void html_column_add(struct html_column *c, unsigned bin, double n)
{
	double *v = &c->values[bin];

	*v = isnan(*v) ? n : *v + n;
}

void html_column_fill(struct html_column *c)
{
	for (unsigned i = 0; i < c->count; i++)
		if (isnan(c->values[i]))
			c->values[i] = 0;
}

void html_column_scale(struct html_column *c, double factor)
{
	for (unsigned i = 0; i < c->count; i++)
		c->values[i] *= factor;
}

bool html_column_has_any(const struct html_column *c)
{
	for (unsigned i = 0; i < c->count; i++)
		if (!isnan(c->values[i]))
			return true;
	return false;
}

json_t *html_number(double v)
{
	if (!isfinite(v))
		return json_null();
	return v == floor(v) && fabs(v) < 1e15 ? json_integer((json_int_t)v)
					       : json_real(round(v * 1e3) / 1e3);
}

static bool is_constant(const struct html_column *c)
{
	for (unsigned i = 0; i < c->count; i++)
		if (isnan(c->values[i]) || c->values[i] != c->values[0])
			return false;
	return c->count > 0;
}

json_t *html_column_json(const struct html_column *c)
{
	json_t *list;

	if (is_constant(c))
		return html_number(c->values[0]);
	list = json_array();
	for (unsigned i = 0; list && i < c->count; i++)
		json_array_append_new(list, html_number(c->values[i]));
	return list;
}

double html_column_at(const json_t *column, size_t bin)
{
	const json_t *v = json_is_array(column) ? json_array_get(column, bin) : column;

	return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

unsigned html_column_bin(const struct curve *curve, double t)
{
	unsigned low = 0, high = curve->count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if ((double)curve->t[middle] < t)
			low = middle + 1;
		else
			high = middle;
	}
	return low < curve->count && (double)curve->t[low] == t ? low : curve->count;
}

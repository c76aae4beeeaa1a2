/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/label.h"
#include "harness/results/notes.h"

/* ---- whether they fit ---- */

static bool is_same(const struct recorded *r, unsigned a, unsigned b, const char *key)
{
	json_t *one = json_object_get(r->runs[a], key), *other = json_object_get(r->runs[b], key);

	return one == other || (one && other && json_equal(one, other));
}

int merge_check(const struct recorded *r, struct err *e)
{
	static const char *const keys[] = { "scenario", "from", "to", "bin_seconds" };

	for (unsigned i = 1; i < r->dir_count; i++)
		for (unsigned k = 0; k < ARRAY_SIZE(keys); k++)
			if (!is_same(r, 0, i, keys[k]))
				return err_set(
					e, -EINVAL,
					"'%.400s' and '%.400s' cannot be compared: they differ in "
					"'%s'",
					r->dirs[0], r->dirs[i], keys[k]);
	return 0;
}

/* ---- which are parts of one ---- */

/* The first run that `run` is a part of the same matrix with; itself when it is the first. */
static unsigned group_of(const struct recorded *r, unsigned run)
{
	static const char *const keys[] = { "matrix", "seed", "set", "clock", "sigfault" };

	for (unsigned i = 0; i < run; i++) {
		bool same = true;

		for (unsigned k = 0; same && k < ARRAY_SIZE(keys); k++)
			same = is_same(r, i, run, keys[k]);
		if (same)
			return i;
	}
	return run;
}

static int compare_cells(const void *a, const void *b, void *arg)
{
	const struct recorded_cell *x = a, *y = b;
	const unsigned *groups = arg;

	if (groups[x->run] != groups[y->run])
		return groups[x->run] < groups[y->run] ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->run < y->run ? -1 : x->run > y->run;
}

/* ---- what is not offered ---- */

static bool has_gap(const json_t *gaps, const json_t *gap)
{
	json_t *known;
	size_t i;

	json_array_foreach((json_t *)gaps, i, known)
	{
		if (json_equal(known, (json_t *)gap))
			return true;
	}
	return false;
}

static int collect_gaps(struct recorded *r)
{
	json_t *gap;
	size_t i;

	r->not_offered = json_array();
	for (unsigned run = 0; run < r->dir_count; run++) {
		json_array_foreach(recorded_list(r->runs[run], "not_offered"), i, gap)
		{
			if (!has_gap(r->not_offered, gap))
				json_array_append(r->not_offered, gap);
		}
	}
	return r->not_offered ? 0 : -ENOMEM;
}

/* ---- all of it ---- */

static int merge_with(struct recorded *r, unsigned *groups)
{
	int rc = collect_gaps(r);

	for (unsigned i = 0; i < r->dir_count; i++)
		groups[i] = group_of(r, i);
	qsort_r(r->cells, r->cell_count, sizeof(*r->cells), compare_cells, groups);
	for (unsigned i = 0; i < r->cell_count && rc == 0; i++)
		rc = label_cell(r, &r->cells[i]);
	return rc == 0 ? notes_take(r, groups) : rc;
}

int merge_cells(struct recorded *r, struct err *e)
{
	_cleanup_(freep) unsigned *groups = calloc(r->dir_count, sizeof(*groups));
	int rc = groups ? merge_with(r, groups) : -ENOMEM;

	return rc < 0 ? err_set(e, rc, "no memory for the report") : 0;
}

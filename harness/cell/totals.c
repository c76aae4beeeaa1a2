/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/totals.h"

#include "harness/cell/total.h"

static json_t *members_of(const char *fleet, const struct job *jobs, unsigned job_count)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < job_count; i++)
		if (jobs[i].cell->fleet == fleet)
			json_array_append_new(list, job_json(&jobs[i]));
	return list;
}

/* All of them have the same. */
static struct scenario *scenario_of(const char *fleet, const struct matrix *m)
{
	const struct matrix_cell *c = m->cells;

	while (c->fleet != fleet)
		c++;
	return c->point->scenario;
}

json_t *totals_unfinished(const struct matrix *m, const struct job *jobs, unsigned job_count)
{
	json_t *all = json_array();

	for (unsigned i = 0; i < m->fleet_count; i++)
		json_array_append_new(
			all, total_unfinished(members_of(m->fleets[i], jobs, job_count), i + 1));
	return all;
}

int totals_make(const struct matrix *m, const struct job *jobs, unsigned job_count,
		const char *folder, json_t **ret, struct err *e)
{
	_cleanup_(json_decrefp) json_t *all = json_array();
	const char *dirs[FLEET_MAX];

	for (unsigned i = 0; i < FLEET_MAX; i++)
		dirs[i] = folder;
	for (unsigned i = 0; i < m->fleet_count; i++) {
		const char *fleet = m->fleets[i];
		json_t *total = NULL;
		int r = total_make(scenario_of(fleet, m), "", dirs, folder,
				   members_of(fleet, jobs, job_count), i + 1, &total, e);

		if (r < 0)
			return r;
		json_array_append_new(all, total);
	}
	*ret = TAKE(all);
	return 0;
}

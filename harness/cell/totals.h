/* SPDX-License-Identifier: BSD-2-Clause */
/* totals.h - the sums of all fleets of a run (total.h), of the jobs that their caches are. */
#pragma once

#include "harness/cell/job.h"

/* What run.json says of them as long as jobs run. */
json_t *totals_unfinished(const struct matrix *m, const struct job *jobs, unsigned job_count);

/* Once all is over: adds up and judges what is in `folder`, the run's. */
int totals_make(const struct matrix *m, const struct job *jobs, unsigned job_count,
		const char *folder, json_t **ret, struct err *e);

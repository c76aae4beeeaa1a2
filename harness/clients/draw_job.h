/* SPDX-License-Identifier: BSD-2-Clause */
/* draw_job.h - what jobs ask beside the clients (scenario.h): names of their own, each once. */
#pragma once

#include "harness/clients/draw.h"
#include "sim/base/rng.h"

struct draw_jobs {
	const struct traffic *t; /* lent */
	struct draw_job {
		struct rng rng;
		simtime next; /* SIMTIME_NEVER: it is over */
	} jobs[JOBS_MAX];
	uint64_t names, base; /* given out so far; where they are drawn from */
};

void draw_jobs_init(struct draw_jobs *d, const struct traffic *t, uint64_t chance);

/* When the next question is; SIMTIME_NEVER: there is none. */
simtime draw_jobs_due(const struct draw_jobs *d);

/* Which it is, by one of the first clients of its traffic: `client` counts from 0. There must be one. */
void draw_jobs_next(struct draw_jobs *d, struct ask *ret);

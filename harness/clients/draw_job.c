/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/draw_job.h"

#include <math.h>
#include <stdio.h>

enum { STREAM_JOBS = 0x6a6f6273, STREAM_JOB_NAMES };

static void go_on(struct draw_job *d, const struct job_plan *j)
{
	double seconds = -log1p(-rng_unit(rng_next(&d->rng))) / j->rate;

	d->next += (simtime)(seconds * (double)SECOND);
	if (d->next >= j->to)
		d->next = SIMTIME_NEVER;
}

void draw_jobs_init(struct draw_jobs *d, const struct traffic *t, uint64_t chance)
{
	*d = (struct draw_jobs){ .t = t, .base = rng_of(chance, STREAM_JOB_NAMES) };
	for (unsigned i = 0; i < t->job_count; i++) {
		d->jobs[i].rng.state = rng_of(rng_of(chance, STREAM_JOBS), i);
		d->jobs[i].next = t->jobs[i].from;
		go_on(&d->jobs[i], &t->jobs[i]);
	}
}

static unsigned first(const struct draw_jobs *d)
{
	unsigned best = 0;

	for (unsigned i = 1; i < d->t->job_count; i++)
		if (d->jobs[i].next < d->jobs[best].next)
			best = i;
	return best;
}

simtime draw_jobs_due(const struct draw_jobs *d)
{
	return d->t->job_count ? d->jobs[first(d)].next : SIMTIME_NEVER;
}

/* rng_mix() never gives two of them the same. */
static void name_it(struct draw_jobs *d, const struct zone *z, struct ask *a)
{
	char label[32];

	snprintf(label, sizeof(label), "jb%016llx",
		 (unsigned long long)rng_mix(d->base + d->names++));
	if (name_prepend(a->qname, label, z->apex))
		name_copy(a->qname, z->apex);
	a->name_key = rng_hash(0, a->qname, name_len(a->qname));
}

void draw_jobs_next(struct draw_jobs *d, struct ask *ret)
{
	const struct traffic *t = d->t;
	unsigned i = first(d);
	const struct job_plan *j = &t->jobs[i];

	*ret = (struct ask){ .at = d->jobs[i].next,
			     .qtype = j->qtype,
			     .rd = true,
			     .ad = true,
			     .edns = t->edns || t->dnssec_ok,
			     .dnssec_ok = t->dnssec_ok,
			     .class = CLASS_NXDOMAIN };
	ret->ttl = -1;
	ret->client = (uint32_t)rng_below(rng_next(&d->jobs[i].rng), j->clients);
	name_it(d, j->zone, ret);
	go_on(&d->jobs[i], j);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_asked.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/record/record_curve.h"

bool record_asked_is_wanted(const struct record_options *o)
{
	return o->resolver_count > 1 || o->traffic_count > 1;
}

static int make_room(struct record_asked_bin *b, unsigned cap)
{
	struct record_asked_counts *grown;

	if (cap <= b->cap)
		return 0;
	grown = reallocarray(b->counts, cap, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memset(grown + b->cap, 0, (cap - b->cap) * sizeof(*grown));
	b->counts = grown;
	b->cap = cap;
	return 0;
}

int record_asked_query(struct record_asked_bin *b, const struct record_options *o,
		       const struct record_query *q)
{
	struct record_asked_counts *c;
	int r = make_room(b, o->traffic_count * o->resolver_count);

	if (r < 0)
		return r;
	c = &b->counts[q->traffic * o->resolver_count + q->resolver];
	c->queries++;
	c->questions += !q->attempt;
	c->outcomes[q->outcome]++;
	c->went_on += q->goes_on;
	c->recovered += q->came_on && !record_is_failure(q->outcome);
	c->lost += record_is_lost(q);
	return 0;
}

void record_asked_write(const struct record_asked_bin *b, const struct record_options *o,
			const struct record_stamp *at, struct record_file *f)
{
	for (unsigned i = 0; i < b->cap; i++) {
		const struct record_asked_counts *c = &b->counts[i];

		if (!c->queries)
			continue;
		record_file_put(f, "%" PRId64 ",%s,", at->t, at->utc);
		record_file_put_field(f, o->traffics[i / o->resolver_count]);
		record_file_put(f, ",");
		record_file_put_field(f, o->resolvers[i % o->resolver_count]);
		record_file_put(f, ",%" PRIu64 ",%" PRIu64, c->queries, c->questions);
		for (unsigned k = OUTCOME_NOERROR; k <= OUTCOME_TIMEOUT; k++)
			record_file_put(f, ",%" PRIu64, c->outcomes[k]);
		record_file_put(f, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n", c->went_on,
				c->recovered, c->lost);
	}
}

void record_asked_clear(struct record_asked_bin *b)
{
	if (b->counts)
		memset(b->counts, 0, b->cap * sizeof(*b->counts));
}

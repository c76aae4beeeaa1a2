/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_run.h"

#include <stdlib.h>
#include <string.h>

static bool make_room(struct record_run *r, uint32_t client)
{
	size_t cap = r->minutes_cap ? r->minutes_cap : 1024;
	struct record_run_client *grown;

	while (cap <= client)
		cap *= 2;
	grown = reallocarray(r->minutes, cap, sizeof(*grown));
	if (!grown) {
		r->failed = true;
		return false;
	}
	memset(grown + r->minutes_cap, 0, (cap - r->minutes_cap) * sizeof(*grown));
	r->minutes = grown;
	r->minutes_cap = cap;
	return true;
}

bool record_run_minute(struct record_run *r, uint32_t client, int64_t minute)
{
	struct record_run_client *c;
	int64_t later;
	uint64_t bit;

	if (client >= r->minutes_cap && !make_room(r, client))
		return false;
	c = &r->minutes[client];
	later = c->recent ? minute - c->latest : 64;
	if (later > 0) {
		c->recent = later < 64 ? c->recent << later | 1 : 1;
		c->latest = minute;
		return true;
	}
	bit = later > -64 ? 1ULL << -later : 0;
	if (!bit || c->recent & bit)
		return false;
	c->recent |= bit;
	return true;
}

void record_run_add(struct record_run *r, const struct record_bin *b)
{
	const unsigned all = 1u << CLASS_ALL;

	for (size_t i = 0; i < b->names.cap; i++) {
		const struct record_set_entry *n = &b->names.entries[i];

		if (n->seen)
			r->failed_names +=
				!!record_set_add(&r->names, n->key, all, n->failed & all).failed;
	}
	for (size_t i = 0; i < b->clients.cap; i++) {
		const struct record_set_entry *c = &b->clients.entries[i];

		if (c->seen)
			r->failed_clients +=
				!!record_set_add(&r->clients, c->key, all, c->failed & all).failed;
	}
	r->user_minutes += b->user_minutes;
	r->lost_questions += b->lost_questions;
	r->unvalidated += b->unvalidated;
	record_leaks_add(&r->leaks, &b->leaks);
	record_ttls_add(&r->ttls, &b->ttls);
	for (unsigned i = 0; i < TRANSPORTS; i++) {
		r->connections[i].opened += b->connections[i].opened;
		r->connections[i].reused += b->connections[i].reused;
	}
	r->failed |= r->names.failed || r->clients.failed;
}

void record_run_done(struct record_run *r)
{
	record_set_done(&r->names);
	record_set_done(&r->clients);
	free(r->minutes);
	*r = (struct record_run){ 0 };
}

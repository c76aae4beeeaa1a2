/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/published.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"
#include "zones/entries.h"
#include "zones/literal.h"
#include "zones/published_inside.h"
#include "zones/records.h"
#include "zones/state.h"
#include "zones/version.h"

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory for a zone's versions");
}

/* A version is the zone's plan with records of its own. */
static void version_free(struct zone *v)
{
	if (v->state) {
		sign_state_free(v);
		denial_state_free(v);
		content_state_free(v);
		literal_free(v->state->literal);
		free(v->state);
	}
	free(v);
}

void published_free(struct published *p)
{
	if (!p)
		return;
	for (unsigned i = 0; i < p->made_count; i++)
		version_free(p->made[i].zone);
	for (unsigned i = 0; i < p->record_count; i++)
		free(p->records[i]);
	free(p->made);
	free(p->records);
	free(p->ds);
	free(p->times);
	free(p->folder);
	free(p);
}

/* ---- which ---- */

static unsigned version_at_time(const struct published *p, simtime now)
{
	unsigned low = 0, high = p->count;

	while (high - low > 1) {
		unsigned middle = low + (high - low) / 2;

		if (p->times[middle] <= now)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Each server looks at instants of its own. */
static simtime phase_of(const struct zone *z, const struct server *s)
{
	return (simtime)rng_below(rng_hash(z->seed, s->name, name_len(s->name)),
				  (uint64_t)s->polls);
}

simtime published_fetched(const struct zone *z, unsigned server, simtime now)
{
	const struct server *s = &z->servers[server];

	now -= s->lag;
	return s->polls ? version_tick(now, s->polls, phase_of(z, s)) : now;
}

/* When what was there at `at` comes to a server. */
static simtime arrival(const struct zone *z, unsigned server, simtime at)
{
	const struct server *s = &z->servers[server];
	simtime tick = s->polls ? version_tick(at, s->polls, phase_of(z, s)) : at;

	return (tick < at ? tick + s->polls : tick) + s->lag;
}

simtime published_since(const struct zone *z, simtime now)
{
	const struct published *p = z->published;

	return p->times[version_at_time(p, now)];
}

simtime published_next(const struct zone *z, unsigned server, simtime now)
{
	const struct published *p = z->published;
	unsigned next = version_at_time(p, published_fetched(z, server, now)) + 1;

	return next < p->count ? arrival(z, server, p->times[next]) : SIMTIME_NEVER;
}

/* ---- its records ---- */

static bool has(const struct published_record *r, unsigned version)
{
	return r->from <= version && version < r->until;
}

static const uint8_t *rdata_of(const struct published_record *r)
{
	return r->bytes + r->owner_len;
}

/* What answers need of a zone beside its records. */
static void note(struct zone *v, const struct published_record *r)
{
	const uint8_t *rdata = rdata_of(r);
	bool at_apex = name_equal(r->bytes, v->apex);

	if (r->type == RR_SOA && at_apex && r->len > 20) {
		v->ttl.soa = r->ttl;
		v->ttl.negative = get32(rdata + r->len - 4);
	}
	if (r->type == RR_NSEC3PARAM && at_apex && r->len >= 5 && r->len == 5u + rdata[4]) {
		v->denial = DENIAL_NSEC3;
		v->nsec3_iterations = get16(rdata + 2);
		v->salt_len = rdata[4];
		memcpy(v->salt, rdata + 5, v->salt_len);
	}
	if (r->type == RR_NS && !at_apex)
		v->ttl.delegation = r->ttl;
}

/* A signer that goes over from one chain to the other has parts of both: the one counts that the apex tells
 * of. */
static bool is_of_chain(const struct zone *v, const struct published_record *r)
{
	return r->type != (v->denial == DENIAL_NSEC3 ? RR_NSEC : RR_NSEC3);
}

/* The plan of a version's records, which lends all but the list itself. */
static int list_records(const struct published *p, unsigned version, struct zone *v, struct err *e)
{
	unsigned most = 0;

	v->denial = DENIAL_NSEC;
	for (unsigned i = 0; i < p->record_count; i++) {
		if (!has(p->records[i], version))
			continue;
		note(v, p->records[i]);
		most++;
	}
	v->record_count = 0;
	v->records = calloc(most + 1, sizeof(*v->records));
	if (!v->records)
		return no_memory(e);
	for (unsigned i = 0; i < p->record_count; i++) {
		struct published_record *r = p->records[i];
		struct record_plan *plan = &v->records[v->record_count];

		if (!has(r, version) || !is_of_chain(v, r))
			continue;
		*plan = (struct record_plan){ .type = r->type,
					      .len = r->len,
					      .ttl = r->ttl,
					      .rdata = r->bytes + r->owner_len,
					      .place = p->folder,
					      .number = v->record_count++,
					      .of_file = true };
		name_copy(plan->owner, r->bytes);
	}
	return 0;
}

static int take_records(const struct published *p, unsigned version, struct zone *v, struct err *e)
{
	int rc = list_records(p, version, v, e);

	if (rc == 0)
		rc = literal_make(v, e);
	free(v->records);
	v->records = NULL;
	v->record_count = 0;
	return rc;
}

/* ---- a version ---- */

/* The names that the scenario has put into the zone, as tree_prepare() has done it there. */
static int place_names(struct zone *v, struct err *e)
{
	const struct published *p = v->published;
	struct tree *t = v->tree;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < t->zone_count; i++)
		if (t->zones[i]->parent == p->zone)
			rc = entries_add_child(v, t->zones[i], e);
	for (unsigned i = 0; i < t->zone_count; i++) {
		const struct zone *z = t->zones[i];

		for (unsigned k = 0; rc == 0 && k < z->server_count; k++)
			if (tree_zone_above(t, z->servers[k].name) == p->zone)
				rc = entries_add_host(v, z->servers[k].name, e);
	}
	return rc;
}

static int version_new(const struct published *p, unsigned version, struct zone **ret,
		       struct err *e)
{
	struct zone *v = malloc(sizeof(*v));
	int rc;

	if (!v)
		return no_memory(e);
	*v = *p->zone;
	v->state = calloc(1, sizeof(*v->state));
	if (!v->state) {
		free(v);
		return no_memory(e);
	}
	v->state->is_leaf = p->zone->state->is_leaf;
	v->state->shares_names = p->zone->state->shares_names;
	rc = place_names(v, e);
	if (rc == 0)
		rc = take_records(p, version, v, e);
	if (rc == 0)
		*ret = v;
	else
		version_free(v);
	return rc;
}

/* Where the next one is kept: in the place of the one that was not asked for longest. */
static struct published_made *room(struct published *p)
{
	struct published_made *oldest = p->made;

	if (p->made_count < p->made_most)
		return &p->made[p->made_count];
	for (unsigned i = 1; i < p->made_count; i++)
		if (p->made[i].used < oldest->used)
			oldest = &p->made[i];
	return oldest;
}

static struct published_made *make(struct published *p, unsigned version)
{
	struct published_made *m = room(p);
	struct zone *v = NULL;

	if (version_new(p, version, &v, NULL) < 0)
		return NULL;
	if (m == &p->made[p->made_count])
		p->made_count++;
	else
		version_free(m->zone);
	*m = (struct published_made){ .zone = v, .version = version };
	return m;
}

static struct published_made *find(struct published *p, unsigned version)
{
	for (unsigned i = 0; i < p->made_count; i++)
		if (p->made[i].version == version)
			return &p->made[i];
	return NULL;
}

struct zone *published_at(struct zone *z, simtime now)
{
	struct published *p = z->published;
	unsigned version = version_at_time(p, now);
	struct published_made *m;

	if (version == p->base)
		return p->zone;
	m = find(p, version);
	if (!m)
		m = make(p, version);
	if (!m)
		return NULL;
	m->used = ++p->used;
	m->zone->faults = p->zone->faults; /* what came since */
	m->zone->fault_count = p->zone->fault_count;
	return m->zone;
}

/* ---- when the tree is prepared ---- */

static bool has_server(const struct zone *z, const uint8_t *name)
{
	for (unsigned i = 0; i < z->server_count; i++)
		if (name_equal(z->servers[i].name, name))
			return true;
	return false;
}

/* Of the version of the start literal_make() says more. */
static int check_servers(const struct published *p, struct err *e)
{
	char name[NAME_TEXT_LEN];

	for (unsigned i = 0; i < p->record_count; i++) {
		const struct published_record *r = p->records[i];

		if (r->type != RR_NS || !name_equal(r->bytes, p->zone->apex) ||
		    has_server(p->zone, rdata_of(r)))
			continue;
		return err_set(e, -EINVAL,
			       "'%s': from version %u on the zone's NS '%s' is none of its "
			       "servers: servers = { … } has all that ever were",
			       p->folder, r->from + 1, name_text(rdata_of(r), name));
	}
	return 0;
}

int published_prepare(struct zone *z, struct err *e)
{
	struct published *p = z->published;
	int rc = check_servers(p, e);

	if (rc < 0)
		return rc;
	p->made_most = z->server_count + 2;
	p->made = calloc(p->made_most, sizeof(*p->made));
	if (!p->made)
		return no_memory(e);
	p->base = version_at_time(p, z->tree->from);
	return take_records(p, p->base, z, e);
}

/* ---- the parent's DS ---- */

/* The first of those that hold at an instant, and behind the last of them in *end. */
static unsigned ds_at(const struct published *p, simtime now, unsigned *end)
{
	unsigned first;

	for (*end = p->ds_count; *end && p->ds[*end - 1].at > now; --*end)
		;
	for (first = *end; first && p->ds[first - 1].at == p->ds[*end - 1].at; first--)
		;
	return first;
}

unsigned published_ds(const struct zone *z, simtime now, struct rrset *ret)
{
	const struct published *p = z->published;
	unsigned end, count = 0;

	for (unsigned i = ds_at(p, now, &end); i < end; i++) {
		if (!p->ds[i].len)
			continue;
		rrset_add(ret, p->ds[i].rdata, p->ds[i].len);
		count++;
	}
	return count;
}

bool published_has_ds(const struct zone *z, simtime now)
{
	const struct published *p = z->published;
	unsigned end, first = ds_at(p, now, &end);

	return first < end && p->ds[first].len;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/tree.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/rng.h"
#include "zones/check.h"
#include "zones/content.h"
#include "zones/entries.h"
#include "zones/fit.h"
#include "zones/image.h"
#include "zones/leaf.h"
#include "zones/literal.h"
#include "zones/population.h"
#include "zones/published.h"
#include "zones/records.h"
#include "zones/state.h"

struct tree *tree_new(uint64_t seed, simtime from)
{
	struct tree *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->seed = seed;
	t->from = from;
	t->state = calloc(1, sizeof(*t->state));
	if (!t->state) {
		free(t);
		return NULL;
	}
	return t;
}

static void zone_free(struct zone *z)
{
	if (z->state) {
		sign_state_free(z);
		denial_state_free(z);
		content_state_free(z);
		literal_free(z->state->literal);
		free(z->state);
	}
	for (unsigned i = 0; i < z->signing_count; i++)
		free(z->signings[i].always);
	if (z->population) {
		image_free(z->population->image);
		free(z->population->ttl);
		free(z->population->hoster_zones);
		free(z->population);
	}
	if (z->transfer) {
		free(z->transfer->to);
		free(z->transfer->notify);
		free(z->transfer->key);
	}
	free(z->transfer);
	records_free(z);
	published_free(z->published);
	free(z->file);
	free(z->report_channel);
	free(z->faults);
	free(z->servers);
	free(z->signings);
	free(z->keys);
	free(z);
}

void tree_free(struct tree *t)
{
	struct content *c;

	if (!t)
		return;
	leaf_done(t);
	for (unsigned i = 0; i < t->zone_count; i++)
		zone_free(t->zones[i]);
	hosting_done(t);
	for (struct table_node *pos = NULL; (c = table_next(&t->state->added, &pos));)
		entries_free(c);
	table_done(&t->state->added);
	table_done(&t->state->zones);
	table_done(&t->state->addresses);
	for (unsigned i = 0; i < t->fault_count; i++)
		fault_done(&t->faults[i]);
	free(t->state);
	free(t->zones);
	free(t->faults);
	free(t);
}

static void set_defaults(struct zone *z)
{
	z->ttl = (struct ttls){ .soa = 86400,
				.ns = 86400,
				.dnskey = 3600,
				.delegation = 86400,
				.ds = 86400,
				.denial = 7200,
				.negative = 7200,
				.address = 86400 };
	z->soa_refresh = 7200;
	z->soa_retry = 7200;
	z->soa_expire = 3600000;
	z->validity = 14 * DAY;
	z->backdate = 90 * MINUTE;
	z->version_every = MINUTE;
	z->edns_size = 1232;
}

struct zone *tree_add(struct tree *t, const uint8_t *apex, struct zone *parent)
{
	struct zone **more = realloc(t->zones, (t->zone_count + 1) * sizeof(struct zone *));
	struct zone *z = calloc(1, sizeof(*z));

	if (more)
		t->zones = more;
	if (!more || !z) {
		free(z);
		return NULL;
	}
	name_copy(z->apex, apex);
	z->tree = t;
	z->parent = parent;
	z->seed = rng_hash(t->seed, apex, name_len(apex));
	set_defaults(z);
	/* Of two with one apex the first is found: check_plan() refuses the second. */
	if (!tree_zone(t, apex) && table_put(&t->state->zones, z->apex, name_len(z->apex), z)) {
		free(z);
		return NULL;
	}
	t->zones[t->zone_count++] = z;
	return z;
}

struct zone *tree_zone(const struct tree *t, const uint8_t *apex)
{
	return table_get(&t->state->zones, apex, name_len(apex));
}

struct zone *tree_zone_above(const struct tree *t, const uint8_t *name)
{
	for (size_t len = name_len(name);; len -= *name + 1u, name += *name + 1) {
		struct zone *z = table_get(&t->state->zones, name, len);

		if (z || !*name)
			return z;
	}
}

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "no memory for a zone");
}

static int index_address(struct tree *t, const struct address *a, struct server *s, struct err *e)
{
	size_t len = address_len(a);

	if (!a->family || table_get(&t->state->addresses, a->bytes, len))
		return 0;
	return table_put(&t->state->addresses, a->bytes, len, s) ? no_memory(e) : 0;
}

/* The first ZSK or CSK signs from the beginning of time when the plan names none. */
static int default_signing(struct zone *z, struct err *e)
{
	unsigned key = 0;

	if (!z->is_signed || z->signing_count || z->as_signed)
		return 0;
	z->signings = calloc(1, sizeof(*z->signings));
	if (!z->signings)
		return no_memory(e);
	while (z->keys[key].role == KEY_KSK)
		key++;
	z->signings[0] = (struct signing){ .key = key, .fault = -1 };
	z->signing_count = 1;
	return 0;
}

static int default_soa_names(struct zone *z, struct err *e)
{
	char apex[NAME_TEXT_LEN];

	if (!*z->soa_mname)
		name_copy(z->soa_mname, z->servers[0].name);
	if (!*z->soa_rname && name_prepend(z->soa_rname, "hostmaster", z->apex))
		return err_set(e, -EINVAL, "the name of zone '%s' is too long",
			       name_text(z->apex, apex));
	return 0;
}

static int make_state(struct zone *z, struct err *e)
{
	int rc = default_signing(z, e);

	if (!rc)
		rc = default_soa_names(z, e);
	if (rc)
		return rc;
	z->state = calloc(1, sizeof(*z->state));
	if (!z->state)
		return no_memory(e);
	z->state->is_leaf = name_labels(z->apex) >= 2 && !z->population;
	return 0;
}

static int link_to_parent(struct zone *z, struct err *e)
{
	if (!z->parent)
		return 0;
	z->parent->state->is_leaf = false;
	return entries_add_child(z->parent, z, e);
}

static int place_servers(struct zone *z, struct err *e)
{
	char apex[NAME_TEXT_LEN];

	for (unsigned i = 0; i < z->server_count; i++) {
		struct server *s = &z->servers[i];
		int rc = hosting_add_host(z->tree, s, e);

		if (!rc)
			rc = entries_add_host(tree_zone_above(z->tree, s->name), s->name, e);
		if (!rc)
			rc = index_address(z->tree, &s->v4, s, e);
		if (!rc)
			rc = index_address(z->tree, &s->v6, s, e);
		if (rc) {
			err_prefix(e, "zone '%s', server %u", name_text(z->apex, apex), i + 1);
			return rc;
		}
	}
	return 0;
}

static int note_shared_names(struct zone *z, struct err *e)
{
	(void)e;
	for (unsigned i = 0; i < z->server_count; i++) {
		const struct server *s = &z->servers[i];
		const struct host *h = hosting_host(z->tree, s->name);
		unsigned own = (s->v4.family != 0) + (s->v6.family != 0);

		z->state->shares_names |= h && h->address_count > own;
	}
	return 0;
}

/* Only a wanted tag may turn out to be out of reach: the other keys are made when they are used. */
static int make_keys(struct zone *z, struct err *e)
{
	char apex[NAME_TEXT_LEN];

	for (unsigned i = 0; z->is_signed && i < z->key_count; i++) {
		if (z->keys[i].tag < 0 ? !key_check(&z->keys[i], e) : sign_key(z, i, e) != NULL)
			continue;
		err_prefix(e, "zone '%s', key '%s'", name_text(z->apex, apex), z->keys[i].name);
		return -EINVAL;
	}
	return 0;
}

/* Whenever a key comes there are the most of them. */
static int check_room(struct zone *z, struct err *e)
{
	int rc = fit_check(z, z->tree->from, NULL, e);

	for (unsigned i = 0; !rc && i < z->key_count; i++)
		rc = fit_check(z, z->keys[i].published, NULL, e);
	return rc;
}

static int add_hosters(struct zone *z, struct err *e)
{
	char apex[NAME_TEXT_LEN];
	int rc = z->population && population_delegates(z->population) ? hosting_add_hosters(z, e)
								      : 0;

	if (rc)
		err_prefix(e, "population of '%s'", name_text(z->apex, apex));
	return rc;
}

int tree_prepare(struct tree *t, struct err *e)
{
	static int (*const steps[])(struct zone *, struct err *) = {
		make_state,	   link_to_parent, add_hosters, place_servers,
		note_shared_names, records_apply,  make_keys,	check_room,
	};
	int rc;

	if (t->state->prepared)
		return err_set(e, -EINVAL, "the tree is prepared already");
	rc = check_plan(t, e);
	for (unsigned s = 0; s < ARRAY_SIZE(steps); s++)
		for (unsigned i = 0; !rc && i < t->zone_count; i++)
			rc = check_blame(t->zones[i], steps[s](t->zones[i], e), e);
	t->state->prepared = !rc;
	return rc;
}

int tree_join(struct zone *z, struct err *e)
{
	int rc = make_state(z, e);

	if (!rc)
		rc = link_to_parent(z, e);
	return rc ? rc : place_servers(z, e);
}

struct zone *tree_leaf(const struct zone *z, const struct delegation *d)
{
	return leaf_get(z, d);
}

static bool has_address(const struct zone *z, unsigned i, const struct address *a)
{
	const struct host *h = hosting_host(z->tree, z->servers[i].name);

	for (unsigned k = 0; h && k < h->address_count; k++)
		if (address_equal(&h->addresses[k], a))
			return true;
	return false;
}

/* A server is its name: it serves a zone at all addresses that any zone gives it. */
static bool serves(const struct zone *z, const struct address *a, unsigned *ret)
{
	for (unsigned i = 0; i < z->server_count; i++) {
		if (address_equal(a->family == 4 ? &z->servers[i].v4 : &z->servers[i].v6, a) ||
		    (z->state->shares_names && has_address(z, i, a))) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* The leaf that this hoster has for the name: of its customer's delegations, or its own domain. */
static struct zone *leaf_at(const struct hoster *h, const uint8_t *qname)
{
	struct delegation d;

	if (tree_delegation_find(h->customer, qname, &d) && d.hoster == h->number)
		return leaf_get(h->customer, &d);
	if (h->home != h->customer && tree_delegation_find(h->home, qname, &d) &&
	    d.hoster == h->number && name_equal(d.name, h->domain))
		return leaf_get(h->home, &d);
	return NULL;
}

struct zone *tree_at(struct tree *t, const struct address *address, const uint8_t *qname,
		     uint16_t qtype, unsigned *ret_server)
{
	const struct hoster *h = hosting_at(t, address, ret_server);
	struct zone *child = NULL, *z;

	if (h)
		return leaf_at(h, qname);
	for (z = tree_zone_above(t, qname); z; z = z->parent) {
		unsigned server;

		if (!serves(z, address, &server))
			continue;
		*ret_server = server;
		if (child || qtype != RR_DS || !*z->apex || !name_equal(z->apex, qname))
			return z;
		child = z; /* the parent is to answer, if it is here */
	}
	if (child)
		serves(child, address, ret_server);
	return child;
}

bool tree_is_server(const struct tree *t, const struct address *address)
{
	unsigned server;

	return hosting_at(t, address, &server) ||
	       table_get(&t->state->addresses, address->bytes, address_len(address));
}

const struct server *tree_server(const struct tree *t, const struct address *address,
				 struct zone **ret_zone, unsigned *ret_server)
{
	const struct hoster *h = hosting_at(t, address, ret_server);

	*ret_zone = NULL;
	if (h)
		return &h->servers[*ret_server];
	for (unsigned i = 0; i < t->zone_count; i++)
		if (serves(t->zones[i], address, ret_server))
			return &(*ret_zone = t->zones[i])->servers[*ret_server];
	return NULL;
}

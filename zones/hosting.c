/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/hosting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"
#include "zones/content.h"
#include "zones/entries.h"
#include "zones/population.h"
#include "zones/state.h"

#define NET 0xc6120000u /* 198.18.0.0 */
#define FIRST_TLD 0x2000u
#define FIRST_HOSTER 0x4000u
#define HOSTERS_MAX ((0x10000u - FIRST_HOSTER) / 2)

static const uint8_t v6_prefix[12] = { 0xfd, 0x00, 0x00, 0x5f };

static struct address address_v4(unsigned place)
{
	struct address a = { .family = 4 };

	put32(a.bytes, NET + place);
	return a;
}

static struct address address_v6(unsigned place)
{
	struct address a = { .family = 6 };

	memcpy(a.bytes, v6_prefix, sizeof(v6_prefix));
	put32(a.bytes + sizeof(v6_prefix), NET + place);
	return a;
}

/* The number behind NET; false when the address is none of that form. */
static bool place_of(const struct address *a, unsigned *ret)
{
	const uint8_t *last = a->family == 6 ? a->bytes + sizeof(v6_prefix) : a->bytes;

	if (a->family == 6 && memcmp(a->bytes, v6_prefix, sizeof(v6_prefix)))
		return false;
	*ret = get32(last) - NET;
	return (a->family == 4 || a->family == 6) && *ret < 0x10000;
}

bool hosting_owns(const struct address *a)
{
	unsigned place;

	return place_of(a, &place) && place >= FIRST_TLD;
}

const struct hoster *hosting_at(const struct tree *t, const struct address *a, unsigned *server)
{
	unsigned place;

	if (!place_of(a, &place) || place < FIRST_HOSTER)
		return NULL;
	place -= FIRST_HOSTER;
	if (place / 2 >= t->state->hoster_count)
		return NULL;

	const struct hoster *h = t->state->hosters[place / 2];

	*server = place % 2;
	return a->family == 4 || h->servers[0].v6.family ? h : NULL;
}

static const char *const server_labels[2] = { "ns1", "ns2" };

static void make_servers(struct server ret[2], const uint8_t *below, unsigned place, bool v6)
{
	for (unsigned i = 0; i < 2; i++) {
		ret[i] = (struct server){ .v4 = address_v4(place + i), .latency = 20 * MSEC };
		if (v6)
			ret[i].v6 = address_v6(place + i);
		name_prepend(ret[i].name, server_labels[i], below);
	}
}

void hosting_tld_servers(unsigned k, const uint8_t *apex, bool v6, struct server ret[2])
{
	uint8_t nic[NAME_MAX_LEN];

	name_prepend(nic, "nic", apex);
	make_servers(ret, nic, FIRST_TLD + 2 * k, v6);
}

static bool host_has(const struct host *h, const struct address *a)
{
	for (unsigned i = 0; i < h->address_count; i++)
		if (!memcmp(&h->addresses[i], a, sizeof(*a)))
			return true;
	return false;
}

static int host_add(struct host *h, const struct address *a)
{
	struct address *more;

	if (!a->family || host_has(h, a))
		return 0;
	more = realloc(h->addresses, (h->address_count + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	h->addresses = more;
	h->addresses[h->address_count++] = *a;
	return 0;
}

static struct host *host_new(struct tree *t, const uint8_t *name)
{
	size_t len = name_len(name);
	struct host *h = calloc(1, sizeof(*h) + len);

	if (!h)
		return NULL;
	memcpy(h->name, name, len);
	if (table_put(&t->state->hosts, h->name, len, h)) {
		free(h);
		return NULL;
	}
	return h;
}

int hosting_add_host(struct tree *t, const struct server *s, struct err *e)
{
	struct host *h = table_get(&t->state->hosts, s->name, name_len(s->name));

	if (!h)
		h = host_new(t, s->name);
	if (!h || host_add(h, &s->v4) || host_add(h, &s->v6))
		return err_set(e, -ENOMEM, "no memory for a host");
	return 0;
}

const struct host *hosting_host(const struct tree *t, const uint8_t *name)
{
	return table_get(&t->state->hosts, name, name_len(name));
}

/* The zone below which hoster i of z's population has its domain: the shares, in order. */
static struct zone *home_of(struct zone *z, unsigned i)
{
	const struct population *p = z->population;
	double unit = (i + 0.5) / p->hosters;

	for (unsigned k = 0; k < p->hoster_zone_count; k++) {
		unit -= p->hoster_zones[k].share;
		if (unit < 0 || k + 1 == p->hoster_zone_count)
			return tree_zone(z->tree, p->hoster_zones[k].zone);
	}
	return z;
}

/* "h017", "h017-de", "h017-co-uk". */
static int domain_of(const struct zone *z, unsigned i, const struct zone *home,
		     uint8_t ret[NAME_MAX_LEN])
{
	char label[NAME_TEXT_LEN + 16], apex[NAME_TEXT_LEN];

	snprintf(label, sizeof(label), "h%03u", i);
	if (home != z) {
		size_t len = strlen(label);

		name_text(z->apex, apex);
		snprintf(label + len, sizeof(label) - len, "-%s", *z->apex ? apex : "root.");
		label[strlen(label) - 1] = '\0';
		for (char *c = label + len; *c; c++)
			if (*c == '.')
				*c = '-';
	}
	return name_prepend(ret, label, home->apex);
}

static int add_hoster(struct zone *z, unsigned i, struct err *e)
{
	struct tree_state *st = z->tree->state;
	struct zone *home = home_of(z, i);
	struct hoster *h = calloc(1, sizeof(*h));
	int rc;

	if (!h)
		return err_set(e, -ENOMEM, "no memory for a hoster");
	st->hosters[st->hoster_count] = h;
	h->number = st->hoster_count++;
	h->customer = z;
	h->home = home;
	if (domain_of(z, i, home, h->domain))
		return err_set(e, -EINVAL, "the names of hosters below another zone are too long");
	h->is_signed = home->is_signed &&
		       rng_unit(population_draw(z, DRAW_HOSTER, i)) < z->population->signed_share;
	make_servers(h->servers, h->domain, FIRST_HOSTER + 2 * h->number,
		     z->servers[0].v6.family != 0);
	for (unsigned k = 0; k < 2; k++) {
		h->servers[k].latency = z->population->latency;
		rc = hosting_add_host(z->tree, &h->servers[k], e);
		if (rc)
			return rc;
	}
	return entries_add_hosted(home, h->domain, h, e);
}

int hosting_add_hosters(struct zone *z, struct err *e)
{
	struct tree_state *st = z->tree->state;
	unsigned count = z->population->hosters;
	struct hoster **more;

	if (count > HOSTERS_MAX - st->hoster_count)
		return err_set(e, -ENOSPC, "more than %u hosters: their addresses do not suffice",
			       HOSTERS_MAX);
	more = realloc(st->hosters, (st->hoster_count + count) * sizeof(struct hoster *));
	if (!more)
		return err_set(e, -ENOMEM, "no memory for hosters");
	st->hosters = more;
	z->state->first_hoster = st->hoster_count;
	for (unsigned i = 0; i < count; i++) {
		int rc = add_hoster(z, i, e);

		if (rc)
			return rc;
	}
	return 0;
}

void hosting_done(struct tree *t)
{
	struct tree_state *st = t->state;
	struct host *h;

	for (struct table_node *pos = NULL; (h = table_next(&st->hosts, &pos));) {
		free(h->addresses);
		free(h);
	}
	table_done(&st->hosts);
	for (unsigned i = 0; i < st->hoster_count; i++)
		free(st->hosters[i]);
	free(st->hosters);
}

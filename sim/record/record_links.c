/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_links.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "sim/base/hash.h"
#include "sim/record/record_curve.h"

#define IPV4 20 /* bytes of a header */
#define IPV6 40
#define UDP 8
#define TCP 22 /* with the length before each message, RFC 1035 section 4.2.2 */

struct record_host_address {
	struct address address; /* what is not of it is 0 */
	int host;
	UT_hash_handle hh;
};

struct record_link {
	struct {
		int from, to;
	} key;
	unsigned number;
	UT_hash_handle hh;
};

int record_links_host(struct record_links *l, const char *name)
{
	char **grown;

	for (unsigned i = 0; i < l->host_count; i++)
		if (strcmp(l->hosts[i], name) == 0)
			return (int)i;
	if (l->host_count == RECORD_HOSTS_MAX)
		return RECORD_HOSTS_MAX - 1;
	grown = reallocarray(l->hosts, l->host_count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	l->hosts = grown;
	grown[l->host_count] = strdup(name);
	return grown[l->host_count] ? (int)l->host_count++ : -ENOMEM;
}

static struct address key_of(const struct address *a)
{
	struct address key;

	memset(&key, 0, sizeof(key));
	key.family = a->family;
	memcpy(key.bytes, a->bytes, address_len(a));
	return key;
}

int record_links_address(struct record_links *l, const struct address *a, int host)
{
	struct address key = key_of(a);
	struct record_host_address *known;

	HASH_FIND(hh, l->addresses, &key, sizeof(key), known);
	if (!known) {
		known = calloc(1, sizeof(*known));
		if (!known)
			return -ENOMEM;
		known->address = key;
		HASH_ADD(hh, l->addresses, address, sizeof(key), known);
	}
	known->host = host;
	return 0;
}

static const struct record_host_address *find(const struct record_links *l, const struct address *a)
{
	struct address key = key_of(a);
	struct record_host_address *known;

	HASH_FIND(hh, l->addresses, &key, sizeof(key), known);
	return known;
}

bool record_links_knows(const struct record_links *l, const struct address *a)
{
	return find(l, a);
}

const char *record_links_name(const struct record_links *l, const struct address *a)
{
	const struct record_host_address *known = find(l, a);

	return known ? l->hosts[known->host] : "";
}

static int host_at(struct record_links *l, const struct address *a, enum side side)
{
	const struct record_host_address *known = find(l, a);

	if (known)
		return known->host;
	return record_links_host(l, side == SIDE_CLIENT ? "clients" : "elsewhere");
}

static struct record_link *link_of(struct record_links *l, int from, int to)
{
	struct record_link *link, **grown, made = { .key = { from, to } };

	HASH_FIND(hh, l->links, &made.key, sizeof(made.key), link);
	if (link)
		return link;
	grown = reallocarray(l->list, l->link_count + 1, sizeof(struct record_link *));
	link = calloc(1, sizeof(*link));
	l->list = grown ?: l->list;
	if (!grown || !link) {
		free(link);
		return NULL;
	}
	link->key = made.key;
	link->number = l->link_count;
	l->list[l->link_count++] = link;
	HASH_ADD(hh, l->links, key, sizeof(link->key), link);
	return link;
}

struct record_link_counts *record_links_at(struct record_links *l, struct record_link_bin *b,
					   const struct packet *p)
{
	int from = host_at(l, &p->from.address, p->side), to = host_at(l, &p->to.address, p->side);
	struct record_link *link = from < 0 || to < 0 ? NULL : link_of(l, from, to);

	if (!link)
		return NULL;
	if (link->number >= b->cap) {
		unsigned cap = link->number + 32;
		struct record_link_counts *grown = reallocarray(b->counts, cap, sizeof(*grown));

		if (!grown)
			return NULL;
		memset(grown + b->cap, 0, (cap - b->cap) * sizeof(*grown));
		b->counts = grown;
		b->cap = cap;
	}
	return &b->counts[link->number];
}

void record_links_count(struct record_link_counts *c, const struct packet *p)
{
	c->packets++;
	c->tcp += p->tcp;
	c->connections += p->opens;
	c->bytes += p->len + (p->tcp ? TCP : UDP) + (p->from.address.family == 4 ? IPV4 : IPV6);
}

void record_links_write(const struct record_links *l, const struct record_link_bin *b,
			const struct record_stamp *at, struct record_file *f)
{
	for (unsigned i = 0; i < b->cap && i < l->link_count; i++) {
		const struct record_link_counts *c = &b->counts[i];

		if (!c->packets && !c->dropped)
			continue;
		record_file_put(f, "%" PRId64 ",%s,", at->t, at->utc);
		record_file_put_field(f, l->hosts[l->list[i]->key.from]);
		record_file_put(f, ",");
		record_file_put_field(f, l->hosts[l->list[i]->key.to]);
		record_file_put(f, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
				c->packets, c->bytes, c->dropped, c->tcp, c->connections);
	}
}

void record_links_clear(struct record_link_bin *b)
{
	if (b->counts)
		memset(b->counts, 0, b->cap * sizeof(*b->counts));
}

void record_links_done(struct record_links *l)
{
	struct record_host_address *a, *next;

	HASH_ITER (hh, l->addresses, a, next) {
		HASH_DEL(l->addresses, a);
		free(a);
	}
	HASH_CLEAR(hh, l->links);
	for (unsigned i = 0; i < l->link_count; i++)
		free(l->list[i]);
	for (unsigned i = 0; i < l->host_count; i++)
		free(l->hosts[i]);
	free(l->list);
	free(l->hosts);
	*l = (struct record_links){ 0 };
}

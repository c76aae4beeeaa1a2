/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "harness/evidence/blame_inside.h"

static void free_names(struct name_index **names)
{
	struct name_index *item, *next;

	HASH_ITER (hh, *names, item, next) {
		HASH_DEL(*names, item);
		free(item->list);
		free(item);
	}
}

void blame_index_free(struct blame_index *b)
{
	if (!b)
		return;
	free_names(&b->names);
	free_names(&b->zones);
	free(b);
}

/* "_.de." asks for what is at de.: RFC 9156 section 2.3. */
static const uint8_t *asked_for(struct facts *f, const uint8_t *qname)
{
	return qname[0] == 1 && qname[1] == '_' ? facts_name(f, qname + 2) : qname;
}

struct name_index *blame_named(struct name_index *names, const uint8_t *name)
{
	struct name_index *n;

	HASH_FIND_PTR(names, &name, n);
	return n;
}

static bool add(struct name_index **names, const uint8_t *name, size_t i)
{
	struct name_index *n = blame_named(*names, name);

	if (!n) {
		n = calloc(1, sizeof(*n));
		if (!n)
			return false;
		n->name = name;
		HASH_ADD_PTR(*names, name, n);
	}
	if (n->count == n->cap) {
		size_t cap = n->cap ? 2 * n->cap : 4;
		size_t *list = realloc(n->list, cap * sizeof(*list));

		if (!list)
			return false;
		n->list = list;
		n->cap = cap;
	}
	n->list[n->count++] = i;
	return true;
}

static bool add_exchange(struct blame_index *b, size_t i)
{
	struct facts *f = b->v->facts;
	const struct exchange *x = &b->v->upstream[i];
	const uint8_t *name = asked_for(f, x->qname);
	const uint8_t *zone = facts_server_zone(f, &x->server, x->qname);

	return name && add(&b->names, name, i) && (!zone || add(&b->zones, zone, i));
}

struct blame_index *blame_index_new(struct evidence *v)
{
	_cleanup_(blame_index_freep) struct blame_index *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->v = v;
	for (size_t i = 0; i < v->upstream_count; i++)
		if (!add_exchange(b, i))
			return NULL;
	return TAKE(b);
}

/* ---- what a question depends on ---- */

static void depend(struct depends *d, const uint8_t *name)
{
	for (unsigned i = 0; i < d->count; i++)
		if (d->names[i] == name)
			return;
	if (name && d->count < DEPENDS_MAX)
		d->names[d->count++] = name;
}

/* The names that the records of an RRset lead to. */
static void depend_on_targets(struct depends *d, struct facts *f, const uint8_t *owner,
			      ldns_rr_type type)
{
	const struct version *v = facts_versions(f, owner, (uint16_t)type);

	for (; v; v = v->next)
		for (size_t i = 0; i < ldns_rr_list_rr_count(v->rrs); i++)
			depend(d, facts_rdf_name(f, ldns_rr_rdf(ldns_rr_list_rr(v->rrs, i), 0)));
}

struct depends blame_depends(struct facts *f, const uint8_t *qname)
{
	struct depends d = { .names = { qname }, .count = 1 };

	for (unsigned i = 0; i < d.count && i < CHAIN_MAX; i++)
		depend_on_targets(&d, f, d.names[i], LDNS_RR_TYPE_CNAME);
	for (unsigned i = 0, count = d.count; i < count; i++)
		depend_on_targets(&d, f, facts_zone_of(f, d.names[i], 0), LDNS_RR_TYPE_NS);
	return d;
}

bool blame_concerns(const struct blame_index *b, const struct exchange *x,
		    const struct exchange *upstream)
{
	const uint8_t *name = asked_for(b->v->facts, upstream->qname);
	struct depends d = blame_depends(b->v->facts, x->qname);

	for (unsigned i = 0; i < d.count; i++)
		if (name && name_under(d.names[i], name))
			return true;
	return false;
}

size_t blame_behind(const struct evidence *v, const struct name_index *n, simtime until)
{
	size_t low = 0, high = n->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v->upstream[n->list[middle]].asked <= until)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

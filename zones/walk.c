/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "zones/census.h"
#include "zones/table.h"

struct walk {
	struct view v;
	int (*each)(const struct rrset *rs, void *arg, struct err *e);
	void *arg;
	struct err *e;
	int rc; /* the first failure; nothing is told after it */
	struct table glue; /* name servers below cuts that are written already */
	struct rrset rs, sigs;
	struct proof proof;
	bool lacks;
};

static void fail(struct walk *d, int rc, const char *what)
{
	char apex[NAME_TEXT_LEN];

	if (!d->rc)
		d->rc = err_set(d->e, rc, "zone '%s': %s", name_text(d->v.zone->apex, apex), what);
}

static void put_rrset(struct walk *d, const struct rrset *rs)
{
	if (rs->lacks)
		fail(d, -EMSGSIZE, "an RRset is more than any message holds, or cannot be made");
	if (!d->rc && rs->count)
		d->rc = d->each(rs, d->arg, d->e);
}

/* An authoritative RRset and its signatures. */
static void put_signed(struct walk *d, struct rrset *rs, const uint8_t *ref_owner)
{
	int rc = d->rc ? 0 : sign_rrset(&d->v, rs, NULL, ref_owner, &d->sigs, d->e);

	if (rc)
		d->rc = rc;
	if (sign_edit(&d->v, rs, ref_owner, &d->sigs))
		put_rrset(d, rs);
	put_rrset(d, &d->sigs);
}

/* Remembers the name of a server whose glue is written; false when it was before. */
static bool new_glue(struct walk *d, const uint8_t *name)
{
	size_t len = name_len(name);
	uint8_t *copy;

	if (table_get(&d->glue, name, len))
		return false;
	copy = malloc(len);
	if (!copy || table_put(&d->glue, memcpy(copy, name, len), len, copy)) {
		free(copy);
		fail(d, -ENOMEM, "no memory");
		return false;
	}
	return true;
}

static void put_glue(struct walk *d, const uint8_t *cut)
{
	unsigned count = 0;
	const struct server *servers = content_cut_servers(&d->v, cut, &count);

	for (unsigned i = 0; i < count && !d->rc; i++) {
		const uint8_t *name = servers[i].name;
		struct node node;

		if (!name_under(name, d->v.zone->apex))
			continue;
		content_node(&d->v, name, &node);
		if ((node.kind != NODE_CUT && node.kind != NODE_BELOW) || !new_glue(d, name))
			continue;
		if (content_glue(&d->v, name, RR_A, &d->rs))
			put_rrset(d, &d->rs);
		if (content_glue(&d->v, name, RR_AAAA, &d->rs))
			put_rrset(d, &d->rs);
	}
}

static void put_type(struct walk *d, const uint8_t *name, uint16_t type, bool at_cut)
{
	if (!content_rrset(&d->v, name, type, &d->rs))
		return;
	if (at_cut && type == RR_NS)
		put_rrset(d, &d->rs);
	else
		put_signed(d, &d->rs, NULL);
}

static void put_name(struct walk *d, const uint8_t *name)
{
	struct node node;

	content_node(&d->v, name, &node);
	for (unsigned i = 0; i < node.type_count && !d->rc; i++)
		put_type(d, name, node.types[i], node.kind == NODE_CUT);
	if (node.kind == NODE_CUT)
		put_glue(d, name);
}

static void put_chain(struct walk *d)
{
	bool ready = census_ready(d->v.zone);
	uint64_t count = ready && view_signed(&d->v) ? census_chain_count(d->v.zone) : 0;

	if (!ready)
		fail(d, -ENOMEM, "no memory");
	for (uint64_t n = 0; n < count && !d->rc; n++) {
		bool there = denial_record(&d->v, n, &d->proof);

		if (d->lacks)
			fail(d, -ENOMEM, "no memory for its proofs");
		if (!there)
			continue;
		put_signed(d, &d->proof.rrset,
			   d->proof.rrset.type == RR_NSEC3 ? d->proof.stands_for : NULL);
	}
}

/* The SOA comes first: readers ask for that. */
static void put_zone(struct walk *d)
{
	uint64_t count = census_count(d->v.zone);
	struct node apex;
	uint8_t name[NAME_MAX_LEN];

	put_type(d, d->v.zone->apex, RR_SOA, false);
	content_node(&d->v, d->v.zone->apex, &apex);
	for (unsigned i = 0; i < apex.type_count && !d->rc; i++)
		if (apex.types[i] != RR_SOA)
			put_type(d, d->v.zone->apex, apex.types[i], false);
	for (uint64_t n = 1; n < count && !d->rc; n++) {
		census_name(d->v.zone, n, name);
		put_name(d, name);
	}
	put_chain(d);
}

static void glue_free(struct table *glue)
{
	void *name;

	for (struct table_node *pos = NULL; (name = table_next(glue, &pos));)
		free(name);
	table_done(glue);
}

int walk_zone(const struct view *v, int (*each)(const struct rrset *rs, void *arg, struct err *e),
	      void *arg, struct err *e)
{
	struct walk *d = calloc(1, sizeof(*d));
	int rc;

	if (!d)
		return err_set(e, -ENOMEM, "no memory for all of a zone");
	d->v = *v;
	d->v.lacks = &d->lacks;
	d->each = each;
	d->arg = arg;
	d->e = e;
	put_zone(d);
	glue_free(&d->glue);
	rc = d->rc;
	free(d);
	return rc;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>

#include "sim/base/buf.h"
#include "sim/base/cleanup.h"
#include "zones/census.h"
#include "zones/table.h"

struct dump {
	struct view v;
	FILE *out;
	struct err *e;
	int rc; /* the first failure; nothing is written after it */
	ldns_buffer *text;
	struct table glue; /* name servers below cuts that are written already */
	struct rrset rs, sigs;
	struct proof proof;
	bool lacks;
};

static void fail(struct dump *d, int rc, const char *what)
{
	char apex[NAME_TEXT_LEN];

	if (!d->rc)
		d->rc = err_set(d->e, rc, "zone '%s': %s", name_text(d->v.zone->apex, apex), what);
}

static void put_text(struct dump *d, const ldns_rr *rr)
{
	ldns_buffer_clear(d->text);
	if (ldns_rr2buffer_str(d->text, rr) != LDNS_STATUS_OK)
		fail(d, -EIO, "a record has no text");
	else if (fwrite(ldns_buffer_begin(d->text), 1, ldns_buffer_position(d->text), d->out) !=
		 ldns_buffer_position(d->text))
		fail(d, -EIO, strerror(errno));
}

static void put_record(struct dump *d, const struct rrset *rs, const uint8_t *rdata, size_t len)
{
	uint8_t wire[NAME_MAX_LEN + 10 + RRSET_DATA_MAX];
	struct buf b = buf_over(wire, sizeof(wire));
	ldns_rr *rr = NULL;
	size_t pos = 0;

	buf_put(&b, rs->owner, name_len(rs->owner));
	buf_u16(&b, rs->type);
	buf_u16(&b, 1);
	buf_u32(&b, rs->ttl);
	buf_u16(&b, (uint16_t)len);
	buf_put(&b, rdata, len);
	if (b.failed || ldns_wire2rr(&rr, wire, b.len, &pos, LDNS_SECTION_ANSWER)) {
		fail(d, -EIO, "a record is malformed");
		return;
	}
	put_text(d, rr);
	ldns_rr_free(rr);
}

static void put_rrset(struct dump *d, const struct rrset *rs)
{
	const uint8_t *rdata;
	size_t pos = 0, len;

	if (rs->lacks)
		fail(d, -EMSGSIZE, "an RRset is more than any message holds, or cannot be made");
	while (!d->rc && (rdata = rrset_next(rs, &pos, &len)))
		put_record(d, rs, rdata, len);
}

/* An authoritative RRset and its signatures. */
static void put_signed(struct dump *d, struct rrset *rs, const uint8_t *ref_owner)
{
	int rc = d->rc ? 0 : sign_rrset(&d->v, rs, NULL, ref_owner, &d->sigs, d->e);

	if (rc)
		d->rc = rc;
	if (sign_edit(&d->v, rs, ref_owner, &d->sigs))
		put_rrset(d, rs);
	put_rrset(d, &d->sigs);
}

/* Remembers the name of a server whose glue is written; false when it was before. */
static bool new_glue(struct dump *d, const uint8_t *name)
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

static void put_glue(struct dump *d, const uint8_t *cut)
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

static void put_type(struct dump *d, const uint8_t *name, uint16_t type, bool at_cut)
{
	if (!content_rrset(&d->v, name, type, &d->rs))
		return;
	if (at_cut && type == RR_NS)
		put_rrset(d, &d->rs);
	else
		put_signed(d, &d->rs, NULL);
}

static void put_name(struct dump *d, const uint8_t *name)
{
	struct node node;

	content_node(&d->v, name, &node);
	for (unsigned i = 0; i < node.type_count && !d->rc; i++)
		put_type(d, name, node.types[i], node.kind == NODE_CUT);
	if (node.kind == NODE_CUT)
		put_glue(d, name);
}

static void put_chain(struct dump *d)
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
static void put_zone(struct dump *d)
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
	if (fflush(d->out))
		fail(d, -EIO, strerror(errno));
}

static void glue_free(struct table *glue)
{
	void *name;

	for (struct table_node *pos = NULL; (name = table_next(glue, &pos));)
		free(name);
	table_done(glue);
}

int dump_zone(const struct view *v, FILE *out, struct err *e)
{
	_cleanup_(freep) struct dump *d = NULL;
	char apex[NAME_TEXT_LEN];
	int rc;

	if (census_count(v->zone) > DUMP_MAX_NAMES)
		return err_set(e, -EFBIG,
			       "zone '%s' has more than %d names: shrink its population to dump it",
			       name_text(v->zone->apex, apex), DUMP_MAX_NAMES);
	d = calloc(1, sizeof(*d));
	if (!d)
		return err_set(e, -ENOMEM, "no memory for a dump");
	d->v = *v;
	d->v.lacks = &d->lacks;
	d->out = out;
	d->e = e;
	d->text = ldns_buffer_new(LDNS_MAX_PACKETLEN);
	if (!d->text)
		return err_set(e, -ENOMEM, "no memory for a dump");
	put_zone(d);
	ldns_buffer_free(d->text);
	glue_free(&d->glue);
	rc = d->rc;
	return rc;
}

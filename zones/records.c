/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/records.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>

#include "sim/base/buf.h"
#include "sim/base/cleanup.h"
#include "sim/base/names.h"
#include "zones/added.h"
#include "zones/entries.h"
#include "zones/image.h"
#include "zones/literal.h"
#include "zones/published.h"
#include "zones/site.h"
#include "zones/state.h"

/* What the zone makes itself, and by which of its keys it is told. */
static const struct {
	uint16_t type;
	const char *instead;
} made[] = {
	{ RR_SOA, "soa = { … } and ttl = { soa = … } of the zone" },
	{ RR_NS, "servers = { … } of the zone, and those of a zone below it" },
	{ RR_DNSKEY, "ksk, zsk and csk of the zone" },
	{ RR_DS, "the keys of the zone below, and faults of it" },
	{ RR_NSEC, "denial of the zone" },
	{ RR_NSEC3, "nsec3 = { … } of the zone" },
	{ RR_NSEC3PARAM, "nsec3 = { … } of the zone" },
	{ RR_RRSIG, "the zone's keys" },
};

static int check_type(uint16_t type, struct err *e)
{
	char name[NAMES_LEN];

	for (size_t i = 0; i < ARRAY_SIZE(made); i++)
		if (made[i].type == type)
			return err_set(e, -EINVAL, "%s is made by the zone itself: by %s",
				       names_type(type, name), made[i].instead);
	/* RFC 6895 section 3.1: 128 to 255 are asked for, and are never there; OPT is EDNS. */
	if (!type || type == RR_OPT || (type >= 128 && type <= 255))
		return err_set(e, -EINVAL, "%s is no type that a zone has", names_type(type, name));
	return 0;
}

int records_check_fields(const ldns_rr *rr, struct err *e)
{
	const ldns_rr_descriptor *desc = ldns_rr_descript(ldns_rr_get_type(rr));
	size_t count = ldns_rr_rd_count(rr), least = ldns_rr_descriptor_minimum(desc);
	char name[NAMES_LEN];

	for (size_t i = 0; i < count; i++)
		if (!ldns_rr_rdf(rr, i))
			count = i;
	if (count < least)
		return err_set(e, -EINVAL, "its RDATA has %zu of the %zu fields of %s", count,
			       least, names_type((uint16_t)ldns_rr_get_type(rr), name));
	return 0;
}

/* The RDATA's bytes; -EMSGSIZE. */
static int copy_rdata(const ldns_rr *rr, struct record_plan *r, struct err *e)
{
	size_t len = 0;

	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++)
		len += ldns_rdf_size(ldns_rr_rdf(rr, i));
	if (len > UINT16_MAX - 512)
		return err_set(e, -EMSGSIZE, "it is larger than a message");
	r->rdata = malloc(len + 1);
	if (!r->rdata)
		return err_set(e, -ENOMEM, "no memory for a record");
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(rr, i);

		memcpy(r->rdata + r->len, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
		r->len = (uint16_t)(r->len + ldns_rdf_size(rdf));
	}
	return 0;
}

static int take(const struct zone *z, ldns_rr *rr, struct record_plan *r, struct err *e)
{
	char owner[NAME_TEXT_LEN], apex[NAME_TEXT_LEN];
	const ldns_rdf *name = ldns_rr_owner(rr);

	ldns_rr2canonical(rr);
	memcpy(r->owner, ldns_rdf_data(name), ldns_rdf_size(name));
	r->type = (uint16_t)ldns_rr_get_type(rr);
	r->ttl = ldns_rr_ttl(rr);
	if (!name_under(r->owner, z->apex))
		return err_set(e, -EINVAL, "'%s' is not in the zone '%s'",
			       name_text(r->owner, owner), name_text(z->apex, apex));
	if (ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN)
		return err_set(e, -EINVAL, "its class is not IN");
	if (r->ttl > INT32_MAX)
		return err_set(e, -EINVAL, "its TTL is more than 2^31-1 (RFC 2181 section 8)");
	if (!z->as_signed && !(r->of_file && (r->type == RR_NS || r->type == RR_DS)) &&
	    check_type(r->type, e))
		return -EINVAL;
	if (records_check_fields(rr, e))
		return -EINVAL;
	return copy_rdata(rr, r, e);
}

/* Reads a text; what it got is the caller's, also on failure. */
static int parse(const struct zone *z, const char *text, struct record_plan *r, struct err *e)
{
	ldns_rdf *origin = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name_len(z->apex), z->apex);
	ldns_rr *rr = NULL;
	ldns_status status;
	int rc;

	if (!origin)
		return err_set(e, -ENOMEM, "no memory for a record");
	status = ldns_rr_new_frm_str(&rr, text, z->ttl.address, origin, NULL);
	ldns_rdf_deep_free(origin);
	if (status)
		return err_set(e, -EINVAL, "is no record (%s): write NAME TTL TYPE DATA",
			       ldns_get_errorstr_by_id(status));
	rc = take(z, rr, r, e);
	ldns_rr_free(rr);
	return rc;
}

/* What is wrong with it wherever else there is something. */
static int check(const struct zone *z, const struct record_plan *r, struct err *e)
{
	bool at_apex = name_equal(r->owner, z->apex);

	if (r->type == RR_CNAME && at_apex)
		return err_set(e, -EINVAL,
			       "the apex has SOA and NS, so no CNAME (RFC 1034 section "
			       "3.6.2)");
	if (r->type == RR_DNAME && at_apex && !z->is_bare)
		return err_set(e, -EINVAL,
			       "the names that a leaf has by rule stand below the apex: "
			       "its DNAME wants bare = true");
	if (r->type == RR_DNAME && r->owner[0] == 1 && r->owner[1] == '*')
		return err_set(e, -EINVAL, "a wildcard has no DNAME (RFC 6672 section 3.3)");
	return 0;
}

static void done(struct record_plan *r)
{
	free(r->rdata);
	free(r->place);
}

/* Checks it, and puts it behind the others; on failure it is let go of. */
static int add(struct zone *z, struct record_plan *r, const char *place, struct err *e)
{
	int rc = check(z, r, e);
	struct record_plan *more;

	more = rc ? NULL : realloc(z->records, (z->record_count + 1) * sizeof(*more));
	if (more)
		z->records = more;
	r->place = strdup(place);
	r->number = z->record_count;
	if (!rc && (!more || !r->place))
		rc = err_set(e, -ENOMEM, "no memory for a record");
	if (rc) {
		done(r);
		return rc;
	}
	z->records[z->record_count++] = *r;
	return 0;
}

int records_add(struct zone *z, const char *text, const char *place, struct err *e)
{
	struct record_plan r = { .type = 0 };
	int rc = parse(z, text, &r, e);

	if (!rc)
		return add(z, &r, place, e);
	done(&r);
	return rc;
}

int records_take(struct zone *z, ldns_rr *rr, const char *place, struct err *e)
{
	struct record_plan r = { .of_file = true };
	int rc = take(z, rr, &r, e);

	if (!rc)
		return add(z, &r, place, e);
	done(&r);
	return rc;
}

int records_put(struct zone *z, const struct image_record *from, struct err *e)
{
	struct record_plan r = {
		.type = from->type, .len = from->len, .ttl = from->ttl, .of_file = true
	};

	name_copy(r.owner, from->owner);
	r.rdata = malloc(from->len + 1u);
	if (!r.rdata)
		return err_set(e, -ENOMEM, "no memory for a record");
	memcpy(r.rdata, from->rdata, from->len);
	if (name_under(r.owner, z->apex) && r.ttl <= INT32_MAX &&
	    (r.type == RR_NS || r.type == RR_DS || !check_type(r.type, e)))
		return add(z, &r, from->place, e);
	done(&r);
	return err_set(e, -EBADMSG, "the image has a record that is none of the zone's");
}

unsigned records_leave(struct zone *z, bool (*leaves)(const struct record_plan *r, const void *arg),
		       const void *arg)
{
	unsigned kept = 0, left;

	for (unsigned i = 0; i < z->record_count; i++) {
		if (leaves(&z->records[i], arg))
			done(&z->records[i]);
		else
			z->records[kept++] = z->records[i];
	}
	left = z->record_count - kept;
	z->record_count = kept;
	return left;
}

void records_free(struct zone *z)
{
	for (unsigned i = 0; i < z->record_count; i++)
		done(&z->records[i]);
	free(z->records);
}

/* ---- into names ---- */

static int compare(const struct record_plan *x, const struct record_plan *y)
{
	int order = name_compare(x->owner, y->owner);

	return order ? order : (x->type > y->type) - (x->type < y->type);
}

/* By name, then type; those of one RRset in the order in which they were told. */
static int in_order(const void *a, const void *b)
{
	const struct record_plan *x = a, *y = b;
	int order = compare(x, y);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* The records of one name, RRset by RRset. */
struct group {
	const struct record_plan *first;
	unsigned records, sets;
	struct told_set set[TOLD_TYPES_MAX];
	uint8_t *data[TOLD_TYPES_MAX];
};

static int refuse(const struct record_plan *r, int rc, struct err *e)
{
	err_place(e, r->place);
	return rc;
}

/* RFC 2181 sections 5.2 and 10.1, RFC 6672 section 2.4. */
static int check_set(const struct record_plan *first, const struct record_plan *r, struct err *e)
{
	char type[NAMES_LEN];

	if (r->ttl != first->ttl)
		return refuse(r,
			      err_set(e, -EINVAL,
				      "the %s records of a name have one TTL: here %u, "
				      "and %u at %s",
				      names_type(r->type, type), r->ttl, first->ttl, first->place),
			      e);
	if (r != first && (r->type == RR_CNAME || r->type == RR_DNAME))
		return refuse(r,
			      err_set(e, -EINVAL, "a name has one %s: see %s",
				      names_type(r->type, type), first->place),
			      e);
	return 0;
}

/* The RRset that begins with `first` and has to be before `end`, into `rs`; how many records it is in
 * *ret. */
static int gather(const struct record_plan *first, const struct record_plan *end, struct rrset *rs,
		  unsigned *ret, struct err *e)
{
	const struct record_plan *r = first;

	rrset_init(rs, first->owner, first->type, first->ttl);
	for (; r < end && !compare(first, r); r++) {
		int rc = check_set(first, r, e);

		if (rc)
			return rc;
		rrset_add(rs, r->rdata, r->len);
	}
	*ret = (unsigned)(r - first);
	return 0;
}

static int add_set(struct group *g, const struct record_plan *r, const struct rrset *rs,
		   struct err *e)
{
	uint8_t *data;

	if (g->sets == TOLD_TYPES_MAX)
		return refuse(r,
			      err_set(e, -E2BIG, "the name has records of more than %d types",
				      TOLD_TYPES_MAX),
			      e);
	if (rs->lacks)
		return refuse(r, err_set(e, -E2BIG, "no message holds so many records"), e);
	if (g->sets && (r->type == RR_CNAME || g->first->type == RR_CNAME))
		return refuse(r,
			      err_set(e, -EINVAL,
				      "a CNAME has nothing beside it (RFC 2181 section "
				      "10.1): see %s",
				      g->first->place),
			      e);
	data = malloc(rs->len + 1u);
	if (!data)
		return err_set(e, -ENOMEM, "no memory for records");
	memcpy(data, rs->data, rs->len);
	g->data[g->sets] = data;
	g->set[g->sets++] = (struct told_set){ r->type, rs->len, r->ttl, data };
	return 0;
}

static bool has_set(const struct group *g, uint16_t type)
{
	for (unsigned i = 0; i < g->sets; i++)
		if (g->set[i].type == type)
			return true;
	return false;
}

/* A delegation of a file more than a label below the apex: to a leaf that the testbed answers for. */
static int add_cut(struct zone *z, const struct group *g, struct err *e)
{
	const struct told_zone told = { .is_signed = has_set(g, RR_DS), .denial = -1 };
	int rc = added_delegation(z, g->first->owner, &told, e);

	return rc ? refuse(g->first, rc, e) : 0;
}

static int add_name(struct zone *z, struct group *g, const struct record_plan *end,
		    struct rrset *rs, struct err *e)
{
	const struct record_plan *r = g->first;
	struct told *told;
	unsigned count;
	int rc = 0;

	for (; !rc && r < end && name_equal(r->owner, g->first->owner); r += count) {
		rc = gather(r, end, rs, &count, e);
		if (!rc)
			rc = add_set(g, r, rs, e);
		if (rc)
			return rc;
	}
	g->records = (unsigned)(r - g->first);
	if (g->first->of_file && hosting_host(z->tree, g->first->owner) &&
	    !name_equal(g->first->owner, z->apex))
		return 0;
	if (has_set(g, RR_NS))
		return add_cut(z, g, e);
	if (has_set(g, RR_DS))
		return refuse(g->first, err_set(e, -EINVAL, "a DS stands where there is no NS"), e);
	told = told_new(g->set, g->sets);
	if (!told)
		return err_set(e, -ENOMEM, "no memory for records");
	rc = entries_tell_name(z, g->first->owner, told, e);
	return rc ? refuse(g->first, rc, e) : 0;
}

/* What is there beside the records that are told. */
static int check_below_dname(const struct zone *z, const struct record_plan *r, struct err *e)
{
	const struct content *c = z->state->content;
	char name[NAME_TEXT_LEN];

	for (unsigned i = 0; r->type == RR_DNAME && i < c->count; i++)
		if (name_under(c->list[i]->name, r->owner) &&
		    !name_equal(c->list[i]->name, r->owner))
			return refuse(r,
				      err_set(e, -EINVAL,
					      "'%s' stands below the DNAME, where "
					      "nothing is (RFC 6672 section 2.4)",
					      name_text(c->list[i]->name, name)),
				      e);
	return 0;
}

static int apply(struct zone *z, struct rrset *rs, struct err *e)
{
	const struct record_plan *end = z->records + z->record_count;
	int rc = 0;

	for (const struct record_plan *r = z->records; !rc && r < end;) {
		struct group g = { .first = r };

		rc = add_name(z, &g, end, rs, e);
		while (g.sets)
			free(g.data[--g.sets]);
		r += g.records;
	}
	for (const struct record_plan *r = z->records; !rc && r < end; r++)
		rc = check_below_dname(z, r, e);
	return rc;
}

int records_apply(struct zone *z, struct err *e)
{
	_cleanup_(freep) struct rrset *rs = z->record_count ? malloc(sizeof(*rs)) : NULL;

	if (z->published)
		return published_prepare(z, e);
	if (z->as_signed)
		return literal_make(z, e);
	if (!z->record_count)
		return 0;
	if (!rs)
		return err_set(e, -ENOMEM, "no memory for records");
	qsort(z->records, z->record_count, sizeof(*z->records), in_order);
	return apply(z, rs, e);
}

bool records_answer(const struct zone *z, const uint8_t *name)
{
	uint8_t wild[NAME_MAX_LEN];
	struct site f;
	const uint8_t *at = site_find(z, name, &f);
	const uint8_t *above;

	if (f.kind != NODE_ABSENT || name_equal(at, z->apex))
		return false;
	above = name_skip(at, 1);
	site_at(z, above, name_labels(above) - name_labels(z->apex), &f);
	if (told_find(f.told, RR_DNAME))
		return true;
	if (name_prepend(wild, "*", above))
		return false;
	site_at(z, wild, name_labels(wild) - name_labels(z->apex), &f);
	return f.told != NULL;
}

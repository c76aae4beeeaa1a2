/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "harness/evidence/facts_inside.h"

#define VERSIONS_MAX 1000 /* of an RRset that are told apart by time */

static struct rrset_seen *make_rrset(struct facts *f, const uint8_t *owner, uint16_t type)
{
	struct rrset_seen *s = facts_rrset(f, owner, type);

	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s) {
		f->no_memory = true;
		return NULL;
	}
	s->key = facts_key(owner, type);
	HASH_ADD(hh, f->rrsets, key, sizeof(s->key), s);
	return s;
}

/* `rrs` is the version's, sorted. */
static void add_version(struct facts *f, const uint8_t *owner, uint16_t type, ldns_rr_list *rrs,
			uint32_t ttl, const struct sighting *s)
{
	struct rrset_seen *seen = make_rrset(f, owner, type);
	struct version *v = seen ? seen->last : NULL;

	if (seen && seen->count >= VERSIONS_MAX)
		v = seen->first; /* of one that goes to and fro it is not told when it was which */
	while (v && v->next && ldns_rr_list_compare(v->rrs, rrs) != 0)
		v = v->next;
	if (v && ldns_rr_list_compare(v->rrs, rrs) == 0) {
		v->last = *s;
		v->ttl = ttl;
		ldns_rr_list_deep_free(rrs);
		return;
	}
	v = seen ? calloc(1, sizeof(*v)) : NULL;
	if (!v) {
		f->no_memory = true;
		ldns_rr_list_deep_free(rrs);
		return;
	}
	*v = (struct version){ .first = *s, .last = *s, .ttl = ttl, .rrs = rrs };
	if (seen->last)
		seen->last->next = v;
	else
		seen->first = v;
	seen->last = v;
	seen->count++;
}

static void learn_there(struct facts *f, const uint8_t *name, uint16_t type)
{
	struct key key = facts_key(name, type);
	struct there *t;

	HASH_FIND(hh, f->there, &key, sizeof(key), t);
	if (t)
		return;
	t = calloc(1, sizeof(*t));
	if (!t) {
		f->no_memory = true;
		return;
	}
	t->key = key;
	HASH_ADD(hh, f->there, key, sizeof(t->key), t);
}

static struct served *served_of(struct facts *f, const uint8_t *server)
{
	struct served *s;

	HASH_FIND_PTR(f->served, &server, s);
	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s) {
		f->no_memory = true;
		return NULL;
	}
	s->server = server;
	HASH_ADD_PTR(f->served, server, s);
	return s;
}

static void learn_server_of(struct facts *f, const uint8_t *zone, const uint8_t *server)
{
	struct served *s = served_of(f, server);

	if (!s)
		return;
	for (unsigned i = 0; i < s->count; i++)
		if (s->zones[i] == zone)
			return;
	if (s->count < SERVES_MAX)
		s->zones[s->count++] = zone;
}

static struct server_seen *server_add(struct facts *f, const struct address *a, const uint8_t *name)
{
	struct server_seen *s = calloc(1, sizeof(*s));

	if (!s) {
		f->no_memory = true;
		return NULL;
	}
	s->address = *a;
	s->name = name;
	HASH_ADD(hh, f->servers, address, sizeof(*a), s);
	return s;
}

int facts_name_server(struct facts *f, const struct address *a, const uint8_t *name)
{
	const uint8_t *kept = facts_name(f, name);
	struct address key;

	memset(&key, 0, sizeof(key)); /* as all are hashed */
	key.family = a->family;
	memcpy(key.bytes, a->bytes, address_len(a));
	if (!kept)
		return -ENOMEM;
	if (facts_server_name(f, a))
		return 0;
	return server_add(f, &key, kept) ? 0 : -ENOMEM;
}

static void learn_address(struct facts *f, const ldns_rr *rr)
{
	const ldns_rdf *rdf = ldns_rr_rdf(rr, 0);
	const uint8_t *name = facts_rdf_name(f, ldns_rr_owner(rr));
	struct served *served = name ? served_of(f, name) : NULL;
	struct server_seen *s;
	struct address a;

	memset(&a, 0, sizeof(a));
	a.family = ldns_rr_get_type(rr) == LDNS_RR_TYPE_A ? 4 : 6;
	if (!served || !rdf || ldns_rdf_size(rdf) != address_len(&a))
		return;
	served->has_address = true;
	memcpy(a.bytes, ldns_rdf_data(rdf), address_len(&a));
	HASH_FIND(hh, f->servers, &a, sizeof(a), s);
	if (s) { /* who serves zones is the better name of two */
		const struct served *old = served_of(f, s->name);

		if (old && !old->count)
			s->name = name;
		return;
	}
	server_add(f, &a, name);
}

static bool is_kept(ldns_rr_type type)
{
	return type == LDNS_RR_TYPE_DNSKEY || type == LDNS_RR_TYPE_DS || type == LDNS_RR_TYPE_NS ||
	       type == LDNS_RR_TYPE_CNAME;
}

/* The RRset that record `i` of a section begins, or nothing where it goes on with one. */
static void learn_rrset(struct facts *f, const ldns_rr_list *section, size_t i,
			const struct sighting *s)
{
	const ldns_rr *rr = ldns_rr_list_rr(section, i);
	ldns_rr_type type = ldns_rr_get_type(rr);
	const uint8_t *owner = facts_rdf_name(f, ldns_rr_owner(rr));
	ldns_rr_list *rrs;

	if (!owner)
		return;
	for (size_t k = 0; k < i; k++)
		if (ldns_rr_get_type(ldns_rr_list_rr(section, k)) == type &&
		    facts_rdf_name(f, ldns_rr_owner(ldns_rr_list_rr(section, k))) == owner)
			return;
	rrs = ldns_rr_list_new();
	for (size_t k = i; rrs && k < ldns_rr_list_rr_count(section); k++) {
		const ldns_rr *other = ldns_rr_list_rr(section, k);

		if (ldns_rr_get_type(other) == type &&
		    facts_rdf_name(f, ldns_rr_owner(other)) == owner)
			ldns_rr_list_push_rr(rrs, ldns_rr_clone(other));
	}
	if (!rrs) {
		f->no_memory = true;
		return;
	}
	ldns_rr_list_sort(rrs);
	add_version(f, owner, (uint16_t)type, rrs, ldns_rr_ttl(rr), s);
}

static void learn_cut(struct facts *f, const uint8_t *zone)
{
	if (zone)
		make_rrset(f, zone, CUT);
}

/* A signature tells that a name is there: for one out of a wildcard, the wildcard. */
static void learn_covered(struct facts *f, const ldns_rr *rrsig)
{
	const uint8_t *owner = facts_rdf_name(f, ldns_rr_owner(rrsig));
	const ldns_rdf *labels = ldns_rr_rrsig_labels(rrsig);
	const ldns_rdf *covered = ldns_rr_rrsig_typecovered(rrsig);
	uint8_t wild[NAME_MAX_LEN];
	unsigned have, want;

	if (!owner || !labels || !covered || ldns_rdf_size(labels) != 1)
		return;
	have = name_labels(owner);
	want = ldns_rdf_data(labels)[0];
	if (want >= have || (owner[0] == 1 && owner[1] == '*') ||
	    name_prepend(wild, "*", name_skip(owner, have - want)) < 0)
		return;
	owner = facts_name(f, wild);
	if (owner)
		learn_there(f, owner, (uint16_t)ldns_rdf2rr_type(covered));
}

static void learn_record(struct facts *f, const ldns_rr_list *section, size_t i, bool is_answer,
			 const struct sighting *s)
{
	const ldns_rr *rr = ldns_rr_list_rr(section, i);
	ldns_rr_type type = ldns_rr_get_type(rr);
	const uint8_t *owner = facts_rdf_name(f, ldns_rr_owner(rr)), *server;

	if (!owner || ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN)
		return;
	if (type == LDNS_RR_TYPE_RRSIG && is_answer)
		learn_covered(f, rr);
	if (is_kept(type))
		learn_rrset(f, section, i, s);
	if (type == LDNS_RR_TYPE_NS || type == LDNS_RR_TYPE_SOA || type == LDNS_RR_TYPE_DNSKEY)
		learn_cut(f, owner);
	if (type == LDNS_RR_TYPE_NS) {
		server = facts_rdf_name(f, ldns_rr_rdf(rr, 0));
		if (server)
			learn_server_of(f, owner, server);
		learn_there(f, owner, 0);
	}
	if (type == LDNS_RR_TYPE_A || type == LDNS_RR_TYPE_AAAA)
		learn_address(f, rr);
	if (is_answer && type != LDNS_RR_TYPE_RRSIG) {
		learn_there(f, owner, (uint16_t)type);
		learn_there(f, owner, 0);
	}
}

static void learn_section(struct facts *f, const ldns_rr_list *section, bool is_answer,
			  const struct sighting *s)
{
	for (size_t i = 0; section && i < ldns_rr_list_rr_count(section) && i < RECORDS_MAX; i++)
		learn_record(f, section, i, is_answer, s);
}

static bool has_type(const ldns_rr_list *section, ldns_rr_type type)
{
	for (size_t i = 0; section && i < ldns_rr_list_rr_count(section); i++)
		if (ldns_rr_get_type(ldns_rr_list_rr(section, i)) == type)
			return true;
	return false;
}

/* "There is no DS": NODATA for one, or a referral with a proof and without DS. */
static void learn_no_ds(struct facts *f, const ldns_pkt *p, const struct sighting *s)
{
	const ldns_rr_list *authority = ldns_pkt_authority(p);
	const ldns_rr *q = ldns_rr_list_rr(ldns_pkt_question(p), 0);
	const uint8_t *owner = NULL;

	if (ldns_pkt_get_rcode(p) != LDNS_RCODE_NOERROR || has_type(authority, LDNS_RR_TYPE_DS) ||
	    ldns_pkt_ancount(p))
		return;
	if (ldns_rr_get_type(q) == LDNS_RR_TYPE_DS && has_type(authority, LDNS_RR_TYPE_SOA))
		owner = facts_rdf_name(f, ldns_rr_owner(q));
	else if (!ldns_pkt_aa(p) && (has_type(authority, LDNS_RR_TYPE_NSEC) ||
				     has_type(authority, LDNS_RR_TYPE_NSEC3)))
		for (size_t i = 0; !owner && i < ldns_rr_list_rr_count(authority); i++)
			if (ldns_rr_get_type(ldns_rr_list_rr(authority, i)) == LDNS_RR_TYPE_NS)
				owner = facts_rdf_name(
					f, ldns_rr_owner(ldns_rr_list_rr(authority, i)));
	if (owner && owner[0])
		add_version(f, owner, LDNS_RR_TYPE_DS, ldns_rr_list_new(), 3600, s);
}

int facts_learn(struct facts *f, const ldns_pkt *p, const struct sighting *s)
{
	if (ldns_pkt_tc(p) || !ldns_pkt_question(p) ||
	    ldns_rr_list_rr_count(ldns_pkt_question(p)) != 1)
		return 0;
	if (ldns_pkt_get_rcode(p) != LDNS_RCODE_NOERROR &&
	    ldns_pkt_get_rcode(p) != LDNS_RCODE_NXDOMAIN)
		return 0;
	learn_section(f, ldns_pkt_answer(p), true, s);
	learn_section(f, ldns_pkt_authority(p), false, s);
	learn_section(f, ldns_pkt_additional(p), false, s);
	learn_no_ds(f, p, s);
	return f->no_memory ? -ENOMEM : 0;
}

int facts_note(struct facts *f, const uint8_t *name, uint16_t type)
{
	learn_there(f, name, type);
	learn_there(f, name, 0);
	return f->no_memory ? -ENOMEM : 0;
}

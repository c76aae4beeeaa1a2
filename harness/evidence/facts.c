/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/facts_inside.h"

#include <errno.h>
#include <string.h>

#define SOON (30 * SECOND) /* a resolver fetches keys behind the answer that they are for */

struct facts *facts_new(void)
{
	return calloc(1, sizeof(struct facts));
}

static void free_versions(struct version *v)
{
	while (v) {
		struct version *next = v->next;

		ldns_rr_list_deep_free(v->rrs);
		free(v);
		v = next;
	}
}

#define FREE_ALL(head, type, release)                                                              \
	do {                                                                                       \
		type *item_, *next_;                                                               \
		HASH_ITER (hh, head, item_, next_) {                                               \
			HASH_DEL(head, item_);                                                     \
			release(item_);                                                            \
		}                                                                                  \
	} while (0)

static void free_rrset(struct rrset_seen *r)
{
	free_versions(r->first);
	free(r);
}

void facts_free(struct facts *f)
{
	if (!f)
		return;
	FREE_ALL(f->rrsets, struct rrset_seen, free_rrset);
	FREE_ALL(f->there, struct there, free);
	FREE_ALL(f->servers, struct server_seen, free);
	FREE_ALL(f->served, struct served, free);
	FREE_ALL(f->names, struct known_name, free);
	free(f);
}

/* ---- names ---- */

uint8_t *facts_wire(const ldns_rdf *name, uint8_t ret[NAME_MAX_LEN])
{
	const uint8_t *data;
	size_t size;

	if (!name || ldns_rdf_get_type(name) != LDNS_RDF_TYPE_DNAME)
		return NULL;
	size = ldns_rdf_size(name);
	data = ldns_rdf_data(name);
	if (!size || size > NAME_MAX_LEN)
		return NULL;
	for (size_t i = 0; i < size; i++)
		ret[i] = name_lower(data[i]); /* lengths of labels are below 'A' */
	return ret;
}

static struct known_name *find_name(const struct facts *f, const uint8_t *name, size_t len)
{
	struct known_name *n;

	HASH_FIND(hh, f->names, name, len, n);
	return n;
}

const uint8_t *facts_name(struct facts *f, const uint8_t *name)
{
	uint8_t lower[NAME_MAX_LEN] = { 0 };
	size_t len = name_len(name);
	struct known_name *n;

	for (size_t i = 0; i < len; i++)
		lower[i] = name_lower(name[i]);
	n = find_name(f, lower, len);
	if (n)
		return n->name;
	n = malloc(sizeof(*n) + len);
	if (!n) {
		f->no_memory = true;
		return NULL;
	}
	memcpy(n->name, lower, len);
	HASH_ADD_KEYPTR(hh, f->names, n->name, len, n);
	return n->name;
}

const uint8_t *facts_rdf_name(struct facts *f, const ldns_rdf *name)
{
	uint8_t wire[NAME_MAX_LEN];

	return facts_wire(name, wire) ? facts_name(f, wire) : NULL;
}

const uint8_t *facts_known(const struct facts *f, const uint8_t *name)
{
	const struct known_name *n = find_name(f, name, name_len(name));

	return n ? n->name : NULL;
}

struct rrset_seen *facts_rrset(const struct facts *f, const uint8_t *owner, uint16_t type)
{
	struct key key = facts_key(facts_known(f, owner), type);
	struct rrset_seen *s = NULL;

	if (key.owner)
		HASH_FIND(hh, f->rrsets, &key, sizeof(key), s);
	return s;
}

/* ---- asking ---- */

const struct version *facts_versions(const struct facts *f, const uint8_t *owner, uint16_t type)
{
	const struct rrset_seen *s = facts_rrset(f, owner, type);

	return s ? s->first : NULL;
}

const struct version *facts_held(const struct facts *f, const uint8_t *owner, uint16_t type,
				 simtime at)
{
	const struct version *v = facts_versions(f, owner, type), *before = NULL, *after = NULL;

	for (; v && !after; v = v->next)
		if (v->first.at <= at)
			before = v;
		else
			after = v;
	if (before && earlier(at, before->last.at) + before->ttl * SECOND >= at)
		return before;
	if (after && (!before || after->first.at <= at + SOON))
		return after;
	return before;
}

static bool is_cut(const struct facts *f, const uint8_t *name)
{
	return !name[0] || facts_rrset(f, name, CUT);
}

const uint8_t *facts_zone_of(struct facts *f, const uint8_t *name, uint16_t type)
{
	if (type == LDNS_RR_TYPE_DS && name[0])
		name = name_skip(name, 1);
	while (!is_cut(f, name))
		name = name_skip(name, 1);
	return facts_name(f, name);
}

static bool is_supported(const ldns_rr *ds)
{
	const ldns_rdf *digest = ldns_rr_rdf(ds, 2), *algorithm = ldns_rr_rdf(ds, 1);

	if (!digest || !algorithm)
		return false;
	switch (ldns_rdf2native_int8(digest)) {
	case LDNS_SHA1:
	case LDNS_SHA256:
	case LDNS_SHA384:
		break;
	default:
		return false;
	}
	switch (ldns_rdf2native_int8(algorithm)) {
	case LDNS_RSASHA1:
	case LDNS_RSASHA1_NSEC3:
	case LDNS_RSASHA256:
	case LDNS_RSASHA512:
	case LDNS_ECDSAP256SHA256:
	case LDNS_ECDSAP384SHA384:
	case LDNS_ED25519:
	case LDNS_ED448:
		return true;
	}
	return false;
}

const ldns_rr *facts_ds(const struct facts *f, const uint8_t *zone, simtime at)
{
	const struct version *v = facts_held(f, zone, LDNS_RR_TYPE_DS, at);

	return v && ldns_rr_list_rr_count(v->rrs) ? ldns_rr_list_rr(v->rrs, 0) : NULL;
}

const struct version *facts_older_ds(const struct facts *f, const uint8_t *zone, simtime at)
{
	const struct version *v = facts_versions(f, zone, LDNS_RR_TYPE_DS), *old = NULL;
	const struct version *held = facts_held(f, zone, LDNS_RR_TYPE_DS, at);

	for (; v && v != held; v = v->next)
		if (ldns_rr_list_rr_count(v->rrs) && v->last.at + v->ttl * SECOND >= at)
			old = v;
	return old;
}

/* By its DS alone. */
static enum security security_here(const struct facts *f, const uint8_t *zone, simtime at)
{
	const struct version *v = facts_held(f, zone, LDNS_RR_TYPE_DS, at);

	if (!v)
		return SECURITY_NOT_KNOWN;
	for (size_t i = 0; i < ldns_rr_list_rr_count(v->rrs); i++)
		if (is_supported(ldns_rr_list_rr(v->rrs, i)))
			return SECURITY_SECURE;
	return SECURITY_INSECURE; /* RFC 4035 section 5.2 */
}

enum security facts_security(struct facts *f, const uint8_t *zone, simtime at)
{
	enum security s = SECURITY_SECURE, here = SECURITY_SECURE;
	bool first = true;

	if (!zone[0]) /* nobody has a DS for it: whoever fetches its keys has an anchor */
		return facts_versions(f, zone, LDNS_RR_TYPE_DNSKEY) ? SECURITY_SECURE
								    : SECURITY_NOT_KNOWN;
	for (; zone[0]; zone = facts_zone_of(f, name_skip(zone, 1), 0)) {
		here = security_here(f, zone, at);
		if (here == SECURITY_INSECURE)
			return here;
		if (first)
			s = here;
		first = false;
	}
	return s;
}

const uint8_t *facts_server_name(const struct facts *f, const struct address *a)
{
	struct address key;
	struct server_seen *s;

	memset(&key, 0, sizeof(key));
	key.family = a->family;
	memcpy(key.bytes, a->bytes, address_len(a));
	HASH_FIND(hh, f->servers, &key, sizeof(key), s);
	return s ? s->name : NULL;
}

const uint8_t *facts_server_zone(struct facts *f, const struct address *a, const uint8_t *qname)
{
	const uint8_t *server = facts_server_name(f, a), *best = NULL;
	const struct served *s = NULL;

	if (server)
		HASH_FIND_PTR(f->served, &server, s);
	for (unsigned i = 0; s && i < s->count; i++)
		if (name_under(qname, s->zones[i]) &&
		    (!best || name_labels(s->zones[i]) > name_labels(best)))
			best = s->zones[i];
	return best;
}

static bool is_there(const struct facts *f, const uint8_t *name, uint16_t type)
{
	struct key key = facts_key(facts_known(f, name), type);
	struct there *t = NULL;

	if (key.owner)
		HASH_FIND(hh, f->there, &key, sizeof(key), t);
	return t;
}

bool facts_is_there(const struct facts *f, const uint8_t *name, uint16_t type)
{
	return is_there(f, name, type);
}

bool facts_has_address(const struct facts *f, const uint8_t *name)
{
	const uint8_t *place = facts_known(f, name);
	const struct served *s = NULL;

	if (place)
		HASH_FIND_PTR(f->served, &place, s);
	return s && s->has_address;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/content.h"

#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/cleanup.h"
#include "zones/delegation.h"
#include "zones/entries.h"
#include "zones/hashing.h"
#include "zones/leaf.h"
#include "zones/site.h"
#include "zones/state.h"
#include "zones/version.h"

static bool hidden(const struct view *v, uint16_t type)
{
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(v->zone, v->server, v->now, &i));) {
		if (f->row->hides == type || f->row->hides_too == type) {
			view_saw(v, f);
			return true;
		}
	}
	return false;
}

/* Types come in ascending order; what is told may be of any. */
static void put_type(struct node *n, uint16_t type)
{
	unsigned at = n->type_count;

	while (at && n->types[at - 1] > type)
		at--;
	if ((at && n->types[at - 1] == type) || n->type_count == ARRAY_SIZE(n->types))
		return;
	memmove(&n->types[at + 1], &n->types[at], (n->type_count++ - at) * sizeof(n->types[0]));
	n->types[at] = type;
}

void content_node(const struct view *v, const uint8_t *name, struct node *ret)
{
	struct site f;
	const uint8_t *at = site_look(v, name, &f);

	ret->kind = f.kind;
	ret->type_count = 0;
	ret->signed_cut = f.is_signed;
	if (f.kind == NODE_CUT) {
		name_copy(ret->cut, at);
		if (at != name) {
			ret->kind = NODE_BELOW;
			return;
		}
	}
	for (unsigned i = 0; f.set >> i; i++)
		if (f.set >> i & 1)
			ret->types[ret->type_count++] = site_types[i];
	for (unsigned i = 0; f.told && i < f.told->count; i++)
		put_type(ret, f.told->sets[i].type);
}

const struct server *content_cut_servers(const struct view *v, const uint8_t *cut, unsigned *count)
{
	struct site f;

	if (site_find(v->zone, cut, &f) != cut || f.kind != NODE_CUT || delegation_loop(v, &f))
		return NULL;
	return delegation_servers(v->zone, &f, count);
}

static void make_ns(const struct view *v, const uint8_t *name, const struct site *f,
		    struct rrset *ret)
{
	const struct zone *z = v->zone;
	const struct server *servers = z->servers;
	unsigned count = z->server_count;
	const struct fault *loop = delegation_loop(v, f);
	uint8_t nowhere[NAME_MAX_LEN];

	rrset_init(ret, name, RR_NS, f->kind == NODE_CUT ? z->ttl.delegation : z->ttl.ns);
	if (loop && !name_prepend(nowhere, "ns1", loop->other->apex)) {
		rrset_add(ret, nowhere, name_len(nowhere));
		view_saw(v, loop);
		return;
	}
	if (f->kind == NODE_CUT)
		servers = delegation_servers(z, f, &count);
	for (unsigned i = 0; i < count; i++)
		rrset_add(ret, servers[i].name, name_len(servers[i].name));
}

static bool make_ds(const struct view *v, const struct site *f, struct rrset *ret)
{
	struct delegation d;
	struct zone *child;

	if (!delegation_of(v->zone, f, &d)) {
		child = f->entry->child;
		return child && sign_ds(v, child, ret);
	}
	child = leaf_get(v->zone, &d);
	if (child)
		return sign_ds(v, child, ret);
	rrset_init(ret, d.name, RR_DS, v->zone->ttl.ds);
	ret->lacks = true; /* no memory */
	return true;
}

static void make_soa(const struct view *v, struct rrset *ret)
{
	const struct zone *z = v->zone;
	uint8_t rdata[2 * NAME_MAX_LEN + 20];
	struct buf b = buf_over(rdata, sizeof(rdata));

	buf_put(&b, z->soa_mname, name_len(z->soa_mname));
	buf_put(&b, z->soa_rname, name_len(z->soa_rname));
	buf_u32(&b, version_serial(v));
	buf_u32(&b, z->soa_refresh);
	buf_u32(&b, z->soa_retry);
	buf_u32(&b, z->soa_expire);
	buf_u32(&b, z->ttl.negative);
	rrset_init(ret, z->apex, RR_SOA, z->ttl.soa);
	rrset_add(ret, rdata, b.len);
}

static void make_nsec3param(const struct view *v, struct rrset *ret)
{
	const struct hashing h = hashing_of(v);
	const struct zone *z = v->zone;
	uint8_t rdata[5 + 255] = { 1 }; /* SHA-1, no flags */

	put16(rdata + 2, h.iterations);
	rdata[4] = h.salt_len;
	memcpy(rdata + 5, h.salt, h.salt_len);
	rrset_init(ret, z->apex, RR_NSEC3PARAM, 0);
	rrset_add(ret, rdata, 5u + h.salt_len);
}

static bool add_host_addresses(const struct zone *z, const uint8_t *name, uint16_t type,
			       uint32_t ttl, struct rrset *ret)
{
	const struct host *h = hosting_host(z->tree, name);
	unsigned family = type == RR_A ? 4 : 6;

	rrset_init(ret, name, type, ttl);
	for (unsigned i = 0; h && i < h->address_count; i++)
		if (h->addresses[i].family == family)
			rrset_add(ret, h->addresses[i].bytes, family == 4 ? 4 : 16);
	return ret->count;
}

static void make_address(const struct view *v, const uint8_t *name, uint16_t type, bool real,
			 struct rrset *ret)
{
	uint8_t rdata[16];

	if (real) {
		add_host_addresses(v->zone, name, type, v->zone->ttl.address, ret);
		return;
	}
	tree_address_write(v->zone->tree, name, v->given ? v->given : v->now, type == RR_A ? 4 : 6,
			   rdata);
	rrset_init(ret, name, type, v->zone->ttl.address);
	rrset_add(ret, rdata, type == RR_A ? 4 : 16);
}

/* Whether the RRset's addresses are told, and not those that carry the instant. */
static bool is_literal(const struct zone *z, const uint8_t *owner, uint16_t type)
{
	const struct told_set *told;
	struct site f;

	if (site_find(z, owner, &f) != owner)
		return false;
	told = told_find(f.told, type);
	return told && told->len;
}

void content_expand(const struct view *v, const uint8_t *name, struct rrset *rs)
{
	uint32_t ttl = rs->ttl;

	if ((v->zone->state->is_leaf || site_wildcard(v->zone)) &&
	    (rs->type == RR_A || rs->type == RR_AAAA) && !is_literal(v->zone, rs->owner, rs->type))
		make_address(v, name, rs->type, false, rs);
	else
		name_copy(rs->owner, name);
	rs->ttl = ttl;
}

/* One record that names a host of the leaf: "label.<apex>" behind `head` bytes of zeros but for a
 * preference. */
static void make_pointer(const struct zone *z, const uint8_t *name, uint16_t type,
			 const char *label, struct rrset *ret)
{
	uint8_t rdata[2 + NAME_MAX_LEN] = { 0, 10 };
	unsigned head = type == RR_MX ? 2 : 0;

	name_prepend(rdata + head, label, z->apex);
	rrset_init(ret, name, type, z->ttl.address);
	rrset_add(ret, rdata, head + name_len(rdata + head));
}

/* A host of a population takes its own mail. */
static void make_mx(const struct zone *z, const uint8_t *name, const struct site *f,
		    struct rrset *ret)
{
	uint8_t rdata[2 + NAME_MAX_LEN] = { 0, 10 };

	if (!f->is_host) {
		make_pointer(z, name, RR_MX, "mail", ret);
		return;
	}
	name_copy(rdata + 2, name);
	rrset_init(ret, name, RR_MX, z->ttl.address);
	rrset_add(ret, rdata, 2 + name_len(name));
}

static void make_txt(const struct zone *z, const uint8_t *name, struct rrset *ret)
{
	static const char text[] = "\x0bv=spf1 -all";

	rrset_init(ret, name, RR_TXT, z->ttl.address);
	rrset_add(ret, text, sizeof(text) - 1);
}

static bool make_told(const struct view *v, const uint8_t *name, const struct told_set *told,
		      struct rrset *ret)
{
	if ((told->type == RR_A || told->type == RR_AAAA) && !told->len)
		make_address(v, name, told->type, false, ret);
	else
		rrset_init(ret, name, told->type, told->ttl);
	ret->ttl = told->ttl;
	for (size_t at = 0; at < told->len; at += 2u + get16(told->data + at))
		rrset_add(ret, told->data + at + 2, get16(told->data + at));
	return true;
}

static bool make_rrset(const struct view *v, const uint8_t *name, unsigned bit,
		       const struct site *f, struct rrset *ret)
{
	struct zone *z = v->zone;

	switch (bit) {
	case SITE_A:
		make_address(v, name, RR_A, f->real, ret);
		return true;
	case SITE_AAAA:
		make_address(v, name, RR_AAAA, f->real, ret);
		return true;
	case SITE_NS:
		make_ns(v, name, f, ret);
		return true;
	case SITE_CNAME:
		make_pointer(z, name, RR_CNAME, "www", ret);
		return true;
	case SITE_SOA:
		make_soa(v, ret);
		return true;
	case SITE_PTR:
		make_pointer(z, name, RR_PTR, "www", ret);
		return true;
	case SITE_MX:
		make_mx(z, name, f, ret);
		return true;
	case SITE_TXT:
		make_txt(z, name, ret);
		return true;
	case SITE_DS:
		return make_ds(v, f, ret);
	case SITE_DNSKEY:
		return sign_dnskey(v, ret);
	case SITE_NSEC3PARAM:
		make_nsec3param(v, ret);
		return true;
	}
	return false;
}

bool content_rrset(const struct view *v, const uint8_t *name, uint16_t type, struct rrset *ret)
{
	struct site f;

	if (site_look(v, name, &f) != name)
		return false;
	if (told_find(f.told, type))
		return !hidden(v, type) && make_told(v, name, told_find(f.told, type), ret);
	for (unsigned i = 0; i < SITE_TYPES; i++) {
		if (site_types[i] != type)
			continue;
		if (!(f.set >> i & 1) || hidden(v, type) || !make_rrset(v, name, 1u << i, &f, ret))
			return false;
		if (f.is_host)
			ret->ttl = f.ttl;
		return true;
	}
	return false;
}

/* The address that a fault of a delegated zone puts in the place of its servers'. */
static const struct fault *wrong_glue(const struct view *v, const uint8_t *name)
{
	const struct fault *f;
	struct site found;

	site_find(v->zone, name, &found);
	if (found.kind != NODE_CUT || !found.entry || !found.entry->child)
		return NULL;
	for (unsigned i = 0; (f = fault_next(found.entry->child, v->server, v->now, &i));)
		if (f->row->address)
			return f;
	return NULL;
}

bool content_refers_ds(const struct view *v, const uint8_t *cut)
{
	const struct fault *f;
	struct site found;

	site_find(v->zone, cut, &found);
	if (found.kind != NODE_CUT || !found.entry || !found.entry->child)
		return false;
	for (unsigned i = 0; (f = fault_next(found.entry->child, v->server, v->now, &i));) {
		if (!f->row->refers_ds)
			continue;
		view_saw(v, f);
		return true;
	}
	return false;
}

bool content_glue(const struct view *v, const uint8_t *name, uint16_t type, struct rrset *ret)
{
	const struct fault *f;
	struct address a;

	if (!name_under(name, v->zone->apex))
		return false;
	f = wrong_glue(v, name);
	if (!f)
		return add_host_addresses(v->zone, name, type, v->zone->ttl.delegation, ret);
	view_saw(v, f);
	if (!address_parse(f->row->address, &a) || a.family != (type == RR_A ? 4 : 6))
		return false;
	rrset_init(ret, name, type, v->zone->ttl.delegation);
	rrset_add(ret, a.bytes, address_len(&a));
	return true;
}

void content_state_free(struct zone *z)
{
	if (!z->state)
		return;
	entries_free(z->state->content);
	z->state->content = NULL;
}

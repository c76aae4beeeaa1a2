/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/content.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"
#include "zones/entries.h"
#include "zones/hashing.h"
#include "zones/leaf.h"
#include "zones/population.h"
#include "zones/state.h"

/* A set of types: bit n stands for types[n], which ascend. */
enum {
	HAS_A = 1 << 0,
	HAS_NS = 1 << 1,
	HAS_CNAME = 1 << 2,
	HAS_SOA = 1 << 3,
	HAS_PTR = 1 << 4,
	HAS_MX = 1 << 5,
	HAS_TXT = 1 << 6,
	HAS_AAAA = 1 << 7,
	HAS_DS = 1 << 8,
	HAS_DNSKEY = 1 << 9,
	HAS_NSEC3PARAM = 1 << 10,
	HAS_ADDRESS = HAS_A | HAS_AAAA,
	HAS_ALL_OF_A_LEAF = HAS_ADDRESS | HAS_MX | HAS_TXT,
};

static const uint16_t types[] = { RR_A,	  RR_NS,   RR_CNAME, RR_SOA,	RR_PTR,	      RR_MX,
				  RR_TXT, RR_AAAA, RR_DS,    RR_DNSKEY, RR_NSEC3PARAM };

/* Names that every leaf has: its labels in front of the apex. */
struct standard {
	const char *labels; /* wire form, without an end */
	unsigned depth;
	enum node_kind kind;
	unsigned set;
	bool hoster; /* only in a hoster's domain, with addresses that are real */
};

static const struct standard standards[] = {
	{ "\3www", 1, NODE_DATA, HAS_ADDRESS, false },
	{ "\4mail", 1, NODE_DATA, HAS_ADDRESS, false },
	{ "\5alias", 1, NODE_DATA, HAS_CNAME, false },
	{ "\4wild", 1, NODE_EMPTY, 0, false },
	{ "\1*\4wild", 2, NODE_DATA, HAS_ADDRESS | HAS_TXT, false },
	{ "\3ns1", 1, NODE_DATA, HAS_ADDRESS, true },
	{ "\3ns2", 1, NODE_DATA, HAS_ADDRESS, true },
};

/* What stands at one name, when nothing above it is a delegation. */
struct found {
	enum node_kind kind;
	unsigned set;
	bool real; /* its addresses are those of a host */
	bool is_signed; /* NODE_CUT */
	bool by_number; /* NODE_CUT of the population: */
	uint64_t number;
	const struct entry *entry; /* NULL: there by rule */
};

static const struct standard *find_standard(const struct zone *z, const uint8_t *name,
					    unsigned depth)
{
	if (!z->state->is_leaf || z->is_bare || depth > 2)
		return NULL;
	for (unsigned i = 0; i < ARRAY_SIZE(standards); i++) {
		const struct standard *s = &standards[i];

		if (s->depth == depth && !memcmp(name, s->labels, strlen(s->labels)) &&
		    (!s->hoster || z->state->has_hosts))
			return s;
	}
	return NULL;
}

static unsigned host_set(const struct zone *z, const uint8_t *name)
{
	const struct host *h = hosting_host(z->tree, name);
	unsigned set = 0;

	for (unsigned i = 0; h && i < h->address_count; i++)
		set |= h->addresses[i].family == 4 ? HAS_A : HAS_AAAA;
	return set;
}

static unsigned apex_set(const struct zone *z)
{
	unsigned set = HAS_SOA | HAS_NS;

	if (z->state->is_leaf)
		set |= z->is_bare ? HAS_ADDRESS : HAS_ALL_OF_A_LEAF;
	if (z->is_signed)
		set |= HAS_DNSKEY | (z->denial == DENIAL_NSEC3 ? HAS_NSEC3PARAM : 0);
	return set;
}

/* What stands at "*" below the apex; 0 when there is no wildcard. */
static unsigned wildcard_set(const struct zone *z)
{
	unsigned bits = z->population ? z->population->wildcard : 0;

	return (bits & WILDCARD_A ? HAS_A : 0) | (bits & WILDCARD_AAAA ? HAS_AAAA : 0);
}

/* "….in-addr.arpa." and "….ip6.arpa." */
static bool is_reverse(const uint8_t *name)
{
	return name_under(name, (const uint8_t *)"\4arpa");
}

static bool hosted_is_signed(const struct zone *z, const struct entry *en)
{
	const struct population *p = z->population;

	if (!z->is_signed)
		return false;
	if (en->hoster)
		return en->hoster->is_signed;
	return p && rng_unit(population_draw_name(z, DRAW_SIGNED, en->name)) < p->signed_share;
}

static void found_entry(const struct zone *z, const struct entry *en, struct found *f)
{
	f->entry = en;
	f->kind = en->kind;
	if (en->kind == NODE_CUT) {
		f->is_signed =
			en->child ? z->is_signed && en->child->is_signed : hosted_is_signed(z, en);
		f->set = HAS_NS | (f->is_signed ? HAS_DS : 0);
	} else if (en->kind == NODE_DATA && en->added) {
		f->set = HAS_ALL_OF_A_LEAF | (is_reverse(en->name) ? HAS_PTR : 0);
	} else if (en->kind == NODE_DATA) {
		f->set = host_set(z, en->name);
		f->real = true;
	}
}

static void found_standard(const struct zone *z, const uint8_t *name, const struct standard *s,
			   struct found *f)
{
	if (f->kind < s->kind)
		f->kind = s->kind;
	if (s->hoster) {
		f->real = true;
		f->set = host_set(z, name);
	} else if (!f->real) {
		f->set = s->set & HAS_CNAME ? HAS_CNAME : f->set | s->set;
	}
}

/* What stands at `name`, `depth` labels below the apex. */
static void find_at(const struct zone *z, const uint8_t *name, unsigned depth, struct found *f)
{
	const struct standard *s;
	const struct entry *en;

	*f = (struct found){ .kind = NODE_ABSENT };
	if (!depth) {
		f->kind = NODE_DATA;
		f->set = apex_set(z);
		return;
	}
	en = entries_find(z->state->content, name);
	if (en)
		found_entry(z, en, f);
	s = find_standard(z, name, depth);
	if (s)
		found_standard(z, name, s, f);
	if (depth == 1 && name[0] == 1 && name[1] == '*' && wildcard_set(z)) {
		f->kind = NODE_DATA;
		f->set = wildcard_set(z);
	}
	if (!en && depth == 1 && population_number(z, name, &f->number)) {
		f->kind = NODE_CUT;
		f->by_number = true;
		f->is_signed = population_is_signed(z, f->number);
		f->set = HAS_NS | (f->is_signed ? HAS_DS : 0);
	}
}

/* What stands at `name`, or at the delegation above it: from the apex down. Returns the name where
 * that is. */
static const uint8_t *find(const struct zone *z, const uint8_t *name, struct found *f)
{
	unsigned depth = name_labels(name) - name_labels(z->apex);
	const uint8_t *at;

	for (unsigned d = depth ? 1 : 0;; d++) {
		at = name_skip(name, depth - d);
		find_at(z, at, d, f);
		if (d == depth || f->kind == NODE_CUT || f->kind == NODE_ABSENT)
			return at;
	}
}

/* A delegation to a zone of the plan whose DS is not there, not yet or not any more. */
static void withdraw_ds(const struct view *v, struct found *f)
{
	const struct zone *child = f->entry ? f->entry->child : NULL;

	if (f->kind != NODE_CUT || !child || !f->is_signed)
		return;
	for (unsigned i = 0; i < child->key_count; i++)
		if (sign_has_ds(&child->keys[i], v->now))
			return;
	f->is_signed = false;
	f->set &= ~(unsigned)HAS_DS;
}

/* A delegation whose DS a fault took away. */
static void hide_ds(const struct view *v, struct found *found)
{
	const struct zone *child = found->entry ? found->entry->child : NULL;
	const struct fault *f;

	if (!child || !found->is_signed)
		return;
	for (unsigned i = 0; (f = fault_next(child, v->server, v->now, &i));) {
		if (!f->row->hides_ds)
			continue;
		found->is_signed = false;
		found->set &= ~(unsigned)HAS_DS;
		view_saw(v, f);
	}
}

/* A delegation that a zone lost which was cut off. */
static void cut_off(const struct view *v, const uint8_t *cut, struct found *found)
{
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(v->zone, v->server, v->now, &i));) {
		if (!f->row->truncates || fault_befalls(f, cut, RR_NS))
			continue;
		*found = (struct found){ .kind = NODE_ABSENT };
		view_saw(v, f);
	}
}

/* find(), as the view has it. */
static const uint8_t *look(const struct view *v, const uint8_t *name, struct found *f)
{
	const uint8_t *at = find(v->zone, name, f);

	if (v->is_unsigned)
		f->set &= ~(unsigned)(HAS_DS | HAS_DNSKEY | HAS_NSEC3PARAM);
	if (f->kind != NODE_CUT)
		return at;
	f->is_signed = f->is_signed && !v->is_unsigned;
	withdraw_ds(v, f);
	hide_ds(v, f);
	cut_off(v, at, f);
	return at;
}

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

void content_node(const struct view *v, const uint8_t *name, struct node *ret)
{
	struct found f;
	const uint8_t *at = look(v, name, &f);

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
			ret->types[ret->type_count++] = types[i];
}

static void plan_of_name(const struct zone *z, const struct entry *en, struct delegation *ret)
{
	ret->number = UINT64_MAX;
	name_copy(ret->name, en->name);
	ret->is_signed = hosted_is_signed(z, en);
	ret->ttl = population_ttl(z, population_draw_name(z, DRAW_TTL, en->name));
	ret->hoster = en->hoster ? en->hoster->number
				 : z->state->first_hoster +
					   (unsigned)rng_below(
						   population_draw_name(z, DRAW_HOSTER, en->name),
						   z->population->hosters);
}

void tree_delegation_plan(const struct zone *z, uint64_t n, struct delegation *ret)
{
	ret->number = n;
	tree_delegation(z, n, ret->name);
	ret->is_signed = population_is_signed(z, n);
	ret->ttl = population_ttl(z, population_draw(z, DRAW_TTL, n));
	ret->hoster =
		z->state->first_hoster +
		(unsigned)rng_below(population_draw(z, DRAW_HOSTER, n), z->population->hosters);
}

/* The delegation that was found; false when it is to a zone of the plan. */
static bool plan_of(const struct zone *z, const struct found *f, struct delegation *ret)
{
	if (f->kind != NODE_CUT || (f->entry && f->entry->child))
		return false;
	if (f->by_number)
		tree_delegation_plan(z, f->number, ret);
	else
		plan_of_name(z, f->entry, ret);
	return true;
}

bool tree_delegation_find(const struct zone *z, const uint8_t *name, struct delegation *ret)
{
	struct found f;

	if (!name_under(name, z->apex))
		return false;
	find(z, name, &f);
	return plan_of(z, &f, ret);
}

static const struct server *cut_servers(const struct zone *z, const struct found *f,
					unsigned *count)
{
	struct delegation d;

	if (plan_of(z, f, &d)) {
		*count = 2;
		return z->tree->state->hosters[d.hoster]->servers;
	}
	*count = f->entry->child->server_count;
	return f->entry->child->servers;
}

/* The fault that leads a delegation in a circle. */
static const struct fault *loop_of(const struct view *v, const struct found *found)
{
	const struct zone *child = found->entry ? found->entry->child : NULL;
	const struct fault *f;

	if (found->kind != NODE_CUT || !child)
		return NULL;
	for (unsigned i = 0; (f = fault_next(child, v->server, v->now, &i));)
		if (f->row->loops)
			return f;
	return NULL;
}

const struct server *content_cut_servers(const struct view *v, const uint8_t *cut, unsigned *count)
{
	struct found f;

	if (find(v->zone, cut, &f) != cut || f.kind != NODE_CUT || loop_of(v, &f))
		return NULL;
	return cut_servers(v->zone, &f, count);
}

static void make_ns(const struct view *v, const uint8_t *name, const struct found *f,
		    struct rrset *ret)
{
	const struct zone *z = v->zone;
	const struct server *servers = z->servers;
	unsigned count = z->server_count;
	const struct fault *loop = loop_of(v, f);
	uint8_t nowhere[NAME_MAX_LEN];

	rrset_init(ret, name, RR_NS, f->kind == NODE_CUT ? z->ttl.delegation : z->ttl.ns);
	if (loop && !name_prepend(nowhere, "ns1", loop->other->apex)) {
		rrset_add(ret, nowhere, name_len(nowhere));
		view_saw(v, loop);
		return;
	}
	if (f->kind == NODE_CUT)
		servers = cut_servers(z, f, &count);
	for (unsigned i = 0; i < count; i++)
		rrset_add(ret, servers[i].name, name_len(servers[i].name));
}

static bool make_ds(const struct view *v, const struct found *f, struct rrset *ret)
{
	struct delegation d;
	struct zone *child;

	if (plan_of(v->zone, f, &d))
		child = leaf_get(v->zone, &d);
	else
		child = f->entry->child;
	return child && sign_ds(v, child, ret);
}

static void make_soa(const struct view *v, struct rrset *ret)
{
	const struct zone *z = v->zone;
	uint8_t rdata[2 * NAME_MAX_LEN + 20];
	struct buf b = buf_over(rdata, sizeof(rdata));

	buf_put(&b, z->soa_mname, name_len(z->soa_mname));
	buf_put(&b, z->soa_rname, name_len(z->soa_rname));
	buf_u32(&b, sign_serial(v));
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

void content_expand(const struct view *v, const uint8_t *name, struct rrset *rs)
{
	if ((v->zone->state->is_leaf || wildcard_set(v->zone)) &&
	    (rs->type == RR_A || rs->type == RR_AAAA))
		make_address(v, name, rs->type, false, rs);
	else
		name_copy(rs->owner, name);
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

static void make_txt(const struct zone *z, const uint8_t *name, struct rrset *ret)
{
	static const char text[] = "\x0bv=spf1 -all";

	rrset_init(ret, name, RR_TXT, z->ttl.address);
	rrset_add(ret, text, sizeof(text) - 1);
}

static bool make_rrset(const struct view *v, const uint8_t *name, unsigned bit,
		       const struct found *f, struct rrset *ret)
{
	struct zone *z = v->zone;

	switch (bit) {
	case HAS_A:
		make_address(v, name, RR_A, f->real, ret);
		return true;
	case HAS_AAAA:
		make_address(v, name, RR_AAAA, f->real, ret);
		return true;
	case HAS_NS:
		make_ns(v, name, f, ret);
		return true;
	case HAS_CNAME:
		make_pointer(z, name, RR_CNAME, "www", ret);
		return true;
	case HAS_SOA:
		make_soa(v, ret);
		return true;
	case HAS_PTR:
		make_pointer(z, name, RR_PTR, "www", ret);
		return true;
	case HAS_MX:
		make_pointer(z, name, RR_MX, "mail", ret);
		return true;
	case HAS_TXT:
		make_txt(z, name, ret);
		return true;
	case HAS_DS:
		return make_ds(v, f, ret);
	case HAS_DNSKEY:
		return sign_dnskey(v, ret);
	case HAS_NSEC3PARAM:
		make_nsec3param(v, ret);
		return true;
	}
	return false;
}

bool content_rrset(const struct view *v, const uint8_t *name, uint16_t type, struct rrset *ret)
{
	struct found f;

	if (look(v, name, &f) != name)
		return false;
	for (unsigned i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i] == type)
			return f.set >> i & 1 && !hidden(v, type) &&
			       make_rrset(v, name, 1u << i, &f, ret);
	return false;
}

/* The address that a fault of a delegated zone puts in the place of its servers'. */
static const struct fault *wrong_glue(const struct view *v, const uint8_t *name)
{
	const struct fault *f;
	struct found found;

	find(v->zone, name, &found);
	if (found.kind != NODE_CUT || !found.entry || !found.entry->child)
		return NULL;
	for (unsigned i = 0; (f = fault_next(found.entry->child, v->server, v->now, &i));)
		if (f->row->address)
			return f;
	return NULL;
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
	return rrset_add(ret, a.bytes, address_len(&a));
}

/* Whether a leaf's standard name is there and not in the list of entries too. */
static bool standard_counts(const struct zone *z, const struct standard *s,
			    uint8_t name[NAME_MAX_LEN])
{
	if (!z->state->is_leaf || z->is_bare || (s->hoster && !z->state->has_hosts))
		return false;
	memcpy(name, s->labels, strlen(s->labels));
	memcpy(name + strlen(s->labels), z->apex, name_len(z->apex));
	return !entries_find(z->state->content, name);
}

/* Standard name n of those that count; false past the last. */
static bool standard_name(const struct zone *z, uint64_t n, bool chain, uint8_t ret[NAME_MAX_LEN])
{
	for (unsigned i = 0; i < ARRAY_SIZE(standards); i++) {
		const struct standard *s = &standards[i];

		if (chain && s->kind == NODE_EMPTY && z->denial == DENIAL_NSEC)
			continue;
		if (standard_counts(z, s, ret) && !n--)
			return true;
	}
	return false;
}

static uint64_t standard_count(const struct zone *z, bool chain)
{
	uint8_t name[NAME_MAX_LEN];
	uint64_t n = 0;

	while (n < ARRAY_SIZE(standards) && standard_name(z, n, chain, name))
		n++;
	return n;
}

static bool opts_out(const struct zone *z)
{
	return z->denial == DENIAL_NSEC3 && z->optout;
}

static bool in_chain(const struct zone *z, const struct entry *en)
{
	struct found f;

	find_at(z, en->name, name_labels(en->name) - name_labels(z->apex), &f);
	if (f.kind == NODE_EMPTY)
		return z->denial == DENIAL_NSEC3;
	return f.kind != NODE_CUT || f.is_signed || !opts_out(z);
}

/* The entries with a record in the chain. NULL also when there is no entry at all. */
static const struct content *chain_of(const struct zone *z)
{
	struct content *c = z->state->content;

	if (!c || c->chain)
		return c;
	c->chain = calloc(c->count + 1, sizeof(unsigned));
	if (!c->chain)
		abort();
	c->chain_count = 0;
	for (unsigned i = 0; i < c->count; i++)
		if (in_chain(z, c->list[i]))
			c->chain[c->chain_count++] = i;
	return c;
}

static uint64_t population_chain_count(const struct zone *z)
{
	if (!z->population)
		return 0;
	if (z->population->wildcard)
		return 1;
	return opts_out(z) ? population_signed_count(z) : z->population->count;
}

/* Name n of those that the population puts there: delegations, or the wildcard. */
static void by_rule(const struct zone *z, uint64_t n, uint8_t ret[NAME_MAX_LEN])
{
	if (!z->population->wildcard)
		tree_delegation(z, n, ret);
	else if (name_prepend(ret, "*", z->apex))
		name_copy(ret, z->apex); /* no name has room below such an apex */
}

uint64_t content_chain_count(const struct zone *z)
{
	const struct content *c = chain_of(z);

	return 1 + (c ? c->chain_count : 0) + standard_count(z, true) + population_chain_count(z);
}

void content_chain_name(const struct zone *z, uint64_t n, uint8_t ret[NAME_MAX_LEN])
{
	const struct content *c = chain_of(z);
	uint64_t entries = c ? c->chain_count : 0, standard = standard_count(z, true);

	if (!n--) {
		name_copy(ret, z->apex);
	} else if (n < entries) {
		name_copy(ret, c->list[c->chain[n]]->name);
	} else if (n - entries < standard) {
		standard_name(z, n - entries, true, ret);
	} else {
		n -= entries + standard;
		by_rule(z, opts_out(z) ? population_signed(z, n) : n, ret);
	}
}

uint64_t content_count(const struct zone *z)
{
	const struct content *c = z->state->content;

	return 1 + (c ? c->count : 0) + standard_count(z, false) +
	       (!z->population		  ? 0
		: z->population->wildcard ? 1
					  : z->population->count);
}

void content_name(const struct zone *z, uint64_t n, uint8_t ret[NAME_MAX_LEN])
{
	const struct content *c = z->state->content;
	uint64_t entries = c ? c->count : 0, standard = standard_count(z, false);

	if (!n--)
		name_copy(ret, z->apex);
	else if (n < entries)
		name_copy(ret, c->list[n]->name);
	else if (n - entries < standard)
		standard_name(z, n - entries, false, ret);
	else
		by_rule(z, n - entries - standard, ret);
}

void content_state_free(struct zone *z)
{
	if (!z->state)
		return;
	entries_free(z->state->content);
	z->state->content = NULL;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/denial.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>
#include <openssl/evp.h>

#include "sim/base/buf.h"
#include "zones/census.h"
#include "zones/hashing.h"
#include "zones/literal.h"
#include "zones/state.h"

#define HASH_LEN 20
#define HASH_TEXT_LEN 32
#define RADIX_BITS 11
#define RADIX_MIN 4096 /* fewer links are sorted by comparing them */

/* One name of the chain. The prefix orders nearly all names; where two are equal, the names decide.
 */
struct link {
	uint64_t prefix; /* of the NSEC3 hash, or of the name's canonical form */
	uint32_t number; /* census_chain_name() */
} __attribute__((packed));

/* A zone has one for each way that its names are hashed in. */
struct chain {
	struct chain *next;
	struct zone *zone;
	struct hashing hashing;
	uint64_t count;
	struct link links[];
};

/* A name and its place in the order of the chain. */
struct place {
	uint64_t prefix;
	uint8_t hash[HASH_LEN]; /* NSEC3 only */
	uint8_t name[NAME_MAX_LEN];
};

static _Thread_local bool hash_failed; /* no memory, or an OpenSSL without its default provider */

/* RFC 5155 section 5. */
static void nsec3_hash(const struct hashing *h, const uint8_t *name, uint8_t ret[HASH_LEN])
{
	static _Thread_local EVP_MD_CTX *ctx;
	static _Thread_local EVP_MD *sha1; /* slow to look up: kept until the thread ends */
	const void *data = name;
	size_t len = name_len(name);

	if (!ctx)
		ctx = EVP_MD_CTX_new();
	if (!sha1)
		sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	for (unsigned i = 0; i <= h->iterations; i++) {
		if (!ctx || !sha1 || !EVP_DigestInit_ex2(ctx, sha1, NULL) ||
		    !EVP_DigestUpdate(ctx, data, len) ||
		    !EVP_DigestUpdate(ctx, h->salt, h->salt_len) ||
		    !EVP_DigestFinal_ex(ctx, ret, NULL)) {
			memset(ret, 0, HASH_LEN);
			hash_failed = true;
		}
		data = ret;
		len = HASH_LEN;
	}
}

/* The first eight bytes of a form of the name that sorts canonically: its labels below the apex,
 * the uppermost first, each byte one more than it is and 0 after each label. It never contradicts
 * name_compare(): bytes that have no room above them end the prefix with what is larger than all
 * the rest. */
static uint64_t canonical_prefix(const struct zone *z, const uint8_t *name)
{
	unsigned depth = name_labels(name) - name_labels(z->apex), bytes = 0;
	uint64_t prefix = 0;

	while (depth-- && bytes < 8) {
		const uint8_t *label = name_skip(name, depth);

		for (unsigned i = 1; i <= *label && bytes < 8; i++, bytes++) {
			if (label[i] >= 0xfe)
				return prefix | UINT64_MAX >> 8 * bytes;
			prefix |= (label[i] + UINT64_C(1)) << 8 * (7 - bytes);
		}
		bytes++;
	}
	return prefix;
}

static void place_of(const struct chain *c, const uint8_t *name, struct place *ret)
{
	name_copy(ret->name, name);
	if (c->zone->denial == DENIAL_NSEC) {
		ret->prefix = canonical_prefix(c->zone, name);
		return;
	}
	nsec3_hash(&c->hashing, name, ret->hash);
	ret->prefix = (uint64_t)get32(ret->hash) << 32 | get32(ret->hash + 4);
}

static void link_place(const struct chain *c, const struct link *l, struct place *ret)
{
	uint8_t name[NAME_MAX_LEN];

	census_chain_name(c->zone, l->number, name);
	place_of(c, name, ret);
}

static int place_compare(const struct zone *z, const struct place *a, const struct place *b)
{
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	if (z->denial == DENIAL_NSEC)
		return name_compare(a->name, b->name);
	return memcmp(a->hash, b->hash, HASH_LEN);
}

static int link_compare(const void *a, const void *b, void *chain)
{
	const struct link *al = a, *bl = b;
	struct place ap, bp;

	if (al->prefix != bl->prefix)
		return al->prefix < bl->prefix ? -1 : 1;
	link_place(chain, al, &ap);
	link_place(chain, bl, &bp);
	return place_compare(((const struct chain *)chain)->zone, &ap, &bp);
}

/* One pass of a radix sort, by the digit of the prefix at `shift`. */
static void radix_pass(const struct link *from, struct link *to, uint64_t count, unsigned shift)
{
	const uint64_t mask = (1 << RADIX_BITS) - 1;
	uint64_t place[1 << RADIX_BITS] = { 0 }, sum = 0;

	for (uint64_t i = 0; i < count; i++)
		place[from[i].prefix >> shift & mask]++;
	for (uint64_t d = 0; d <= mask; d++) {
		uint64_t n = place[d];

		place[d] = sum;
		sum += n;
	}
	for (uint64_t i = 0; i < count; i++)
		to[place[from[i].prefix >> shift & mask]++] = from[i];
}

/* An even number of passes, so that the result ends where it began. */
static bool radix_sort(struct link *links, uint64_t count)
{
	_cleanup_(freep) struct link *other = malloc(count * sizeof(*other));

	if (!other)
		return false;
	for (unsigned shift = 0; shift < 64; shift += 2 * RADIX_BITS) {
		radix_pass(links, other, count, shift);
		radix_pass(other, links, count, shift + RADIX_BITS);
	}
	return true;
}

/* By prefix first, then those with the same prefix among themselves. */
static void chain_sort(struct chain *c)
{
	uint64_t start = 0;

	if (c->count < RADIX_MIN || !radix_sort(c->links, c->count)) {
		qsort_r(c->links, c->count, sizeof(c->links[0]), link_compare, c);
		return;
	}
	for (uint64_t i = 1; i <= c->count; i++) {
		if (i < c->count && c->links[i].prefix == c->links[start].prefix)
			continue;
		if (i - start > 1)
			qsort_r(&c->links[start], i - start, sizeof(c->links[0]), link_compare, c);
		start = i;
	}
}

/* NULL: a zone too large for this machine. */
static struct chain *chain_make(struct zone *z, const struct hashing *h)
{
	uint64_t count = census_ready(z) ? census_chain_count(z) : 0;
	struct chain *c;
	struct place p;

	assert(count <= UINT32_MAX);
	c = count ? malloc(sizeof(*c) + count * sizeof(c->links[0])) : NULL;
	if (!c)
		return NULL;
	c->next = z->state->chain;
	c->zone = z;
	c->hashing = *h;
	c->count = count;
	for (uint64_t i = 0; i < count; i++) {
		c->links[i].number = (uint32_t)i;
		link_place(c, &c->links[i], &p);
		c->links[i].prefix = p.prefix;
	}
	chain_sort(c);
	if (hash_failed) {
		free(c);
		return NULL;
	}
	return z->state->chain = c;
}

/* NULL: there is no memory for it, and the view lacks it. */
static const struct chain *chain_get(const struct view *v)
{
	struct hashing h = hashing_of(v);
	const struct chain *made;

	hash_failed = false;
	for (const struct chain *c = v->zone->state->chain; c; c = c->next)
		if (!memcmp(&c->hashing, &h, sizeof(h)))
			return c;
	made = chain_make(v->zone, &h);
	if (!made)
		view_lacks(v);
	return made;
}

void denial_state_free(struct zone *z)
{
	struct chain *c = z->state ? z->state->chain : NULL;

	while (c) {
		struct chain *next = c->next;

		free(c);
		c = next;
	}
	if (z->state)
		z->state->chain = NULL;
}

/* Where `p` is in the chain, or would be put in: *found tells which. */
static uint64_t chain_find(const struct chain *c, const struct place *p, bool *found)
{
	uint64_t low = 0, high = c->count;

	*found = false;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		const struct link *l = &c->links[middle];
		int order = 0;

		if (p->prefix == l->prefix) {
			struct place there;

			link_place(c, l, &there);
			order = place_compare(c->zone, p, &there);
			if (!order) {
				*found = true;
				return middle;
			}
		}
		if (p->prefix > l->prefix || order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Types in ascending order. */
struct types {
	uint16_t type[NODE_TYPES_MAX + 2];
	unsigned count;
};

static void add_type(struct types *t, uint16_t type)
{
	unsigned at = t->count++;

	for (; at && t->type[at - 1] > type; at--)
		t->type[at] = t->type[at - 1];
	t->type[at] = type;
}

/* The window that begins with type `n` (RFC 4034 section 4.1.2); returns the first of the next. */
static unsigned put_window(struct buf *b, const struct types *t, unsigned n)
{
	unsigned window = t->type[n] >> 8;
	uint8_t bits[32] = { 0 }, len = 0;

	for (; n < t->count && t->type[n] >> 8 == window; n++) {
		unsigned low = t->type[n] & 255;

		bits[low / 8] |= (uint8_t)(0x80 >> low % 8);
		len = (uint8_t)(low / 8 + 1);
	}
	buf_u8(b, (uint8_t)window);
	buf_u8(b, len);
	buf_put(b, bits, len);
	return n;
}

/* The types at a name of the chain. RRSIG stands where something is signed: not at an empty
 * non-terminal, and at a delegation only for its DS or NSEC. */
static void put_bitmap(struct buf *b, const struct view *v, const uint8_t *name)
{
	bool nsec = v->zone->denial == DENIAL_NSEC, is_signed = nsec;
	struct types types = { .count = 0 };
	struct node node;

	content_node(v, name, &node);
	for (unsigned i = 0; i < node.type_count; i++) {
		uint16_t type = node.types[i];

		if (node.kind == NODE_CUT && type != RR_NS && type != RR_DS)
			continue; /* glue */
		add_type(&types, type);
		is_signed |= node.kind != NODE_CUT || type == RR_DS;
	}
	if (is_signed)
		add_type(&types, RR_RRSIG);
	if (nsec)
		add_type(&types, RR_NSEC);
	for (unsigned n = 0; n < types.count;)
		n = put_window(b, &types, n);
}

/* RFC 5155 section 3.3: the hash in base32hex (RFC 4648 section 7), which ldns writes in lower case;
 * 20 bytes need no padding. */
static void nsec3_owner(const struct zone *z, const uint8_t hash[HASH_LEN],
			uint8_t ret[NAME_MAX_LEN])
{
	char label[HASH_TEXT_LEN + 1];

	ldns_b32_ntop_extended_hex(hash, HASH_LEN, label, sizeof(label));
	if (name_prepend(ret, label, z->apex))
		name_copy(ret, z->apex); /* such an apex is too long for any NSEC3 zone */
}

/* RFC 5155 section 3.2 before the bitmap. */
static void put_nsec3(struct buf *b, const struct chain *c, const struct place *next)
{
	buf_u8(b, 1);
	buf_u8(b, c->zone->optout ? 1 : 0);
	buf_u16(b, c->hashing.iterations);
	buf_u8(b, c->hashing.salt_len);
	buf_put(b, c->hashing.salt, c->hashing.salt_len);
	buf_u8(b, HASH_LEN);
	buf_put(b, next->hash, HASH_LEN);
}

static void edit_proof(const struct view *v, struct proof *p)
{
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(v->zone, v->server, v->now, &i));) {
		if (!f->row->denial || !fault_befalls(f, p->stands_for, p->rrset.type))
			continue;
		f->row->denial(f, &p->rrset);
		view_saw(v, f);
	}
}

static void make_proof(const struct view *v, const struct chain *c, uint64_t n, struct proof *ret)
{
	const struct zone *z = v->zone;
	uint8_t rdata[NAME_MAX_LEN + 600 + 34 * NODE_TYPES_MAX], owner[NAME_MAX_LEN];
	struct buf b = buf_over(rdata, sizeof(rdata));
	struct place here, next;

	link_place(c, &c->links[n], &here);
	link_place(c, &c->links[n + 1 < c->count ? n + 1 : 0], &next);
	name_copy(ret->stands_for, here.name);
	if (z->denial == DENIAL_NSEC) {
		rrset_init(&ret->rrset, here.name, RR_NSEC, z->ttl.denial);
		buf_put(&b, next.name, name_len(next.name));
	} else {
		nsec3_owner(z, here.hash, owner);
		rrset_init(&ret->rrset, owner, RR_NSEC3, z->ttl.denial);
		put_nsec3(&b, c, &next);
	}
	put_bitmap(&b, v, here.name);
	assert(!b.failed);
	rrset_add(&ret->rrset, rdata, b.len);
	edit_proof(v, ret);
}

/* Whether a fault took the chain away, or just keeps it out of answers. */
static bool is_gone(const struct view *v, bool from_answers)
{
	uint16_t type = v->zone->denial == DENIAL_NSEC ? RR_NSEC : RR_NSEC3;
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(v->zone, v->server, v->now, &i));) {
		if (f->row->hides != type && f->row->hides_too != type &&
		    (!f->row->no_proofs || !from_answers))
			continue;
		view_saw(v, f);
		return true;
	}
	return false;
}

/* Where a name stands in the chain, or would stand. false: nothing can be proved about it here. */
static bool look_up(const struct view *v, const uint8_t *name, const struct chain **c, uint64_t *n,
		    bool *found)
{
	struct place p;

	if (!view_signed(v) || !name_under(name, v->zone->apex) || is_gone(v, true))
		return false;
	*c = chain_get(v);
	if (!*c)
		return false;
	place_of(*c, name, &p);
	*n = chain_find(*c, &p, found);
	if (hash_failed)
		view_lacks(v);
	return !hash_failed;
}

/* Where the name's record stands in a chain that is as it is signed: its own name, or that of its hash. */
static bool literal_place(const struct view *v, const uint8_t *name, uint8_t ret[NAME_MAX_LEN])
{
	const struct hashing h = hashing_of(v);
	uint8_t hash[HASH_LEN];

	if (!view_signed(v) || !name_under(name, v->zone->apex))
		return false;
	name_copy(ret, name);
	if (v->zone->denial == DENIAL_NSEC)
		return true;
	hash_failed = false;
	nsec3_hash(&h, name, hash);
	nsec3_owner(v->zone, hash, ret);
	if (hash_failed)
		view_lacks(v);
	return !hash_failed;
}

bool denial_match(const struct view *v, const uint8_t *name, struct proof *ret)
{
	const struct literal *literal = v->zone->state->literal;
	const struct chain *c;
	uint8_t place[NAME_MAX_LEN];
	bool found;
	uint64_t n;

	if (literal)
		return literal_place(v, name, place) && literal_match(literal, place, ret);
	if (!look_up(v, name, &c, &n, &found) || !found)
		return false;
	make_proof(v, c, n, ret);
	return true;
}

bool denial_cover(const struct view *v, const uint8_t *name, struct proof *ret)
{
	const struct literal *literal = v->zone->state->literal;
	const struct chain *c;
	uint8_t place[NAME_MAX_LEN];
	bool found;
	uint64_t n;

	if (literal)
		return literal_place(v, name, place) && literal_cover(literal, place, ret);
	if (!look_up(v, name, &c, &n, &found) || found)
		return false;
	make_proof(v, c, n ? n - 1 : c->count - 1, ret);
	return true;
}

bool denial_record(const struct view *v, uint64_t n, struct proof *ret)
{
	const struct literal *literal = v->zone->state->literal;
	const struct chain *c = literal || is_gone(v, false) ? NULL : chain_get(v);

	if (literal)
		return literal_record(literal, n, ret);
	if (!c)
		return false;
	assert(n < c->count);
	make_proof(v, c, n, ret);
	return true;
}

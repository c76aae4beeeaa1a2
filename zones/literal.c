/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/literal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "sim/base/buf.h"
#include "sim/base/cleanup.h"
#include "zones/entries.h"
#include "zones/records.h"
#include "zones/state.h"

#define SEP 0x0101 /* a zone key that is a secure entry point (RFC 4034 section 2.1.1) */

/* RDATA as in struct rrset. */
struct stack {
	uint8_t *data;
	uint32_t ttl;
	uint16_t len;
};

/* An owner with signatures, or a record of the chain. */
struct owner {
	uint8_t name[NAME_MAX_LEN];
	struct stack signatures, denial;
	uint16_t denial_type; /* RR_NSEC, RR_NSEC3; 0: it is not in the chain */
};

struct literal {
	struct owner *owners;
	unsigned count;
	unsigned *chain; /* those with a record in it */
	unsigned chain_count;
};

void literal_free(struct literal *l)
{
	if (!l)
		return;
	for (unsigned i = 0; i < l->count; i++) {
		free(l->owners[i].signatures.data);
		free(l->owners[i].denial.data);
	}
	free(l->owners);
	free(l->chain);
	free(l);
}

/* ---- looking ---- */

static int by_name(const void *a, const void *b)
{
	return name_compare(a, ((const struct owner *)b)->name);
}

static const struct owner *find(const struct literal *l, const uint8_t *name)
{
	return l->count ? bsearch(name, l->owners, l->count, sizeof(*l->owners), by_name) : NULL;
}

void literal_sign(const struct literal *l, const struct rrset *rs, const uint8_t *wildcard,
		  struct rrset *ret)
{
	const struct owner *o = find(l, wildcard ? wildcard : rs->owner);

	for (size_t at = 0; o && at < o->signatures.len;) {
		size_t len = get16(o->signatures.data + at);
		const uint8_t *rdata = o->signatures.data + at + 2;

		if (len > 2 && get16(rdata) == rs->type)
			rrset_add(ret, rdata, len);
		at += 2 + len;
	}
}

/* The place among those of the chain where the name stands, or would: *found says which. */
static unsigned place_of(const struct literal *l, const uint8_t *name, bool *found)
{
	unsigned low = 0, high = l->chain_count;

	*found = false;
	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		int order = name_compare(name, l->owners[l->chain[middle]].name);

		if (!order) {
			*found = true;
			return middle;
		}
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

unsigned literal_count(const struct literal *l)
{
	return l->chain_count;
}

bool literal_record(const struct literal *l, uint64_t n, struct proof *ret)
{
	const struct owner *o;

	if (n >= l->chain_count)
		return false;
	o = &l->owners[l->chain[n]];
	rrset_init(&ret->rrset, o->name, o->denial_type, o->denial.ttl);
	for (size_t at = 0; at < o->denial.len; at += 2u + get16(o->denial.data + at))
		rrset_add(&ret->rrset, o->denial.data + at + 2, get16(o->denial.data + at));
	name_copy(ret->stands_for, o->name);
	return true;
}

bool literal_match(const struct literal *l, const uint8_t *place, struct proof *ret)
{
	bool found;
	unsigned n = place_of(l, place, &found);

	return found && literal_record(l, n, ret);
}

bool literal_cover(const struct literal *l, const uint8_t *place, struct proof *ret)
{
	bool found;
	unsigned n = place_of(l, place, &found);

	return !found && l->chain_count && literal_record(l, n ? n - 1 : l->chain_count - 1, ret);
}

/* RFC 4034 section 5.1.4. */
static bool digest(const uint8_t *apex, const uint8_t *rdata, size_t len, uint8_t ret[32])
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	unsigned made = 0;
	bool ok = c && EVP_DigestInit_ex2(c, EVP_sha256(), NULL) &&
		  EVP_DigestUpdate(c, apex, name_len(apex)) && EVP_DigestUpdate(c, rdata, len) &&
		  EVP_DigestFinal_ex(c, ret, &made);

	EVP_MD_CTX_free(c);
	return ok && made == 32;
}

unsigned literal_ds(const struct zone *child, struct rrset *ret)
{
	const struct content *c = child->state->content;
	const struct told_set *keys = c ? told_find(c->apex, RR_DNSKEY) : NULL;
	unsigned count = 0;

	for (size_t at = 0; keys && at < keys->len; at += 2u + get16(keys->data + at)) {
		const uint8_t *rdata = keys->data + at + 2;
		size_t len = get16(keys->data + at);
		uint8_t ds[36];

		if (len < 5 || (get16(rdata) & SEP) != SEP)
			continue;
		put16(ds, key_tag_of(rdata, len));
		ds[2] = rdata[3];
		ds[3] = 2;
		if (digest(child->apex, rdata, len, ds + 4)) {
			rrset_add(ret, ds, sizeof(ds));
			count++;
		} else {
			ret->lacks = true;
		}
	}
	return count;
}

/* ---- making ---- */

static int in_order(const void *a, const void *b)
{
	const struct record_plan *x = a, *y = b;
	int order = name_compare(x->owner, y->owner);

	if (order)
		return order;
	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* The records of one name, RRset by RRset. */
struct group {
	const struct record_plan *first, *end;
	struct told_set sets[TOLD_TYPES_MAX];
	unsigned count;
};

static int refuse(const struct record_plan *r, int rc, const char *what, struct err *e)
{
	err_set(e, rc, "%s", what);
	err_place(e, r->place);
	return rc;
}

/* The RRset that begins with `r`, as it is kept; the record behind it in *next. */
static int gather(const struct record_plan *r, const struct record_plan *end, struct rrset *rs,
		  struct stack *ret, const struct record_plan **next, struct err *e)
{
	const struct record_plan *first = r;

	rrset_init(rs, r->owner, r->type, r->ttl);
	for (; r < end && r->type == first->type; r++)
		rrset_add(rs, r->rdata, r->len);
	*next = r;
	if (rs->lacks)
		return refuse(first, -E2BIG, "no message holds so many records", e);
	ret->data = malloc(rs->len + 1u);
	if (!ret->data)
		return err_set(e, -ENOMEM, "no memory for records");
	memcpy(ret->data, rs->data, rs->len);
	ret->len = rs->len;
	ret->ttl = first->ttl;
	return 0;
}

static void keep(struct owner *o, uint16_t type, const struct stack *s)
{
	if (type == RR_RRSIG) {
		o->signatures = *s;
	} else {
		o->denial = *s;
		o->denial_type = type;
	}
}

/* All of a name: what is told goes into *g, the rest to the owner. */
static int read_name(struct group *g, struct owner *o, struct rrset *rs, struct err *e)
{
	const struct record_plan *r = g->first;
	struct stack s;
	int rc;

	name_copy(o->name, r->owner);
	while (r < g->end) {
		const struct record_plan *first = r;

		rc = gather(r, g->end, rs, &s, &r, e);
		if (rc)
			return rc;
		if (first->type == RR_RRSIG || first->type == RR_NSEC || first->type == RR_NSEC3) {
			keep(o, first->type, &s);
			continue;
		}
		if (g->count == TOLD_TYPES_MAX) {
			free(s.data);
			return refuse(first, -E2BIG, "the name has records of too many types", e);
		}
		g->sets[g->count++] = (struct told_set){ first->type, s.len, s.ttl, s.data };
	}
	return 0;
}

static const struct told_set *set_of(const struct group *g, uint16_t type)
{
	for (unsigned i = 0; i < g->count; i++)
		if (g->sets[i].type == type)
			return &g->sets[i];
	return NULL;
}

/* Which of the zone's servers has that name. */
static const struct server *server_of(const struct zone *z, const uint8_t *name)
{
	for (unsigned i = 0; i < z->server_count; i++)
		if (name_equal(z->servers[i].name, name))
			return &z->servers[i];
	return NULL;
}

/* Who is delegated to is asked: the file's NS must be servers of the world. */
static int check_servers(const struct zone *z, const struct group *g, struct err *e)
{
	const struct told_set *ns = set_of(g, RR_NS);
	char name[NAME_TEXT_LEN], text[NAME_TEXT_LEN + 100];

	if (!ns)
		return refuse(g->first, -EINVAL, "the zone has no NS at its apex", e);
	for (size_t at = 0; at < ns->len; at += 2u + get16(ns->data + at)) {
		if (server_of(z, ns->data + at + 2))
			continue;
		snprintf(
			text, sizeof(text),
			"the zone's NS '%s' is none of its servers: a zone that is taken as signed "
			"has those of its file",
			name_text(ns->data + at + 2, name));
		return refuse(g->first, -EINVAL, text, e);
	}
	return 0;
}

static bool has_address(const struct told_set *set, const struct address *a)
{
	if (!set)
		return false;
	for (size_t at = 0; at < set->len; at += 2u + get16(set->data + at))
		if (memcmp(set->data + at + 2, a->bytes, address_len(a)) == 0)
			return true;
	return false;
}

/* A server whose addresses the file has is asked there. */
static int check_address(const struct zone *z, const struct group *g, struct err *e)
{
	const struct server *s = server_of(z, g->first->owner);
	char name[NAME_TEXT_LEN], text[NAME_TEXT_LEN + 100];

	if (!s || ((!s->v4.family || has_address(set_of(g, RR_A), &s->v4)) &&
		   (!s->v6.family || has_address(set_of(g, RR_AAAA), &s->v6))))
		return 0;
	snprintf(text, sizeof(text),
		 "the server '%s' has other addresses in the file than in servers, and the file's "
		 "are signed",
		 name_text(s->name, name));
	return refuse(g->first, -EINVAL, text, e);
}

/* An address below a delegation, of which nothing but the world's own is known. */
static int add_glue(struct zone *z, const struct record_plan *r, struct err *e)
{
	struct server s = { .latency = 0 };
	struct address *a = r->type == RR_A ? &s.v4 : &s.v6;

	if ((r->type != RR_A || r->len != 4) && (r->type != RR_AAAA || r->len != 16))
		return 0;
	a->family = r->type == RR_A ? 4 : 6;
	memcpy(a->bytes, r->rdata, r->len);
	name_copy(s.name, r->owner);
	return hosting_add_host(z->tree, &s, e);
}

/* The servers of a delegation, by their names alone. */
static struct server *servers_of(const struct group *g, unsigned *count)
{
	const struct told_set *ns = set_of(g, RR_NS);
	unsigned records = 0;
	struct server *list;

	*count = 0;
	if (!ns)
		return NULL;
	for (size_t at = 0; at < ns->len; at += 2u + get16(ns->data + at))
		records++;
	list = records ? calloc(records, sizeof(*list)) : NULL;
	for (size_t at = 0; list && at < ns->len; at += 2u + get16(ns->data + at))
		name_copy(list[(*count)++].name, ns->data + at + 2);
	return list;
}

static int tell(struct zone *z, const struct group *g, struct err *e)
{
	bool at_apex = name_equal(g->first->owner, z->apex), is_cut = !at_apex && set_of(g, RR_NS);
	struct server *servers = NULL;
	unsigned count = 0;
	struct told *told;
	int rc = at_apex ? check_servers(z, g, e) : 0;

	if (!rc && !is_cut)
		rc = check_address(z, g, e);
	if (rc || !g->count)
		return rc;
	told = told_new(g->sets, g->count);
	if (is_cut)
		servers = servers_of(g, &count);
	if (!told || (is_cut && !servers)) {
		free(told);
		return err_set(e, -ENOMEM, "no memory for records");
	}
	rc = entries_put(z, g->first->owner, is_cut, told, servers, count, e);
	if (rc)
		err_place(e, g->first->place);
	return rc;
}

/* Makes one name, which may lie below the delegation *cut. */
static int add_name(struct zone *z, struct literal *l, const struct record_plan *first,
		    const struct record_plan *end, const uint8_t **cut, struct rrset *rs,
		    struct err *e)
{
	struct group g = { .first = first, .end = end };
	int rc = 0;

	if (*cut && name_under(first->owner, *cut) && !name_equal(first->owner, *cut)) {
		for (const struct record_plan *r = first; !rc && r < end; r++)
			rc = hosting_host(z->tree, r->owner) && r == first ? 0 : add_glue(z, r, e);
		return rc;
	}
	rc = read_name(&g, &l->owners[l->count++], rs, e);
	if (!rc)
		rc = tell(z, &g, e);
	if (set_of(&g, RR_NS) && !name_equal(first->owner, z->apex))
		*cut = first->owner;
	while (g.count)
		free((void *)g.sets[--g.count].data);
	return rc;
}

static int add_all(struct zone *z, struct literal *l, struct err *e)
{
	const struct record_plan *end = z->records + z->record_count, *next;
	_cleanup_(freep) struct rrset *rs = malloc(sizeof(*rs));
	const uint8_t *cut = NULL;
	int rc = rs ? 0 : err_set(e, -ENOMEM, "no memory for records");

	for (const struct record_plan *r = z->records; !rc && r < end; r = next) {
		for (next = r; next < end && name_equal(next->owner, r->owner); next++)
			;
		rc = add_name(z, l, r, next, &cut, rs, e);
	}
	for (unsigned i = 0; i < l->count; i++)
		if (l->owners[i].denial_type)
			l->chain[l->chain_count++] = i;
	return rc;
}

int literal_make(struct zone *z, struct err *e)
{
	struct literal *l = calloc(1, sizeof(*l));

	z->state->literal = l;
	if (l) {
		l->owners = calloc(z->record_count + 1, sizeof(*l->owners));
		l->chain = calloc(z->record_count + 1, sizeof(*l->chain));
	}
	if (!l || !l->owners || !l->chain)
		return err_set(e, -ENOMEM, "no memory for records");
	qsort(z->records, z->record_count, sizeof(*z->records), in_order);
	return add_all(z, l, e);
}

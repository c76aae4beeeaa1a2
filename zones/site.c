/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/site.h"

#include "sim/base/rng.h"
#include "zones/entries.h"
#include "zones/life.h"
#include "zones/population.h"
#include "zones/published.h"
#include "zones/standard.h"
#include "zones/state.h"

const uint16_t site_types[SITE_TYPES] = { RR_A,	  RR_NS,   RR_CNAME, RR_SOA,	RR_PTR,	      RR_MX,
					  RR_TXT, RR_AAAA, RR_DS,    RR_DNSKEY, RR_NSEC3PARAM };

static unsigned host_set(const struct zone *z, const uint8_t *name)
{
	const struct host *h = hosting_host(z->tree, name);
	unsigned set = 0;

	for (unsigned i = 0; h && i < h->address_count; i++)
		set |= h->addresses[i].family == 4 ? SITE_A : SITE_AAAA;
	return set;
}

static unsigned told_set(const struct told *told)
{
	unsigned set = 0;

	for (unsigned i = 0; i < SITE_TYPES; i++)
		if (told_find(told, site_types[i]))
			set |= 1u << i;
	return set;
}

static const struct told *told_at_apex(const struct zone *z)
{
	return z->state->content ? z->state->content->apex : NULL;
}

static unsigned apex_set(const struct zone *z)
{
	const struct told *told = told_at_apex(z);
	unsigned set = SITE_SOA | SITE_NS;

	if (told)
		set |= told_set(told);
	else if (z->state->is_leaf && !z->file)
		set |= z->is_bare ? SITE_ADDRESS : SITE_LEAF;
	if (z->is_signed && !z->state->literal)
		set |= SITE_DNSKEY | (z->denial == DENIAL_NSEC3 ? SITE_NSEC3PARAM : 0);
	return set;
}

unsigned site_wildcard(const struct zone *z)
{
	unsigned bits = z->population ? z->population->wildcard : 0;

	return (bits & WILDCARD_A ? SITE_A : 0) | (bits & WILDCARD_AAAA ? SITE_AAAA : 0);
}

/* "….in-addr.arpa." and "….ip6.arpa." */
static bool is_reverse(const uint8_t *name)
{
	return name_under(name, (const uint8_t *)"\4arpa");
}

bool site_is_signed(const struct zone *z, const struct entry *en)
{
	const struct population *p = z->population;

	if (!z->is_signed)
		return false;
	if (en->hoster)
		return en->hoster->is_signed;
	if (en->told_zone && en->told_zone->is_signed >= 0)
		return en->told_zone->is_signed;
	return p && rng_unit(population_draw_name(z, DRAW_SIGNED, en->name)) < p->signed_share;
}

static void found_entry(const struct zone *z, const struct entry *en, struct site *f)
{
	f->entry = en;
	f->kind = en->kind;
	if (en->kind == NODE_CUT && en->told) {
		f->told = en->told;
		f->is_signed = told_find(en->told, RR_DS) != NULL;
		f->set = SITE_NS | (f->is_signed ? SITE_DS : 0);
	} else if (en->kind == NODE_CUT) {
		f->is_signed =
			en->child ? z->is_signed && en->child->is_signed : site_is_signed(z, en);
		f->set = SITE_NS | (f->is_signed ? SITE_DS : 0);
	} else if (en->kind == NODE_DATA && en->told) {
		f->told = en->told;
		f->set = told_set(en->told);
	} else if (en->kind == NODE_DATA && en->added) {
		f->set = SITE_LEAF | (is_reverse(en->name) ? SITE_PTR : 0);
	} else if (en->kind == NODE_DATA) {
		f->set = host_set(z, en->name);
		f->real = true;
	}
}

static void found_standard(const struct zone *z, const uint8_t *name, const struct standard *s,
			   struct site *f)
{
	if (f->kind < s->kind)
		f->kind = s->kind;
	if (s->hoster) {
		f->real = true;
		f->set = host_set(z, name);
	} else if (!f->real) {
		f->set = s->set & SITE_CNAME ? SITE_CNAME : f->set | s->set;
	}
}

static void found_host(const struct zone *z, struct site *f)
{
	static const unsigned sets[HOST_TYPES] = { SITE_A, SITE_AAAA, SITE_MX, SITE_TXT };

	f->kind = NODE_DATA;
	f->is_host = true;
	f->ttl = population_ttl(z, population_draw(z, DRAW_TTL, f->number));
	for (unsigned i = 0; i < HOST_TYPES; i++)
		if (population_host_has(z, f->number, (enum host_type)i))
			f->set |= sets[i];
}

static void found_delegation(const struct zone *z, struct site *f)
{
	f->kind = NODE_CUT;
	f->by_number = true;
	f->is_signed = population_is_signed(z, f->number);
	f->set = SITE_NS | (f->is_signed ? SITE_DS : 0);
}

void site_at(const struct zone *z, const uint8_t *name, unsigned depth, struct site *f)
{
	const struct standard *s;
	const struct entry *en;

	*f = (struct site){ .kind = NODE_ABSENT };
	if (!depth) {
		f->kind = NODE_DATA;
		f->set = apex_set(z);
		f->told = told_at_apex(z);
		return;
	}
	en = entries_find(z->state->content, name);
	if (en)
		found_entry(z, en, f);
	s = en && (en->told || en->kind == NODE_ABSENT) ? NULL : standard_find(z, name, depth);
	if (s)
		found_standard(z, name, s, f);
	if (depth == 1 && name[0] == 1 && name[1] == '*' && site_wildcard(z)) {
		f->kind = NODE_DATA;
		f->set = site_wildcard(z);
	}
	if (!en && depth == 1 && population_number(z, name, &f->number)) {
		if (z->population->hosts)
			found_host(z, f);
		else
			found_delegation(z, f);
	}
}

const uint8_t *site_find(const struct zone *z, const uint8_t *name, struct site *f)
{
	unsigned depth = name_labels(name) - name_labels(z->apex);
	const uint8_t *at;

	for (unsigned d = depth ? 1 : 0;; d++) {
		at = name_skip(name, depth - d);
		site_at(z, at, d, f);
		if (d == depth || f->kind == NODE_CUT || f->kind == NODE_ABSENT)
			return at;
	}
}

/* A delegation to a zone of the plan whose DS is not there, not yet or not any more. */
static void withdraw_ds(const struct view *v, struct site *f)
{
	const struct zone *child = f->entry ? f->entry->child : NULL;

	if (f->kind != NODE_CUT || !child || !f->is_signed || f->told ||
	    (child->published ? published_has_ds(child, v->now) : child->as_signed))
		return;
	for (unsigned i = 0; i < child->key_count; i++)
		if (life_has_ds(&child->keys[i], v->now))
			return;
	f->is_signed = false;
	f->set &= ~(unsigned)SITE_DS;
}

/* A delegation whose DS a fault took away. */
static void hide_ds(const struct view *v, struct site *found)
{
	const struct zone *child = found->entry ? found->entry->child : NULL;
	const struct fault *f;

	if (!child || !found->is_signed)
		return;
	for (unsigned i = 0; (f = fault_next(child, v->server, v->now, &i));) {
		if (!f->row->hides_ds)
			continue;
		found->is_signed = false;
		found->set &= ~(unsigned)SITE_DS;
		view_saw(v, f);
	}
}

/* A delegation that a zone lost which was cut off. */
static void cut_off(const struct view *v, const uint8_t *cut, struct site *found)
{
	const struct fault *f;

	for (unsigned i = 0; (f = fault_next(v->zone, v->server, v->now, &i));) {
		if (!f->row->truncates || fault_befalls(f, cut, RR_NS))
			continue;
		*found = (struct site){ .kind = NODE_ABSENT };
		view_saw(v, f);
	}
}

const uint8_t *site_look(const struct view *v, const uint8_t *name, struct site *f)
{
	const uint8_t *at = site_find(v->zone, name, f);

	if (v->is_unsigned)
		f->set &= ~(unsigned)(SITE_DS | SITE_DNSKEY | SITE_NSEC3PARAM);
	if (f->kind != NODE_CUT)
		return at;
	f->is_signed = f->is_signed && !v->is_unsigned;
	withdraw_ds(v, f);
	hide_ds(v, f);
	cut_off(v, at, f);
	return at;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "harness/evidence/blame_inside.h"

#define REMEMBERED HOUR /* for how long a resolver may go on with a failure */
#define LOOK_MAX 256 /* exchanges for a name that are looked at for one failure */
#define SLOW (800 * MSEC) /* resolvers ask again sooner */
#define LAST_ASKED 8 /* questions to a zone's servers that say whether they answer */
#define STALL (5 * SECOND) /* how long a resolver that answers nobody does nothing */
#define LOOP_MAX 1000 /* steps on the way round */

/* ---- what explains it ---- */

static simtime end_of(const struct exchange *x)
{
	return x->answered != SIMTIME_NEVER ? x->answered : x->asked + 10 * SECOND;
}

static bool is_clean(const struct exchange *x)
{
	return x->answered != SIMTIME_NEVER && !x->tc && !x->findings;
}

/* Whether a finding may be why that failed: a name that is denied is no SERVFAIL. */
static bool may_explain(const struct evidence *v, const struct finding *f, const struct exchange *x)
{
	enum cause c = reason_cause(f->reason);

	if (evidence_failed(v, x))
		return c != CAUSE_NAMES_GONE && f->reason != REASON_DENIES_WHAT_IS;
	return c == CAUSE_NAMES_GONE || c == CAUSE_DENIAL;
}

/* The best of what one exchange has. */
static void take_best(const struct evidence *v, const struct exchange *up, const struct exchange *x,
		      struct finding *best, bool *found)
{
	for (size_t i = 0; i < up->findings; i++) {
		const struct finding *f = &v->check.findings[up->first_finding + i];

		if (!may_explain(v, f, x))
			continue;
		if (*found && reason_weight(f->reason) <= reason_weight(best->reason))
			continue;
		*best = *f;
		*found = true;
	}
}

/* Types of which a good answer came later: what was bad of them before is healed. */
struct healed {
	struct {
		uint16_t type;
		bool dnssec_ok;
	} by[16];
	unsigned count;
};

/* What was asked for with DO is not healed by an answer without. */
static bool is_healed(const struct healed *h, const struct exchange *bad)
{
	for (unsigned i = 0; i < h->count; i++)
		if (h->by[i].type == bad->qtype && h->by[i].dnssec_ok >= bad->dnssec_ok)
			return true;
	return false;
}

static void heal(struct healed *h, const struct exchange *good)
{
	if (h->count == ARRAY_SIZE(h->by))
		return;
	h->by[h->count].type = good->qtype;
	h->by[h->count++].dnssec_ok = good->dnssec_ok;
}

struct span {
	simtime from;
	bool even_healed; /* what a resolver may remember though it was sent better since */
};

/* Of the exchanges for one name since then, the latest first. */
static void look_at_name(const struct blame_index *b, const uint8_t *name, const struct span *span,
			 const struct exchange *x, struct finding *best, bool *found)
{
	const struct name_index *n = blame_named(b->names, name);
	size_t i = n ? blame_behind(b->v, n, end_of(x)) : 0;
	struct healed h = { .count = 0 };

	for (unsigned looked = 0; i > 0 && looked < LOOK_MAX; looked++) {
		const struct exchange *up = &b->v->upstream[n->list[--i]];

		if (up->asked < span->from)
			return;
		if (is_clean(up) && up->answered <= end_of(x) && !span->even_healed)
			heal(&h, up);
		else if (up->findings && !is_healed(&h, up))
			take_best(b->v, up, x, best, found);
	}
}

static bool look(const struct blame_index *b, const struct depends *d, struct span span,
		 const struct exchange *x, struct finding *ret)
{
	struct facts *f = b->v->facts;
	bool found = false;

	for (unsigned i = 0; i < d->count; i++)
		for (const uint8_t *name = d->names[i];; name = name_skip(name, 1)) {
			const uint8_t *place = facts_name(f, name);

			if (place)
				look_at_name(b, place, &span, x, ret, &found);
			if (!name[0])
				break;
		}
	return found &&
	       (!span.even_healed || reason_weight(ret->reason) > reason_weight(REASON_SILENT));
}

/* ---- servers that a resolver has given up ---- */

static bool is_no_answer(const struct evidence *v, const struct exchange *up)
{
	return up->findings && v->check.findings[up->first_finding].reason != REASON_GONE &&
	       reason_weight(v->check.findings[up->first_finding].reason) ==
		       reason_weight(REASON_SILENT);
}

/* Whether most of what the zone's servers were asked last had no answer: a resolver leaves them alone
 * then, and fails what is asked next without a packet. */
static bool is_given_up(const struct blame_index *b, const uint8_t *zone, const struct exchange *x,
			struct finding *ret)
{
	const struct evidence *v = b->v;
	const struct name_index *n = blame_named(b->zones, zone);
	size_t i = n ? blame_behind(v, n, end_of(x)) : 0;
	unsigned asked = 0, silent = 0;

	for (; i > 0 && asked < LAST_ASKED; asked++) {
		const struct exchange *up = &v->upstream[n->list[--i]];

		if (up->asked < x->asked - REMEMBERED)
			break;
		if (is_no_answer(v, up) && !silent++)
			*ret = v->check.findings[up->first_finding];
	}
	return asked && 2 * silent >= asked;
}

static bool has_given_up(const struct blame_index *b, const struct depends *d,
			 const struct exchange *x, struct finding *ret)
{
	struct facts *f = b->v->facts;

	for (unsigned i = 0; i < d->count; i++) {
		const uint8_t *zone = facts_zone_of(f, d->names[i], 0);

		for (; zone[0]; zone = facts_zone_of(f, name_skip(zone, 1), 0))
			if (is_given_up(b, zone, x, ret))
				return true;
		if (is_given_up(b, zone, x, ret))
			return true;
	}
	return false;
}

/* ---- what is left where no packet is wrong ---- */

/* Exchanges of the window for the name itself: what came last. */
static const struct exchange *last_for(const struct blame_index *b, const struct exchange *x,
				       bool truncated)
{
	const struct name_index *n = blame_named(b->names, x->qname);
	const struct exchange *last = NULL;

	for (size_t i = 0; n && i < n->count; i++) {
		const struct exchange *up = &b->v->upstream[n->list[i]];

		if (up->asked >= x->asked - BLAME_WINDOW && up->asked <= end_of(x) &&
		    up->qtype == x->qtype && up->tc == truncated && up->answered <= end_of(x))
			last = up;
	}
	return last;
}

static struct finding from_exchange(const struct blame_index *b, enum reason r,
				    const struct exchange *x)
{
	return check_finding(&b->v->check, x, r, x->qname, x->qtype);
}

/* A truncated answer with nothing behind it. */
static bool is_cut_off(const struct blame_index *b, const struct exchange *x, struct finding *ret)
{
	const struct exchange *cut = last_for(b, x, true), *whole = last_for(b, x, false);

	if (!cut || whole)
		return false;
	*ret = from_exchange(b, REASON_SILENT_TCP, cut);
	return true;
}

/* Whether the names of a zone's servers lead back to it without an address on the way. */
struct loop {
	struct facts *facts;
	const uint8_t *to;
	simtime at;
	unsigned left; /* steps */
};

static bool leads_back(struct loop *l, const uint8_t *zone, unsigned deep)
{
	const struct version *v = facts_held(l->facts, zone, LDNS_RR_TYPE_NS, l->at);
	bool any = false;

	for (size_t i = 0; v && i < ldns_rr_list_rr_count(v->rrs); i++) {
		const uint8_t *server =
			facts_rdf_name(l->facts, ldns_rr_rdf(ldns_rr_list_rr(v->rrs, i), 0));
		const uint8_t *next = server ? facts_zone_of(l->facts, server, 0) : NULL;

		if (!next || facts_has_address(l->facts, server))
			return false;
		if (next == l->to)
			any = true;
		else if (next != zone && deep < CHAIN_MAX && l->left && l->left--)
			any |= leads_back(l, next, deep + 1);
	}
	return any;
}

static bool is_loop(const struct blame_index *b, const struct exchange *x, struct finding *ret)
{
	struct facts *f = b->v->facts;
	const uint8_t *zone = facts_zone_of(f, x->qname, 0);
	const struct version *ns = facts_held(f, zone, LDNS_RR_TYPE_NS, end_of(x));
	struct loop l = { f, zone, end_of(x), LOOP_MAX };

	if (!zone[0] || !ns || !leads_back(&l, zone, 0))
		return false;
	*ret = from_exchange(b, REASON_LOOP, x);
	ret->zone = ret->owner = zone;
	ret->type = LDNS_RR_TYPE_NS;
	ret->seen = ns->first;
	return true;
}

/* The slowest of the answers that it had to wait for. */
static bool is_slow(const struct blame_index *b, const struct exchange *x, struct finding *ret)
{
	const struct evidence *v = b->v;
	const struct exchange *worst = NULL;
	struct depends d = blame_depends(v->facts, x->qname);
	const struct name_index *n;

	for (unsigned k = 0; k < d.count; k++) {
		n = blame_named(b->names, d.names[k]);
		for (size_t i = n ? blame_behind(v, n, end_of(x)) : 0; i > 0; i--) {
			const struct exchange *up = &v->upstream[n->list[i - 1]];

			if (up->asked < x->asked - BLAME_WINDOW)
				break;
			if (up->answered - up->asked >= SLOW &&
			    (!worst || up->answered - up->asked > worst->answered - worst->asked))
				worst = up;
		}
	}
	if (!worst)
		return false;
	*ret = from_exchange(b, REASON_SLOW, worst);
	ret->number = (unsigned)((worst->answered - worst->asked) / MSEC);
	return worst->answered != SIMTIME_NEVER;
}

/* It answered nobody, while there was nothing that it waited for. */
static bool is_stalled(const struct blame_index *b, const struct exchange *x, struct finding *ret)
{
	if (x->answered != SIMTIME_NEVER || !b->v->has_upstream ||
	    evidence_answered_between(b->v, x->asked, x->asked + STALL))
		return false;
	*ret = from_exchange(b, REASON_STALLED, x);
	ret->number = STALL / SECOND;
	return true;
}

/* Whether a zone on the way down to a name was seen to have something grave for another name: what a
 * resolver remembers of that is not known. */
static bool is_doubtful(const struct blame_index *b, const struct exchange *x)
{
	const struct evidence *v = b->v;
	const uint8_t *zone = x->qname;
	const struct name_index *n;

	do {
		zone = facts_zone_of(v->facts, zone, 0);
		n = blame_named(b->zones, zone);
		for (size_t i = n ? blame_behind(v, n, end_of(x)) : 0, k = 0; i > 0 && k < LOOK_MAX;
		     i--, k++) {
			const struct exchange *up = &v->upstream[n->list[i - 1]];

			if (up->asked < x->asked - REMEMBERED)
				break;
			for (size_t m = 0; m < up->findings; m++)
				if (reason_weight(v->check.findings[up->first_finding + m].reason) >
				    reason_weight(REASON_SILENT))
					return true;
		}
		zone = zone[0] ? name_skip(zone, 1) : NULL;
	} while (zone);
	return false;
}

/* The resolver's own: it refuses and asked nobody, or was given what was asked for, and all of it good. */
static bool is_local(const struct blame_index *b, const struct exchange *x, struct finding *ret)
{
	const struct exchange *last = last_for(b, x, false);

	if (x->answered == SIMTIME_NEVER || !b->v->has_upstream)
		return false;
	if (x->rcode == LDNS_RCODE_REFUSED && !last) {
		*ret = from_exchange(b, REASON_REFUSES, x);
		ret->number = x->rcode;
		return true;
	}
	if (!last || !is_clean(last) || !(last->aa || last->rd) || last->unchecked ||
	    !(last->good || last->insecure) || is_doubtful(b, x))
		return false;
	*ret = from_exchange(b, REASON_GOOD_UPSTREAM, last);
	return true;
}

bool blame_find(const struct blame_index *b, const struct exchange *x, struct finding *ret)
{
	struct depends d;

	if (!b->v->has_upstream && x->findings) {
		*ret = b->v->check.findings[x->first_finding];
		return true;
	}
	d = blame_depends(b->v->facts, x->qname);
	/* What another resolver answers it may remember: what it had been sent before says more. */
	if (look(b, &d, (struct span){ x->asked - BLAME_WINDOW }, x, ret) &&
	    reason_weight(ret->reason) >= reason_weight(REASON_SILENT))
		return true;
	if (look(b, &d, (struct span){ x->asked - REMEMBERED }, x, ret))
		return true;
	if (!evidence_failed(b->v, x))
		return false;
	return has_given_up(b, &d, x, ret) || is_cut_off(b, x, ret) || is_loop(b, x, ret) ||
	       is_slow(b, x, ret) ||
	       look(b, &d, (struct span){ x->asked - REMEMBERED, true }, x, ret) ||
	       is_stalled(b, x, ret) || is_local(b, x, ret);
}

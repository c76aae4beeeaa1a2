/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/rollover/rollover_ways.h"

#include <errno.h>

const char *const rollover_way_names[] = {
	[WAY_NOTHING] = "nothing",     [WAY_KEYS_BACK] = "old keys back",
	[WAY_DS_BESIDE] = "double DS", [WAY_DS_OUT] = "DS out",
	[WAY_UNSIGNED] = "unsigned",   [WAY_UNSIGNED_NOW] = "unsigned at once",
	[WAY_FLUSH] = "flush",
};

/* What stands at the instant if nothing is done. */
struct standing {
	const struct rollover_analysis *a; /* of WAY_NOTHING */
	struct rollover_version ds, dnskey, signatures;
	simtime at;
};

static uint64_t bit(unsigned i)
{
	return UINT64_C(1) << i;
}

/* ---- changing a plan at an instant ---- */

/* What has not begun by then does not, and what has not ended goes on. */
static void stay(struct rollover_span *s, simtime at)
{
	if (s->from > at)
		*s = rollover_never();
	else if (s->until > at)
		s->until = SIMTIME_NEVER;
}

static void end(struct rollover_span *s, simtime at)
{
	if (s->from >= at)
		*s = rollover_never();
	else
		s->until = earlier(s->until, at);
}

static void end_key(struct rollover_key *k, simtime at)
{
	end(&k->published, at);
	end(&k->signs, at);
	if (k->has_signs_keys)
		end(&k->signs_keys, at);
}

static void end_keys(struct rollover *p, simtime at)
{
	for (unsigned i = 0; i < p->key_count; i++)
		end_key(&p->keys[i], at);
}

static void end_ds(struct rollover *p, simtime at)
{
	for (unsigned i = 0; i < p->key_count; i++)
		end(&p->keys[i].ds, at);
}

/* The key i once more, published and signing from then on. */
static struct rollover_key *once_more(struct rollover *p, unsigned i, simtime at)
{
	struct rollover_key *k = &p->keys[p->key_count++];

	p->keys[i].seen_signed = 0;
	*k = p->keys[i];
	k->again = i + 1;
	k->published = k->signs = (struct rollover_span){ at, SIMTIME_NEVER };
	k->ds = rollover_never();
	k->has_signs_keys = k->leaves = false;
	end_key(&p->keys[i], at);
	return k;
}

static void bring_back(struct rollover *p, uint64_t keys, simtime at)
{
	unsigned count = p->key_count;

	for (unsigned i = 0; i < count; i++)
		if (keys >> i & 1)
			once_more(p, i, at);
}

static void add_ds(struct rollover *p, uint64_t keys, simtime at)
{
	unsigned count = p->key_count;

	for (unsigned i = 0; i < count; i++) {
		struct rollover_key *k = &p->keys[i];

		if (!(keys >> i & 1))
			continue;
		if (k->ds.from != SIMTIME_NEVER)
			k = once_more(p, i, at);
		k->ds = (struct rollover_span){ at, SIMTIME_NEVER };
	}
}

/* ---- judging ---- */

static int analyse(const struct rollover *p, bool lenient, struct rollover_analysis *ret,
		   struct err *e)
{
	int rc = rollover_analyse(p, ret, e);

	if (rc == 0 && lenient)
		rollover_leave_out_strict(ret);
	return rc;
}

static simtime last_bogus(const struct rollover_analysis *a, simtime at)
{
	for (unsigned i = 0; i < a->finding_count; i++)
		at = later(at, a->findings[i].bogus.until);
	return at;
}

/* The next instant at which some server gives out something else. */
static simtime next_change(const struct rollover *p, const struct rollover_analysis *a, simtime t)
{
	simtime next = SIMTIME_NEVER;

	for (enum rollover_set set = 0; set < ROLLOVER_SETS; set++)
		for (unsigned i = 0; i < a->versions[set].count; i++) {
			simtime until = a->versions[set].list[i].life.until;
			simtime given = rollover_after(until, rollover_propagation(p, set));

			if (until > t)
				next = earlier(next, until);
			if (given > t)
				next = earlier(next, given);
		}
	return next;
}

/* From when on a cache that is emptied is never bogus after that. */
static int find_emptied(struct rollover *p, bool lenient, simtime at, simtime *ret, struct err *e)
{
	bool bogus = true;
	int rc = 0;

	*ret = at;
	while (*ret != SIMTIME_NEVER && bogus && rc == 0) {
		struct rollover_analysis a;

		p->emptied = *ret;
		rc = analyse(p, lenient, &a, e);
		bogus = a.finding_count;
		if (rc == 0 && bogus)
			*ret = next_change(p, &a, *ret);
		rollover_analysis_done(&a);
	}
	p->emptied = 0;
	return rc;
}

static int judge(struct rollover_way *w, bool lenient, simtime at, struct err *e)
{
	const struct rollover_versions *ds = &w->analysis.versions[ROLLOVER_DS];
	int rc = analyse(w->plan, lenient, &w->analysis, e);

	if (rc == 0)
		rc = rollover_steps_make(w->plan, &w->analysis, &w->steps, e);
	if (rc)
		return rc;
	w->well = later(last_bogus(&w->analysis, at), w->plan->emptied);
	w->insecure = !ds->list[ds->count - 1].keys;
	if (w->kind == WAY_FLUSH) {
		w->emptied = w->well;
		return 0;
	}
	rc = find_emptied(w->plan, lenient, at, &w->emptied, e);
	w->emptied = earlier(w->emptied, w->well);
	return rc;
}

/* ---- which keys a way is about ---- */

static uint64_t all_of(const struct rollover *p, uint8_t algorithm)
{
	uint64_t keys = 0;

	for (unsigned i = 0; i < p->key_count; i++)
		if (p->keys[i].algorithm == algorithm)
			keys |= bit(i);
	return keys;
}

static uint64_t without_ksks(const struct rollover *p, uint64_t keys)
{
	for (unsigned i = 0; i < p->key_count; i++)
		if (p->keys[i].role == KEY_KSK)
			keys &= ~bit(i);
	return keys;
}

/* Those by which caches check that are bogus. */
static uint64_t asked_for(const struct rollover *p, const struct standing *s)
{
	uint64_t keys = 0;

	for (unsigned i = 0; i < s->a->finding_count; i++) {
		const struct rollover_finding *f = &s->a->findings[i];

		if (f->strict)
			keys |= all_of(p, f->lacks.algorithm);
		else if (f->kept_set == ROLLOVER_DS)
			keys |= f->kept.keys;
		else if (f->kept_set == ROLLOVER_RRSIG)
			keys |= f->kept.signers;
		else if (f->met_set == ROLLOVER_RRSIG)
			keys |= without_ksks(p, f->kept.keys);
	}
	return keys;
}

/* Whether it is published and does what its role is. */
static bool is_at_work(const struct rollover *p, unsigned i, const struct standing *s)
{
	uint64_t working = s->dnskey.keys;

	if (p->keys[i].role != KEY_ZSK)
		working &= s->dnskey.signers;
	if (p->keys[i].role != KEY_KSK)
		working &= s->signatures.signers;
	return working >> i & 1;
}

/* Who signed last, where nobody does. */
static uint64_t last_signers(const struct standing *s)
{
	const struct rollover_versions *v = &s->a->versions[ROLLOVER_RRSIG];
	uint64_t keys = 0;

	for (unsigned i = 0; i < v->count && v->list[i].life.from <= s->at; i++)
		if (v->list[i].signers)
			keys = v->list[i].signers;
	return keys;
}

/* Keys that were never published are not known to be anybody's. */
static uint64_t keys_to_bring_back(const struct rollover *p, const struct standing *s)
{
	uint64_t keys = asked_for(p, s), ret = 0;

	if (keys && !s->signatures.signers)
		keys |= last_signers(s);
	for (unsigned i = 0; i < p->key_count; i++)
		if (keys >> i & 1 && p->keys[i].published.from != SIMTIME_NEVER &&
		    !is_at_work(p, i, s))
			ret |= bit(i);
	return ret;
}

/* ---- the ways ---- */

/* When all of a plan's keys may go, if that is the last that is done. */
static int find_removal(const struct rollover *p, simtime at, simtime *ret, struct err *e)
{
	_cleanup_(rollover_freep) struct rollover *c = rollover_copy(p, 0);
	simtime late = rollover_after(at, 365 * DAY + p->ttl.ds + p->propagation.parent);
	struct rollover_analysis a = { 0 };
	struct rollover_steps steps = { 0 };
	int rc;

	if (!c)
		return err_set(e, -ENOMEM, "no memory for the plan");
	end_keys(c, late);
	rc = rollover_analyse(c, &a, e);
	if (rc == 0)
		rc = rollover_steps_make(c, &a, &steps, e);
	*ret = at;
	for (unsigned i = 0; i < steps.count && rc == 0; i++)
		if (steps.list[i].planned == late)
			*ret = later(*ret, steps.list[i].earliest);
	rollover_steps_done(&steps);
	rollover_analysis_done(&a);
	return rc;
}

static const char *make_keys_back(struct rollover_way *w, const struct standing *s)
{
	w->keys = keys_to_bring_back(w->plan, s);
	if (!w->keys)
		return "no key that was published once is asked for by caches and not at work";
	bring_back(w->plan, w->keys, s->at);
	return NULL;
}

static const char *make_ds_beside(struct rollover_way *w, const struct standing *s)
{
	w->keys = s->dnskey.keys & s->dnskey.signers & ~s->ds.keys;
	if (!s->ds.keys)
		return "the parent has no DS any more";
	if (!w->keys)
		return "each key that signs the DNSKEY RRset has its DS";
	add_ds(w->plan, w->keys, s->at);
	return NULL;
}

static const char *make_unsigned(struct rollover_way *w, const struct standing *s)
{
	if (!s->dnskey.keys && !s->signatures.signers)
		return "the zone is unsigned";
	end_ds(w->plan, s->at);
	return NULL;
}

/* Changes the way's plan. Gives why it is no way. */
static const char *change(struct rollover_way *w, const struct rollover_ways *all,
			  const struct standing *s)
{
	const char *why_not = NULL;

	switch (w->kind) {
	case WAY_NOTHING:
		break;
	case WAY_KEYS_BACK:
		why_not = make_keys_back(w, s);
		break;
	case WAY_DS_BESIDE:
		why_not = make_ds_beside(w, s);
		break;
	case WAY_DS_OUT:
		why_not = s->ds.keys ? NULL : "the parent has no DS any more";
		end_ds(w->plan, s->at);
		break;
	case WAY_UNSIGNED:
	case WAY_UNSIGNED_NOW:
		why_not = make_unsigned(w, s);
		break;
	case WAY_FLUSH:
		w->plan->emptied = all->list[WAY_NOTHING].emptied;
		if (w->plan->emptied == SIMTIME_NEVER)
			why_not = "what is published now is bogus to an empty cache, too";
		break;
	}
	return why_not;
}

static int make_way(struct rollover_ways *all, const struct standing *s, struct rollover *plan,
		    bool lenient, struct rollover_way *w, struct err *e)
{
	int rc = 0;

	w->plan = plan;
	w->why_not = change(w, all, s);
	if (w->why_not)
		return 0;
	if (w->kind == WAY_UNSIGNED)
		rc = find_removal(plan, s->at, &w->removal, e);
	if (rc == 0 && w->kind == WAY_UNSIGNED)
		end_keys(plan, w->removal);
	if (w->kind == WAY_UNSIGNED_NOW)
		end_keys(plan, s->at);
	return rc ? rc : judge(w, lenient, s->at, e);
}

/* The plan as it is if nothing more is done. */
static struct rollover *standing_plan(const struct rollover *r, simtime at)
{
	struct rollover *p = rollover_copy(r, r->key_count);

	for (unsigned i = 0; p && i < p->key_count; i++) {
		struct rollover_key *k = &p->keys[i];

		stay(&k->published, at);
		stay(&k->signs, at);
		stay(&k->signs_keys, at);
		stay(&k->ds, at);
	}
	if (p) {
		p->from = at;
		p->is_state = false;
	}
	return p;
}

int rollover_ways_make(const struct rollover *r, simtime at, bool lenient,
		       struct rollover_ways *ret, struct err *e)
{
	const struct rollover_analysis *a = &ret->list[WAY_NOTHING].analysis;
	struct standing s = { .a = a, .at = at };
	int rc = 0;

	*ret = (struct rollover_ways){ .at = at };
	if (r->key_count > ROLLOVER_KEYS / 2)
		return err_set(e, -E2BIG, "more than %d keys, each of which could come back",
			       ROLLOVER_KEYS / 2);
	for (enum rollover_way_kind kind = 0; kind < ROLLOVER_WAYS && rc == 0; kind++) {
		struct rollover *plan = standing_plan(r, at);

		if (!plan) {
			rc = err_set(e, -ENOMEM, "no memory for the plan");
			break;
		}
		ret->list[kind].kind = kind;
		rc = make_way(ret, &s, plan, lenient, &ret->list[kind], e);
		if (rc || kind != WAY_NOTHING)
			continue;
		s.ds = *rollover_version_at(&a->versions[ROLLOVER_DS], at);
		s.dnskey = *rollover_version_at(&a->versions[ROLLOVER_DNSKEY], at);
		s.signatures = *rollover_version_at(&a->versions[ROLLOVER_RRSIG], at);
	}
	if (rc)
		rollover_ways_done(ret);
	return rc;
}

void rollover_ways_done(struct rollover_ways *w)
{
	for (unsigned i = 0; i < ROLLOVER_WAYS; i++) {
		rollover_steps_done(&w->list[i].steps);
		rollover_analysis_done(&w->list[i].analysis);
		rollover_free(w->list[i].plan);
		w->list[i].plan = NULL;
	}
}

bool rollover_ways_needed(const struct rollover_ways *w)
{
	return w->list[WAY_NOTHING].analysis.finding_count;
}

static bool same(enum rollover_set sa, const struct rollover_version *a, enum rollover_set sb,
		 const struct rollover_version *b)
{
	return sa == sb && a->keys == b->keys && a->signers == b->signers;
}

/* The same is kept, or the same two meet in the other order, and are bogus at all those times. */
static bool covers(const struct rollover_finding *g, const struct rollover_finding *f)
{
	bool kept = same(g->kept_set, &g->kept, f->kept_set, &f->kept);
	bool mirrored = same(g->met_set, &g->met, f->kept_set, &f->kept) &&
			same(g->kept_set, &g->kept, f->met_set, &f->met);

	return (kept || mirrored) && (!g->strict || f->strict) && g->bogus.from <= f->bogus.from &&
	       f->bogus.until <= g->bogus.until;
}

bool rollover_way_breaks(const struct rollover_ways *w, const struct rollover_finding *f)
{
	const struct rollover_analysis *nothing = &w->list[WAY_NOTHING].analysis;

	for (unsigned i = 0; i < nothing->finding_count; i++)
		if (covers(&nothing->findings[i], f))
			return false;
	return true;
}

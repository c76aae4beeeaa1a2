/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/rollover/rollover_steps.h"

#include <errno.h>
#include <string.h>

const char *const rollover_step_names[] = {
	[STEP_PUBLISH] = "publish", [STEP_SIGN] = "sign",     [STEP_DS_IN] = "DS in",
	[STEP_DS_OUT] = "DS out",   [STEP_RETIRE] = "retire", [STEP_REMOVE] = "remove",
};

struct stepping {
	const struct rollover *r;
	const struct rollover_analysis *a;
	struct rollover_step *step;
};

/* ---- which equation of which section it is ---- */

/* Another key whose part the key takes over, or that takes over its: the first whose spans touch or
 * overlap. */
static const struct rollover_key *partner(const struct rollover *r, unsigned key)
{
	const struct rollover_key *k = &r->keys[key];

	for (unsigned i = 0; i < r->key_count; i++) {
		const struct rollover_key *p = &r->keys[i];

		if (i != key && p->role == k->role &&
		    (p->ds.from != k->ds.from || p->signs.from != k->signs.from))
			return p;
	}
	return NULL;
}

/* The newer of the two is meant: how it came in tells the method. */
static const struct rollover_key *newcomer(const struct rollover *r, unsigned key)
{
	const struct rollover_key *k = &r->keys[key], *p = partner(r, key);
	bool later = p && p->published.from == k->published.from &&
		     (p->ds.from == k->ds.from ? p->signs.from > k->signs.from
					       : p->ds.from > k->ds.from);

	return p && (p->published.from > k->published.from || later) ? p : k;
}

/* RFC 7583 section 3.3: KSK rollovers, by what comes first. */
static const char *ksk_section(const struct stepping *w)
{
	const struct rollover_key *k = newcomer(w->r, w->step->key),
				  *p = partner(w->r, w->step->key);

	if (k->role == KEY_CSK)
		return "RFC 6781 4.1.3";
	if (!p)
		return "RFC 7583 3.3.5";
	if (k->ds.from < k->published.from)
		return "RFC 7583 3.3.2";
	return k->ds.from == k->published.from ? "RFC 7583 3.3.3" : "RFC 7583 3.3.1";
}

/* Section 3.2: a ZSK that signs as soon as it is published is rolled by double signature. */
static const char *zsk_section(const struct stepping *w)
{
	const struct rollover_key *k = newcomer(w->r, w->step->key);

	if (k->role == KEY_CSK)
		return "RFC 6781 4.1.3";
	return k->published.from == k->signs.from && partner(w->r, w->step->key) ? "RFC 7583 3.2.2"
										 : "RFC 7583 3.2.1";
}

/* RFC 7583's names: Ipub is the time from publishing something to relying on it, Iret the one from
 * not relying on it any more to removing it. */
static const char *equation(enum rollover_set set, enum rollover_set other, bool comes)
{
	if (other == ROLLOVER_RRSIG)
		return comes ? "Ipub = Dsgn + Dprp + TTLsig" : "Iret = Dsgn + Dprp + TTLsig";
	if (other == ROLLOVER_DS)
		return comes ? "IpubP = DprpP + TTLds" : "Iret = DprpP + TTLds";
	if (set == ROLLOVER_DS)
		return comes ? "IpubC = DprpC + TTLkey" : "Iret = DprpC + TTLkey";
	return comes ? "Ipub = Dprp + TTLkey" : "Iret = Dprp + TTLkey";
}

/* What a change of `set` waits for when a cache may still hold an old version of `other`. */
static void cite(const struct stepping *w, enum rollover_set set, enum rollover_set other,
		 const struct rollover_version *after)
{
	struct rollover_step *s = w->step;
	bool comes = s->kind == STEP_DS_IN || s->kind == STEP_PUBLISH || s->kind == STEP_SIGN;

	s->section = set == ROLLOVER_DS || other == ROLLOVER_DS ? ksk_section(w) : zsk_section(w);
	if (s->strict)
		s->section = "RFC 6781 4.1.4";
	else if (set != ROLLOVER_DS && other != ROLLOVER_RRSIG && !after->keys && !after->signers)
		s->section = "RFC 4035 5.2";
	else if (set == ROLLOVER_DS && other == ROLLOVER_RRSIG)
		s->section = "RFC 7583 3.3.5";
	/* The keys change places when the new DS is everywhere: 3.3.2 has it at the beginning of
	 * the new one. */
	comes |= set == ROLLOVER_DNSKEY && other == ROLLOVER_DS && after->keys &&
		 strcmp(s->section, "RFC 7583 3.3.2") == 0;
	/* The DS change places when the new key is everywhere: 3.3.1 has it at the beginning of the
	 * new one, and nothing to wait for at the end of the old one. */
	comes |= set == ROLLOVER_DS && other == ROLLOVER_DNSKEY &&
		 strcmp(s->section, "RFC 7583 3.3.1") == 0;
	/* One instant for both: 3.2.1 has it at the beginning of the new one, 3.2.2 at the end of
	 * the old one. */
	comes |= set == ROLLOVER_RRSIG && after->signers &&
		 strcmp(s->section, "RFC 7583 3.2.1") == 0;
	s->equation = equation(set, other, comes);
}

/* ---- what it waits for ---- */

static void wait_for(const struct stepping *w, enum rollover_set set,
		     const struct rollover_version *after, enum rollover_set other,
		     const struct rollover_version *old, bool strict)
{
	struct rollover_step *s = w->step;
	simtime gone =
		rollover_after(rollover_after(old->life.until, rollover_propagation(w->r, other)),
			       rollover_ttl(w->r, other, old));

	if (gone > old->expires)
		gone = old->expires;
	if (gone <= s->earliest)
		return;
	s->earliest = gone;
	s->strict = strict;
	s->waits_for = other;
	s->old = *old;
	cite(w, set, other, after);
}

/* A zone that becomes secure: signatures that caches took without asking for any must go with the
 * keys of now. */
static bool fits_at_last(const struct stepping *w, const struct rollover_version *ds,
			 enum rollover_set other, const struct rollover_version *old)
{
	const struct rollover_version *before, *keys;
	struct rollover_misfit lacks;

	if (other != ROLLOVER_RRSIG || !ds->keys)
		return true;
	before = rollover_version_at(&w->a->versions[ROLLOVER_DS], ds->life.from - 1);
	keys = rollover_version_at(&w->a->versions[ROLLOVER_DNSKEY], ds->life.from);
	return before->keys ||
	       rollover_fits(w->r, ROLLOVER_DNSKEY, keys, ROLLOVER_RRSIG, old, false, &lacks);
}

static bool pair_fits(const struct stepping *w, enum rollover_set set,
		      const struct rollover_version *after, enum rollover_set other,
		      const struct rollover_version *old, bool strict)
{
	struct rollover_misfit lacks;

	if (set < other)
		return rollover_fits(w->r, set, after, other, old, strict, &lacks);
	return rollover_fits(w->r, other, old, set, after, strict, &lacks);
}

/* Whether some cache has a DS at this instant: without one nothing is bogus. */
static bool is_secure(const struct stepping *w, simtime t)
{
	const struct rollover_versions *ds = &w->a->versions[ROLLOVER_DS];

	for (unsigned i = 0; i < ds->count; i++) {
		const struct rollover_version *v = &ds->list[i];
		simtime given = rollover_after(v->life.until, w->r->propagation.parent);

		if (v->keys && v->life.from <= t &&
		    t < rollover_after(given, rollover_ttl(w->r, ROLLOVER_DS, v)))
			return true;
	}
	return false;
}

/* What the step leaves: all steps of its instant are taken together, but publishing a key is
 * harmless by itself. */
static bool find_after(const struct stepping *w, enum rollover_set set,
		       struct rollover_version *ret)
{
	const struct rollover_versions *v = &w->a->versions[set];
	simtime t = w->step->planned;
	uint64_t key = rollover_bit(w->r, w->step->key);

	*ret = *rollover_version_at(v, t);
	if (ret->life.from != t)
		return false;
	if (w->step->kind == STEP_PUBLISH && set == ROLLOVER_DNSKEY) {
		const struct rollover_version *before = rollover_version_at(v, t - 1);

		ret->signers = before->signers | (ret->signers & key);
		ret->keys = before->keys | key;
	}
	return true;
}

static void wait_for_set(const struct stepping *w, enum rollover_set set,
			 const struct rollover_version *after, enum rollover_set other)
{
	const struct rollover_versions *v = &w->a->versions[other];
	bool secure = set == ROLLOVER_DS || other == ROLLOVER_DS || is_secure(w, w->step->planned);

	for (unsigned i = 0; i < v->count && secure; i++) {
		const struct rollover_version *old = &v->list[i];

		if (old->life.from > w->step->planned)
			break;
		if (!pair_fits(w, set, after, other, old, false) ||
		    (set == ROLLOVER_DS && !fits_at_last(w, after, other, old)))
			wait_for(w, set, after, other, old, false);
		else if (!pair_fits(w, set, after, other, old, true))
			wait_for(w, set, after, other, old, true);
	}
}

/* The step changes `set`: all that a cache may have of the others, published until then, must go
 * with what it leaves. */
static void wait_for_others(const struct stepping *w, enum rollover_set set)
{
	struct rollover_version after;

	if (!find_after(w, set, &after))
		return;
	for (enum rollover_set other = 0; other < ROLLOVER_SETS; other++)
		if (other != set)
			wait_for_set(w, set, &after, other);
}

static void find_earliest(const struct stepping *w)
{
	static const enum rollover_set changes[] = {
		[STEP_PUBLISH] = ROLLOVER_DNSKEY, [STEP_SIGN] = ROLLOVER_RRSIG,
		[STEP_DS_IN] = ROLLOVER_DS,	  [STEP_DS_OUT] = ROLLOVER_DS,
		[STEP_RETIRE] = ROLLOVER_RRSIG,	  [STEP_REMOVE] = ROLLOVER_DNSKEY,
	};
	enum rollover_step_kind kind = w->step->kind;
	enum key_role role = w->r->keys[w->step->key].role;
	bool with_keys = changes[kind] == ROLLOVER_DNSKEY;

	if (changes[kind] != ROLLOVER_RRSIG || role != KEY_KSK)
		wait_for_others(w, changes[kind]);
	if (changes[kind] == ROLLOVER_RRSIG && role != KEY_ZSK)
		wait_for_others(w, ROLLOVER_DNSKEY);
	if (with_keys && role == KEY_CSK)
		wait_for_others(w, ROLLOVER_RRSIG);
}

/* A DS that comes as another one goes is a step of its own, if that one stayed. */
static void find_beside(const struct stepping *w)
{
	const struct rollover_versions *v = &w->a->versions[ROLLOVER_DS];
	struct rollover_step alone = *w->step;
	const struct stepping beside = { w->r, w->a, &alone };
	struct rollover_version after = *rollover_version_at(v, w->step->planned);
	uint64_t before = rollover_version_at(v, w->step->planned - 1)->keys;

	w->step->beside = w->step->earliest;
	w->step->replaces = w->step->kind == STEP_DS_IN ? before & ~after.keys : 0;
	if (!w->step->replaces)
		return;
	alone.earliest = ROLLOVER_ALWAYS;
	after.keys = before | rollover_bit(w->r, w->step->key);
	wait_for_set(&beside, ROLLOVER_DS, &after, ROLLOVER_DNSKEY);
	wait_for_set(&beside, ROLLOVER_DS, &after, ROLLOVER_RRSIG);
	w->step->beside = alone.earliest;
}

/* ---- the list ---- */

static void add(const struct rollover *r, struct rollover_steps *s, unsigned key,
		enum rollover_step_kind kind, simtime at)
{
	/* What a signer's state has at its present is done. */
	if (at == ROLLOVER_ALWAYS || at == SIMTIME_NEVER || at < r->from + r->is_state)
		return;
	s->list[s->count++] = (struct rollover_step){ .planned = at,
						      .kind = kind,
						      .key = key,
						      .earliest = ROLLOVER_ALWAYS,
						      .equation = "",
						      .section = "" };
}

static int by_plan(const void *a, const void *b)
{
	const struct rollover_step *x = a, *y = b;

	if (x->planned != y->planned)
		return x->planned < y->planned ? -1 : 1;
	return x->kind != y->kind ? (int)x->kind - (int)y->kind : (int)x->key - (int)y->key;
}

int rollover_steps_make(const struct rollover *r, const struct rollover_analysis *a,
			struct rollover_steps *ret, struct err *e)
{
	struct rollover_steps s = { calloc(r->key_count * 6 + 1, sizeof(*s.list)), 0 };

	if (!s.list)
		return err_set(e, -ENOMEM, "no memory for the plan");
	for (unsigned i = 0; i < r->key_count; i++) {
		const struct rollover_key *k = &r->keys[i];

		add(r, &s, i, STEP_PUBLISH, k->published.from);
		add(r, &s, i, STEP_REMOVE, k->published.until);
		if (k->role == KEY_ZSK || k->signs.from != k->published.from)
			add(r, &s, i, STEP_SIGN, k->signs.from);
		if (k->role == KEY_ZSK || k->signs.until != k->published.until)
			add(r, &s, i, STEP_RETIRE, k->signs.until);
		add(r, &s, i, STEP_DS_IN, k->ds.from);
		add(r, &s, i, STEP_DS_OUT, k->ds.until);
	}
	qsort(s.list, s.count, sizeof(*s.list), by_plan);
	for (unsigned i = 0; i < s.count; i++) {
		find_earliest(&(struct stepping){ r, a, &s.list[i] });
		find_beside(&(struct stepping){ r, a, &s.list[i] });
	}
	*ret = s;
	return 0;
}

void rollover_steps_done(struct rollover_steps *s)
{
	free(s->list);
	*s = (struct rollover_steps){ 0 };
}

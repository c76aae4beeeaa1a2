/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/rollover/rollover_next.h"

#include <errno.h>

const char *const rollover_next_names[] = {
	[NEXT_DS_FIRST] = "DS in",
	[NEXT_DS_BESIDE] = "DS in beside",
	[NEXT_DS_INSTEAD] = "DS in instead",
	[NEXT_DS_OUT] = "DS out",
	[NEXT_SIGN_INSTEAD] = "sign instead",
	[NEXT_REMOVE] = "remove",
};

struct looking {
	const struct rollover *r;
	struct rollover_nexts *ret;
	simtime settled; /* long after everything that is known */
};

static uint64_t bit(unsigned i)
{
	return UINT64_C(1) << i;
}

/* ---- who has still something to do ---- */

static bool stays_published(const struct rollover_key *k)
{
	return k->published.from != SIMTIME_NEVER && k->published.until == SIMTIME_NEVER;
}

/* Its DS is there, and nobody has said when it goes. */
static bool keeps_ds(const struct rollover_key *k)
{
	return k->ds.from != SIMTIME_NEVER && k->ds.until == SIMTIME_NEVER;
}

static bool awaits_ds(const struct rollover_key *k)
{
	return k->role != KEY_ZSK && !k->leaves && stays_published(k) &&
	       k->ds.from == SIMTIME_NEVER;
}

static bool has_lost_ds(const struct rollover_key *k)
{
	return k->role != KEY_ZSK && stays_published(k) &&
	       (k->ds.from == SIMTIME_NEVER ? k->leaves : k->ds.until != SIMTIME_NEVER);
}

static bool awaits_signing(const struct rollover_key *k)
{
	return k->role == KEY_ZSK && !k->leaves && stays_published(k) &&
	       k->signs.from == SIMTIME_NEVER;
}

static bool keeps_signing(const struct rollover_key *k)
{
	return k->role == KEY_ZSK && k->signs.from != SIMTIME_NEVER &&
	       k->signs.until == SIMTIME_NEVER;
}

static bool has_stopped_signing(const struct rollover_key *k)
{
	return k->role == KEY_ZSK && stays_published(k) &&
	       (k->signs.from == SIMTIME_NEVER ? k->leaves : k->signs.until != SIMTIME_NEVER);
}

static uint64_t all_that(const struct rollover *r, bool (*which)(const struct rollover_key *k))
{
	uint64_t keys = 0;

	for (unsigned i = 0; i < r->key_count; i++)
		if (which(&r->keys[i]))
			keys |= bit(i);
	return keys;
}

static uint64_t leaving(const struct rollover *r, uint64_t keys)
{
	for (unsigned i = 0; i < r->key_count; i++)
		if (!r->keys[i].leaves)
			keys &= ~bit(i);
	return keys;
}

bool rollover_has_ds(const struct rollover *r)
{
	for (unsigned i = 0; i < r->key_count; i++)
		if (r->keys[i].ds.from != SIMTIME_NEVER && r->keys[i].ds.until > r->from)
			return true;
	return false;
}

/* ---- trying a step ---- */

static void make_step(struct rollover *r, const struct rollover_next *n, simtime at)
{
	for (unsigned i = 0; i < r->key_count; i++) {
		struct rollover_key *k = &r->keys[i];
		bool key = n->keys >> i & 1, other = n->others >> i & 1;

		switch (n->kind) {
		case NEXT_DS_FIRST:
		case NEXT_DS_BESIDE:
		case NEXT_DS_INSTEAD:
			if (key)
				k->ds = (struct rollover_span){ at, SIMTIME_NEVER };
			if (other && n->kind == NEXT_DS_INSTEAD)
				k->ds.until = at;
			break;
		case NEXT_DS_OUT:
			if (key)
				k->ds.until = at;
			break;
		case NEXT_SIGN_INSTEAD:
			if (key)
				k->signs = (struct rollover_span){ at, SIMTIME_NEVER };
			if (other)
				k->signs.until = at;
			break;
		case NEXT_REMOVE:
			if (!key)
				break;
			k->published.until = at;
			if (k->signs.until == SIMTIME_NEVER && k->signs.from != SIMTIME_NEVER)
				k->signs.until = at;
			break;
		}
	}
}

/* Signatures are judged as if the zone had a DS: it may get one before caches have lost them. */
static void give_ds(struct rollover *r)
{
	for (unsigned i = 0; i < r->key_count; i++)
		if (keeps_ds(&r->keys[i]))
			return;
	for (unsigned i = 0; i < r->key_count; i++)
		if (r->keys[i].role != KEY_ZSK && stays_published(&r->keys[i]))
			r->keys[i].ds = (struct rollover_span){ ROLLOVER_ALWAYS, SIMTIME_NEVER };
}

/* Where several ZSKs signed at one instant each RRset may have had the signature of only one: that
 * it is the one that is removed is the worst, so the others begin when it has stopped. */
static void leave_alone(struct rollover *r, unsigned key)
{
	simtime stopped = r->keys[key].signs.until;

	for (unsigned i = 0; i < r->key_count && stopped != SIMTIME_NEVER; i++) {
		struct rollover_span *s = &r->keys[i].signs;

		if (i == key || r->keys[i].role != KEY_ZSK || s->from >= stopped)
			continue;
		s->from = stopped;
		if (s->until <= stopped)
			*s = rollover_never();
	}
}

static void set_worst(struct rollover *r, const struct rollover_next *n)
{
	for (unsigned i = 0; i < r->key_count; i++) {
		if (!(n->keys >> i & 1) || r->keys[i].role != KEY_ZSK)
			continue;
		give_ds(r);
		if (n->kind == NEXT_REMOVE && !(n->keys & ~bit(i)))
			leave_alone(r, i);
	}
}

/* The strictest bound of all that is planned for this instant. */
static void take_bound(const struct rollover_steps *s, simtime at, struct rollover_next *n)
{
	for (unsigned i = 0; i < s->count; i++) {
		const struct rollover_step *step = &s->list[i];

		if (step->planned != at || step->earliest <= n->earliest)
			continue;
		n->earliest = step->earliest;
		n->strict = step->strict;
		n->equation = step->equation;
		n->section = step->section;
	}
}

/* Notes the step with its earliest instant. `before`: one that must be made first, or NULL. */
static int add(struct looking *w, struct rollover_next n, const struct rollover_next *before,
	       struct err *e)
{
	_cleanup_(rollover_freep) struct rollover *r = rollover_copy(w->r, 0);
	struct rollover_analysis a = { 0 };
	struct rollover_steps s = { 0 };
	int rc;

	n.earliest = n.after = ROLLOVER_ALWAYS;
	n.equation = n.section = "";
	if (!r)
		return err_set(e, -ENOMEM, "no memory for the plan");
	set_worst(r, &n);
	if (before) {
		n.after = before->earliest > w->r->from ? before->earliest : w->r->from;
		make_step(r, before, n.after);
	}
	if (n.after != SIMTIME_NEVER)
		make_step(r, &n, w->settled);
	rc = rollover_analyse(r, &a, e);
	if (rc == 0)
		rc = rollover_steps_make(r, &a, &s, e);
	if (rc == 0) {
		take_bound(&s, w->settled, &n);
		if (n.after == SIMTIME_NEVER)
			n.earliest = SIMTIME_NEVER;
		w->ret->list[w->ret->count++] = n;
	}
	rollover_steps_done(&s);
	rollover_analysis_done(&a);
	return rc;
}

static struct rollover_next step(enum rollover_next_kind kind, uint64_t keys, uint64_t others)
{
	return (struct rollover_next){ .kind = kind, .keys = keys, .others = others };
}

static const struct rollover_next *last(const struct looking *w)
{
	return &w->ret->list[w->ret->count - 1];
}

/* ---- which there are ---- */

/* The DS of the new keys in, that of the old ones out, the old ones gone. */
static int add_ds_steps(struct looking *w, struct err *e)
{
	uint64_t comes = all_that(w->r, awaits_ds), there = all_that(w->r, keeps_ds);
	uint64_t old = leaving(w->r, there) ? leaving(w->r, there) : there;
	int rc = 0;

	if (comes && !there)
		return add(w, step(NEXT_DS_FIRST, comes, 0), NULL, e);
	if (comes) {
		rc = add(w, step(NEXT_DS_BESIDE, comes, old), NULL, e);
		if (rc == 0)
			rc = add(w, step(NEXT_DS_INSTEAD, comes, old), NULL, e);
	} else if (leaving(w->r, there) && leaving(w->r, there) != there) {
		rc = add(w, step(NEXT_DS_OUT, old, 0), NULL, e);
	} else {
		return 0;
	}
	return rc ? rc : add(w, step(NEXT_REMOVE, old, 0), last(w), e);
}

static int add_sign_steps(struct looking *w, struct err *e)
{
	uint64_t comes = all_that(w->r, awaits_signing), old = all_that(w->r, keeps_signing);
	int rc;

	if (!comes || !old)
		return 0;
	rc = add(w, step(NEXT_SIGN_INSTEAD, comes, old), NULL, e);
	return rc ? rc : add(w, step(NEXT_REMOVE, old, 0), last(w), e);
}

/* Each by itself: they may have been relieved at different times. */
static int add_removals(struct looking *w, struct err *e)
{
	uint64_t keys = all_that(w->r, has_lost_ds) | all_that(w->r, has_stopped_signing);
	int rc = 0;

	for (unsigned i = 0; i < w->r->key_count && rc == 0; i++)
		if (keys >> i & 1 && w->ret->count < ARRAY_SIZE(w->ret->list))
			rc = add(w, step(NEXT_REMOVE, bit(i), 0), NULL, e);
	return rc;
}

static simtime latest(simtime a, simtime b)
{
	return b != SIMTIME_NEVER && b > a ? b : a;
}

/* A year after the last instant that is known, and after every cache has lost what it had then. */
static simtime settled(const struct rollover *r)
{
	simtime t = r->from;

	for (unsigned i = 0; i < r->key_count; i++) {
		const struct rollover_key *k = &r->keys[i];

		t = latest(latest(t, k->published.from), k->published.until);
		t = latest(latest(t, k->signs.from), k->signs.until);
		t = latest(latest(t, k->ds.from), k->ds.until);
	}
	t = rollover_after(t, 365 * DAY);
	t = rollover_after(t, r->ttl.ds + r->ttl.dnskey + r->ttl.zone + r->ttl.negative);
	return rollover_after(t, r->propagation.zone + r->propagation.parent + r->signing);
}

int rollover_next_make(const struct rollover *r, struct rollover_nexts *ret, struct err *e)
{
	struct looking w = { r, ret, settled(r) };
	int rc;

	ret->count = 0;
	if (!r->is_state || w.settled == SIMTIME_NEVER)
		return 0;
	rc = add_ds_steps(&w, e);
	if (rc == 0)
		rc = add_sign_steps(&w, e);
	return rc ? rc : add_removals(&w, e);
}

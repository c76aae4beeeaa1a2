/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/rollover/rollover_cache.h"

#include <errno.h>

/* Spans, apart from each other and in order once they are joined. */
struct spans {
	struct rollover_span *list;
	unsigned count;
};

struct reckoning {
	const struct rollover *r;
	struct rollover_analysis *a;
	struct spans secure; /* some cache has a DS then */
	bool failed; /* no memory */
};

static void add_span(struct reckoning *w, struct spans *s, simtime from, simtime until)
{
	struct rollover_span *grown;

	if (from >= until)
		return;
	grown = reallocarray(s->list, s->count + 1, sizeof(*grown));
	if (!grown) {
		w->failed = true;
		return;
	}
	s->list = grown;
	grown[s->count++] = (struct rollover_span){ from, until };
}

static int by_beginning(const void *a, const void *b)
{
	const struct rollover_span *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* Spans that touch become one. */
static void join(struct spans *s)
{
	unsigned n = 0;

	if (!s->count)
		return;
	qsort(s->list, s->count, sizeof(*s->list), by_beginning);
	for (unsigned i = 1; i < s->count; i++) {
		if (s->list[i].from <= s->list[n].until)
			s->list[n].until = later(s->list[n].until, s->list[i].until);
		else
			s->list[++n] = s->list[i];
	}
	s->count = n + 1;
}

/* When some server gives it out to a cache that keeps it, and when some cache may have it. */
static struct rollover_span given(const struct rollover *r, enum rollover_set set,
				  const struct rollover_version *v)
{
	struct rollover_span s = { v->life.from,
				   rollover_after(v->life.until, rollover_propagation(r, set)) };

	if (r->emptied)
		s.from = later(s.from, r->emptied);
	return s;
}

static struct rollover_span held(const struct rollover *r, enum rollover_set set,
				 const struct rollover_version *v)
{
	struct rollover_span s = given(r, set, v);

	if (s.from >= s.until)
		return s;
	s.until = earlier(rollover_after(s.until, rollover_ttl(r, set, v)), v->expires);
	return s;
}

static bool fits(const struct reckoning *w, enum rollover_set sa, const struct rollover_version *a,
		 enum rollover_set sb, const struct rollover_version *b)
{
	struct rollover_misfit lacks;

	return rollover_fits(w->r, sa, a, sb, b, false, &lacks);
}

/* ---- when a version could be fetched, and was valid ---- */

/* A DNSKEY RRset: under a DS RRset that a cache may have had then. */
static void valid_dnskey(struct reckoning *w, const struct rollover_version *key, struct spans *ret)
{
	const struct rollover_versions *all = &w->a->versions[ROLLOVER_DS];
	struct rollover_span k = given(w->r, ROLLOVER_DNSKEY, key);

	for (unsigned i = 0; i < all->count; i++) {
		struct rollover_span d = held(w->r, ROLLOVER_DS, &all->list[i]);

		if (fits(w, ROLLOVER_DS, &all->list[i], ROLLOVER_DNSKEY, key))
			add_span(w, ret, later(k.from, d.from), earlier(k.until, d.until));
	}
}

/* Any other RRset: under a DS RRset and a DNSKEY RRset, or under the proof that there is no DS. */
static void valid_rrset(struct reckoning *w, const struct rollover_version *sig, struct spans *ret)
{
	const struct rollover_versions *all = &w->a->versions[ROLLOVER_DS];
	const struct rollover_versions *keys = &w->a->versions[ROLLOVER_DNSKEY];
	struct rollover_span s = given(w->r, ROLLOVER_RRSIG, sig);

	for (unsigned i = 0; i < all->count; i++) {
		const struct rollover_version *ds = &all->list[i];
		struct rollover_span d = held(w->r, ROLLOVER_DS, ds);
		simtime from = later(s.from, d.from), until = earlier(s.until, d.until);

		if (!ds->keys)
			add_span(w, ret, from, until);
		for (unsigned j = 0; ds->keys && j < keys->count; j++) {
			const struct rollover_version *key = &keys->list[j];
			struct rollover_span k = held(w->r, ROLLOVER_DNSKEY, key);

			if (fits(w, ROLLOVER_DS, ds, ROLLOVER_DNSKEY, key) &&
			    fits(w, ROLLOVER_DNSKEY, key, ROLLOVER_RRSIG, sig))
				add_span(w, ret, later(from, k.from), earlier(until, k.until));
		}
	}
}

static struct spans valid(struct reckoning *w, enum rollover_set set,
			  const struct rollover_version *v)
{
	struct rollover_span s = given(w->r, set, v);
	struct spans ret = { 0 };

	switch (set) {
	case ROLLOVER_DS:
		add_span(w, &ret, s.from, s.until);
		break;
	case ROLLOVER_DNSKEY:
		valid_dnskey(w, v, &ret);
		break;
	case ROLLOVER_RRSIG:
		valid_rrset(w, v, &ret);
		break;
	}
	join(&ret);
	return ret;
}

/* ---- findings ---- */

static void add_finding(struct reckoning *w, const struct rollover_finding *f)
{
	struct rollover_analysis *a = w->a;
	struct rollover_finding *grown;

	if (f->bogus.from >= f->bogus.until || f->bogus.until <= w->r->from)
		return;
	grown = reallocarray(a->findings, a->finding_count + 1, sizeof(*grown));
	if (!grown) {
		w->failed = true;
		return;
	}
	a->findings = grown;
	grown[a->finding_count++] = *f;
}

/* Signatures that no published key explains are bogus only to who has a DS. */
static void add_while_secure(struct reckoning *w, const struct rollover_finding *f)
{
	bool any = f->kept_set == ROLLOVER_DS || f->met_set == ROLLOVER_DS;

	if (any)
		add_finding(w, f);
	for (unsigned i = 0; !any && i < w->secure.count; i++) {
		struct rollover_finding part = *f;

		part.bogus.from = later(f->bogus.from, w->secure.list[i].from);
		part.bogus.until = earlier(f->bogus.until, w->secure.list[i].until);
		add_finding(w, &part);
	}
}

/* What is kept since one of `at` meets what is fetched this very moment: it need not have been
 * valid ever. */
static void meet_fetched(struct reckoning *w, struct rollover_finding f, const struct spans *at)
{
	struct rollover_span y = given(w->r, f.met_set, &f.met);
	simtime ttl = rollover_ttl(w->r, f.kept_set, &f.kept);

	for (unsigned i = 0; i < at->count; i++) {
		simtime end = earlier(rollover_after(at->list[i].until, ttl), f.kept.expires);

		f.fetched = at->list[i];
		f.bogus.from = later(at->list[i].from, y.from);
		f.bogus.until = earlier(end, y.until);
		add_while_secure(w, &f);
	}
}

/* It meets what was fetched, and valid by itself, later than it but before now. */
static void meet_kept(struct reckoning *w, struct rollover_finding f, const struct spans *at,
		      const struct spans *then)
{
	simtime x = rollover_ttl(w->r, f.kept_set, &f.kept);
	simtime y = rollover_ttl(w->r, f.met_set, &f.met);

	for (unsigned i = 0; i < at->count; i++) {
		for (unsigned j = 0; j < then->count; j++) {
			struct rollover_span p = at->list[i], q = then->list[j];
			simtime end = earlier(rollover_after(p.until, x),
					      rollover_after(q.until, earlier(x, y)));

			if (p.from >= q.until)
				continue;
			f.fetched = p;
			f.bogus.from = later(p.from, q.from);
			f.bogus.until = earlier(end, earlier(f.kept.expires, f.met.expires));
			add_while_secure(w, &f);
		}
	}
}

/* Which meetings there are: a set that is kept, one that is met, and whether the latter is ever
 * kept, too. What breaks the chain as it is fetched is not kept. */
static const struct meeting {
	enum rollover_set kept, met;
	bool met_is_kept;
	bool strict;
} meetings[] = {
	{ ROLLOVER_DS, ROLLOVER_DNSKEY, false, false },
	{ ROLLOVER_DNSKEY, ROLLOVER_DS, true, false },
	{ ROLLOVER_DNSKEY, ROLLOVER_RRSIG, false, false },
	{ ROLLOVER_RRSIG, ROLLOVER_DNSKEY, true, false },
	{ ROLLOVER_DS, ROLLOVER_DNSKEY, false, true },
	{ ROLLOVER_DNSKEY, ROLLOVER_DS, true, true },
	{ ROLLOVER_DS, ROLLOVER_RRSIG, false, true },
	{ ROLLOVER_RRSIG, ROLLOVER_DS, true, true },
};

static void meet(struct reckoning *w, const struct meeting *m, const struct rollover_version *kept,
		 const struct rollover_version *met)
{
	bool forward = m->kept < m->met;
	struct rollover_finding f = { .kept_set = m->kept,
				      .met_set = m->met,
				      .kept = *kept,
				      .met = *met,
				      .strict = m->strict };
	struct spans at, then;

	if (rollover_fits(w->r, forward ? m->kept : m->met, forward ? kept : met,
			  forward ? m->met : m->kept, forward ? met : kept, m->strict, &f.lacks))
		return;
	at = valid(w, m->kept, kept);
	if (m->met_is_kept) {
		then = valid(w, m->met, met);
		meet_kept(w, f, &at, &then);
		free(then.list);
	} else {
		meet_fetched(w, f, &at);
	}
	free(at.list);
}

static void meet_all(struct reckoning *w, const struct meeting *m)
{
	const struct rollover_versions *kept = &w->a->versions[m->kept];
	const struct rollover_versions *met = &w->a->versions[m->met];

	for (unsigned i = 0; i < kept->count; i++)
		for (unsigned j = 0; j < met->count; j++)
			meet(w, m, &kept->list[i], &met->list[j]);
}

static int by_instant(const void *a, const void *b)
{
	const struct rollover_finding *x = a, *y = b;

	if (x->strict != y->strict)
		return x->strict - y->strict;
	if (x->bogus.from != y->bogus.from)
		return x->bogus.from < y->bogus.from ? -1 : 1;
	return (int)x->kept_set * ROLLOVER_SETS + (int)x->met_set -
	       ((int)y->kept_set * ROLLOVER_SETS + (int)y->met_set);
}

static bool same_version(const struct rollover_version *a, const struct rollover_version *b)
{
	return a->keys == b->keys && a->signers == b->signers;
}

static bool goes_on(const struct rollover_finding *a, const struct rollover_finding *b)
{
	return a->strict == b->strict && a->kept_set == b->kept_set && a->met_set == b->met_set &&
	       same_version(&a->kept, &b->kept) && a->lacks.keys == b->lacks.keys &&
	       a->lacks.algorithm == b->lacks.algorithm && b->bogus.from <= a->bogus.until;
}

/* The same two in the other order, at no other time. */
static bool mirrors(const struct rollover_finding *a, const struct rollover_finding *b)
{
	return a->strict == b->strict && a->kept_set == b->met_set && a->met_set == b->kept_set &&
	       same_version(&a->kept, &b->met) && same_version(&a->met, &b->kept) &&
	       a->bogus.from <= b->bogus.from && b->bogus.until <= a->bogus.until;
}

/* One that goes on where another ends, for the same lack, is one with it; the first stands for
 * both. So it does for mirrors. */
static void merge(struct rollover_analysis *a)
{
	unsigned n = 0;

	for (unsigned i = 0; i < a->finding_count; i++) {
		bool merged = false;

		for (unsigned j = 0; j < n && !merged; j++) {
			merged = mirrors(&a->findings[j], &a->findings[i]);
			if (!goes_on(&a->findings[j], &a->findings[i]))
				continue;
			a->findings[j].bogus.until =
				later(a->findings[j].bogus.until, a->findings[i].bogus.until);
			merged = true;
		}
		if (!merged)
			a->findings[n++] = a->findings[i];
	}
	a->finding_count = n;
}

static void find_secure(struct reckoning *w)
{
	const struct rollover_versions *ds = &w->a->versions[ROLLOVER_DS];

	for (unsigned i = 0; i < ds->count; i++) {
		struct rollover_span s = held(w->r, ROLLOVER_DS, &ds->list[i]);

		if (ds->list[i].keys)
			add_span(w, &w->secure, s.from, s.until);
	}
	join(&w->secure);
}

int rollover_analyse(const struct rollover *r, struct rollover_analysis *ret, struct err *e)
{
	struct reckoning w = { .r = r, .a = ret };
	int rc = 0;

	*ret = (struct rollover_analysis){ 0 };
	for (unsigned set = 0; !rc && set < ROLLOVER_SETS; set++)
		rc = rollover_versions_make(r, set, &ret->versions[set], e);
	if (!rc) {
		find_secure(&w);
		for (size_t i = 0; i < ARRAY_SIZE(meetings); i++)
			meet_all(&w, &meetings[i]);
		if (ret->finding_count)
			qsort(ret->findings, ret->finding_count, sizeof(*ret->findings),
			      by_instant);
		merge(ret);
		rc = w.failed ? err_set(e, -ENOMEM, "no memory for the plan") : 0;
	}
	free(w.secure.list);
	if (rc)
		rollover_analysis_done(ret);
	return rc;
}

void rollover_leave_out_strict(struct rollover_analysis *a)
{
	while (a->finding_count && a->findings[a->finding_count - 1].strict)
		a->finding_count--;
}

void rollover_analysis_done(struct rollover_analysis *a)
{
	for (unsigned set = 0; set < ROLLOVER_SETS; set++)
		rollover_versions_done(&a->versions[set]);
	free(a->findings);
	*a = (struct rollover_analysis){ 0 };
}

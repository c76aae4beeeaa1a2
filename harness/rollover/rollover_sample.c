/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_sample.h"

#define ROOM (2 * SECOND) /* for what a resolver asks before it has the RRset */

struct sampling {
	const struct rollover *r;
	const struct rollover_analysis *a;
	unsigned plan;
};

simtime rollover_sample_sees(const struct rollover_sample *s, enum rollover_set set,
			     simtime planned)
{
	bool late = set == s->kept_set && planned > s->kept.life.from && planned < s->seen_until;

	return late ? s->seen_until : planned;
}

static const struct rollover_version *published(const struct sampling *w, enum rollover_set set,
						simtime t)
{
	return rollover_version_at(&w->a->versions[set], t);
}

/* What the resolver has of a set at `asked`: what came at `fetched` stays for its TTL. It is asked
 * for an RRset that it has only where that is the one that is kept. `cached`: by itself, so that it
 * does not check it again. */
static const struct rollover_version *has(const struct sampling *w, const struct rollover_sample *s,
					  enum rollover_set set, bool *cached)
{
	const struct rollover_version *v =
		set == s->kept_set ? &s->kept : published(w, set, s->fetched);

	bool came = set == ROLLOVER_RRSIG ? s->kept_set == set : set == ROLLOVER_DS || !s->only_ds;
	bool is_kept;

	if (s->behind)
		came = set == s->kept_set;
	is_kept = came && s->asked < s->fetched + rollover_ttl(w->r, set, v) &&
		  (!s->emptied || s->asked < s->emptied);
	*cached = is_kept && !s->behind;
	return is_kept ? v : published(w, set, s->asked);
}

static enum rollover_outcome judge(const struct sampling *w, const struct rollover_sample *s,
				   bool strict)
{
	bool ds_cached, keys_cached, cached;
	const struct rollover_version *ds = has(w, s, ROLLOVER_DS, &ds_cached);
	const struct rollover_version *keys = has(w, s, ROLLOVER_DNSKEY, &keys_cached);
	const struct rollover_version *sig = has(w, s, ROLLOVER_RRSIG, &cached);
	struct rollover_misfit lacks;

	if (!ds->keys)
		return SAMPLE_INSECURE;
	if (!keys_cached &&
	    !rollover_fits(w->r, ROLLOVER_DS, ds, ROLLOVER_DNSKEY, keys, false, &lacks))
		return SAMPLE_BOGUS;
	if (!cached &&
	    !rollover_fits(w->r, ROLLOVER_DNSKEY, keys, ROLLOVER_RRSIG, sig, false, &lacks))
		return SAMPLE_BOGUS;
	if (strict && (!rollover_fits(w->r, ROLLOVER_DS, ds, ROLLOVER_DNSKEY, keys, true, &lacks) ||
		       !rollover_fits(w->r, ROLLOVER_DS, ds, ROLLOVER_RRSIG, sig, true, &lacks)))
		return SAMPLE_BOGUS;
	return SAMPLE_SECURE;
}

/* Notes the sample once more for another instant. */
static struct rollover_sample *add(const struct sampling *w, struct rollover_samples *to,
				   struct rollover_sample s, simtime asked)
{
	s.plan = w->plan;
	s.asked = asked;
	s.expected = judge(w, &s, false);
	s.strictly = judge(w, &s, true);
	for (unsigned i = 0; i < to->count; i++) {
		const struct rollover_sample *p = &to->list[i];

		if (p->plan == s.plan && p->kept_set == s.kept_set && p->fetched == s.fetched &&
		    p->asked == asked && p->behind == s.behind && p->finding == s.finding &&
		    (p->step < 0) == (s.step < 0))
			return NULL;
	}
	if (to->count == SAMPLES_MAX)
		return NULL;
	to->list[to->count] = s;
	return &to->list[to->count++];
}

static simtime runs_out(const struct sampling *w, const struct rollover_sample *s)
{
	return s->fetched + rollover_ttl(w->r, s->kept_set, &s->kept);
}

static bool is_bogus(const struct rollover_sample *s, bool strict)
{
	return (strict ? s->strictly : s->expected) == SAMPLE_BOGUS;
}

/* When it was fetched: as late as can be; a DS RRset before the DNSKEY RRset that came with it has
 * run out, if it is kept so long. */
static void choose_fetched(const struct sampling *w, const struct rollover_span *window, simtime at,
			   struct rollover_sample *s)
{
	simtime last = earlier(at, window->until) - ROOM;
	simtime before = earlier(last, at - ROOM - w->r->ttl.dnskey);

	s->fetched = last;
	if (s->kept_set != ROLLOVER_DS || s->behind)
		return;
	s->only_ds = before < window->from || before + w->r->ttl.ds <= at;
	if (!s->only_ds)
		s->fetched = before;
}

/* Whether its answer is bogus, for the finding's reason or another. */
static bool shows(const struct sampling *w, const struct rollover_finding *f,
		  struct rollover_sample *s)
{
	s->seen_until = s->behind ? runs_out(w, s) : s->fetched + SECOND;
	s->expected = judge(w, s, false);
	s->strictly = judge(w, s, true);
	return is_bogus(s, f->strict) && s->asked < runs_out(w, s);
}

/* The sample as it stands at the finding's first instant. */
static bool place(const struct sampling *w, const struct rollover_finding *f, bool behind,
		  struct rollover_sample *s)
{
	s->asked = f->bogus.from > w->r->from ? f->bogus.from : w->r->from;
	s->behind = behind;
	s->only_ds = false;
	choose_fetched(w, &f->fetched, s->asked, s);
	if (s->fetched < f->fetched.from) { /* it comes at the very instant */
		s->fetched = f->fetched.from;
		s->asked = s->fetched + ROOM;
	}
	return shows(w, f, s);
}

/* The same, fetched when the parent had another DS RRset, which the resolver still has. */
static bool place_earlier(const struct sampling *w, const struct rollover_finding *f,
			  struct rollover_sample *s)
{
	const struct rollover_versions *ds = &w->a->versions[ROLLOVER_DS];

	s->asked = f->bogus.from;
	s->behind = s->only_ds = false;
	for (unsigned i = ds->count; i-- > 0;) {
		s->fetched = ds->list[i].life.until - ROOM;
		if (s->fetched >= f->fetched.from && s->fetched < s->asked && shows(w, f, s))
			return true;
	}
	return false;
}

/* A sample that shows the finding at its first instant. */
static bool find_place(const struct sampling *w, const struct rollover_finding *f, int number,
		       struct rollover_sample *s)
{
	*s = (struct rollover_sample){
		.kept_set = f->kept_set, .kept = f->kept, .finding = number, .step = -1
	};
	return place(w, f, false, s) || place_earlier(w, f, s) || place(w, f, true, s);
}

static void sample_finding(const struct sampling *w, const struct rollover_finding *f, int number,
			   struct rollover_samples *to)
{
	struct rollover_sample s;
	simtime at;

	if (!find_place(w, f, number, &s)) {
		to->left_out++;
		return;
	}
	at = s.asked;
	if (s.fetched < at - SECOND && !add(w, to, s, at - SECOND))
		return;
	if (to->count && to->list[to->count - 1].finding == number &&
	    to->list[to->count - 1].plan == w->plan &&
	    is_bogus(&to->list[to->count - 1], f->strict))
		to->count--; /* it was bogus before, for another reason */
	add(w, to, s, at);
	add(w, to, s, runs_out(w, &s) + SECOND);
}

/* The last moment at which the RRset that the step waits for can be fetched. */
static void sample_step(const struct sampling *w, const struct rollover_steps *steps, unsigned i,
			struct rollover_samples *to)
{
	const struct rollover_step *step = &steps->list[i];
	struct rollover_sample s = {
		.kept_set = step->waits_for, .kept = step->old, .finding = -1, .step = (int)i
	};
	simtime given =
		rollover_after(step->old.life.until, rollover_propagation(w->r, step->waits_for));

	if (step->earliest == ROLLOVER_ALWAYS || step->earliest == SIMTIME_NEVER)
		return;
	s.fetched = given - ROOM;
	s.seen_until = s.fetched + SECOND;
	s.only_ds = step->waits_for == ROLLOVER_DS && w->r->ttl.dnskey >= w->r->ttl.ds;
	add(w, to, s, runs_out(w, &s) - SECOND);
	add(w, to, s, step->planned);
}

void rollover_samples_make(const struct rollover_judged *plan, struct rollover_samples *ret)
{
	struct sampling w = { plan->r, plan->a, 0 };

	ret->count = ret->left_out = 0;
	for (unsigned i = 0; i < plan->a->finding_count; i++)
		sample_finding(&w, &plan->a->findings[i], (int)i, ret);
	for (unsigned i = 0; i < plan->s->count && !plan->a->finding_count; i++)
		sample_step(&w, plan->s, i, ret);
}

/* ---- of ways ---- */

/* What is bogus if nothing is done, before the way and after it. Another one's cache cannot be
 * emptied here. */
static void sample_broken(const struct sampling *w, const struct rollover_finding *f, int number,
			  const struct sampling *nothing, simtime at, struct rollover_samples *to)
{
	simtime begun = later(at, w->r->emptied);
	struct rollover_sample s;

	if (!find_place(nothing, f, number, &s) || (s.behind && w->r->emptied)) {
		to->left_out++;
		return;
	}
	s.emptied = w->r->emptied;
	begun = later(begun, s.asked);
	if (s.fetched < begun - SECOND)
		add(w, to, s, begun - SECOND);
	add(w, to, s, begun + SECOND);
	add(w, to, s, later(runs_out(w, &s), begun + SECOND) + SECOND);
}

/* The last steps of a way that waits. */
static void sample_removal(const struct sampling *w, const struct rollover_way *way,
			   struct rollover_samples *to)
{
	for (unsigned i = 0; i < way->steps.count; i++)
		if (way->steps.list[i].planned == way->removal)
			sample_step(w, &way->steps, i, to);
}

static void sample_way(const struct rollover_ways *all, const struct rollover_way *way,
		       struct rollover_samples *to)
{
	const struct rollover_way *none = &all->list[WAY_NOTHING];
	const struct sampling w = { way->plan, &way->analysis, way->kind };
	const struct sampling nothing = { none->plan, &none->analysis, WAY_NOTHING };
	unsigned known = none->analysis.finding_count;

	for (unsigned i = 0; i < known; i++)
		sample_broken(&w, &none->analysis.findings[i], (int)i, &nothing, all->at, to);
	for (unsigned i = 0; i < way->analysis.finding_count; i++)
		if (rollover_way_breaks(all, &way->analysis.findings[i]))
			sample_finding(&w, &way->analysis.findings[i], (int)(known + i), to);
	if (way->kind == WAY_UNSIGNED && way->removal > all->at)
		sample_removal(&w, way, to);
}

void rollover_samples_ways(const struct rollover_ways *w, struct rollover_samples *ret)
{
	ret->count = ret->left_out = 0;
	for (unsigned i = 0; i < ROLLOVER_WAYS; i++)
		if (!w->list[i].why_not)
			sample_way(w, &w->list[i], ret);
}

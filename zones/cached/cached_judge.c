/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/cached/cached_judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "zones/cached/cached_spans.h"

const char *const cached_step_names[] = {
	[CACHED_SIGN] = "sign",	      [CACHED_KEY_OUT] = "key out", [CACHED_DS_IN] = "DS in",
	[CACHED_KSK_OUT] = "KSK out", [CACHED_RENEW] = "renew",
};

const simtime cached_ages[CACHED_AGES] = { 0, 5 * MINUTE, HOUR, 6 * HOUR, DAY };

struct judging {
	const struct cached *c;
	struct cached_verdict *v;
	simtime since, now;
	struct cached_spans secure; /* some cache has a DS */
	struct cached_spans by_age[CACHED_AGES], any;
	bool *valid; /* by entry: a cache that fetched it kept it */
	bool failed;
};

/* ---- what goes with what ---- */

static bool leads_to(const struct judging *j, const struct cached_entry *ds,
		     const struct cached_entry *keys)
{
	for (unsigned i = 0; i < ds->keys.count; i++) {
		int key = j->c->ring.ds[ds->keys.list[i]].key;

		if (key >= 0 && cached_some_has(&keys->keys, (unsigned)key) &&
		    cached_some_has(&keys->signers, (unsigned)key))
			return true;
	}
	return !ds->keys.count;
}

/* `above` is the DS RRset of a DNSKEY RRset, or that of an RRset. Without keys the DS RRset is judged. */
static bool fits(const struct judging *j, const struct cached_entry *above,
		 const struct cached_entry *below)
{
	if (above->set == CACHED_DS)
		return leads_to(j, above, below);
	return !above->keys.count || cached_some_meet(&above->keys, &below->signers);
}

static bool overlap(const struct cached_entry *above, const struct cached_entry *below)
{
	return below->from < cached_held(above) && above->from < below->until;
}

/* Whether a cache could have fetched it and found it valid: under what it rightly had, or while it knew of no DS. */
static bool was_valid(const struct judging *j, unsigned number)
{
	const struct cached_entry *one = &j->c->entries[number];

	for (unsigned i = 0; i < j->c->count; i++) {
		const struct cached_entry *above = &j->c->entries[i];
		bool is_none = above->set == CACHED_DS && !above->keys.count;

		if (!overlap(above, one))
			continue;
		if (is_none || (above->set + 1 == one->set && j->valid[i] && fits(j, above, one)))
			return true;
	}
	return one->set == CACHED_DS;
}

static void find_valid(struct judging *j)
{
	for (enum cached_set set = CACHED_DS; set <= CACHED_RRSETS; set++)
		for (unsigned i = 0; i < j->c->count; i++)
			if (j->c->entries[i].set == set)
				j->valid[i] = was_valid(j, i);
}

static void find_secure(struct judging *j)
{
	for (unsigned i = 0; i < j->c->count; i++) {
		const struct cached_entry *one = &j->c->entries[i];

		if (one->set == CACHED_DS && one->keys.count)
			j->failed |= !cached_spans_add(&j->secure, one->from, cached_held(one));
	}
	cached_spans_join(&j->secure);
}

/* ---- findings ---- */

static enum cached_step step_of(const struct cached_entry *kept, const struct cached_entry *met)
{
	if (met->set == CACHED_RRSETS)
		return CACHED_SIGN;
	if (kept->set == CACHED_RRSETS)
		return kept->tag < 0 ? CACHED_DS_IN : CACHED_KEY_OUT;
	return met->set == CACHED_DS ? CACHED_DS_IN : CACHED_KSK_OUT;
}

/* Until now, where it is still so. */
static simtime known(const struct judging *j, simtime t)
{
	return earlier(t, j->now);
}

/* How long a cache is bogus whose `kept` has that age when it meets the other. */
static void note_ages(struct judging *j, const struct cached_finding *f)
{
	const struct cached_entry *kept = &j->c->entries[f->kept];

	for (unsigned i = 0; i < CACHED_AGES; i++) {
		simtime age = cached_ages[i];
		simtime from = later(f->from, kept->from + age);
		simtime until = kept->until == SIMTIME_NEVER ? f->until
							     : earlier(f->until, kept->until + age);

		if (age < kept->ttl * SECOND || age == 0)
			j->failed |= !cached_spans_add(&j->by_age[i], from, known(j, until));
	}
	j->failed |= !cached_spans_add(&j->any, f->from, known(j, f->until));
}

static void add_finding(struct judging *j, const struct cached_finding *f)
{
	struct cached_finding *grown;

	if (f->from >= f->until || f->from < j->since)
		return;
	grown = reallocarray(j->v->findings, j->v->count + 1, sizeof(*grown));
	if (!grown) {
		j->failed = true;
		return;
	}
	j->v->findings = grown;
	grown[j->v->count++] = *f;
	note_ages(j, f);
}

static void note_margin(struct judging *j, enum cached_step step, simtime margin, simtime at,
			const struct cached_entry *named)
{
	struct cached_margin *w = &j->v->worst[step];

	if (at < j->since || (w->any && w->margin <= margin))
		return;
	*w = (struct cached_margin){
		.any = true, .margin = margin, .at = at, .tag = named->tag, .type = named->type
	};
	snprintf(w->owner, sizeof(w->owner), "%s", named->owner);
}

const struct cached_entry *cached_named(const struct cached *c, const struct cached_finding *f)
{
	bool is_kept = f->step == CACHED_KEY_OUT || f->step == CACHED_KSK_OUT ||
		       c->entries[f->kept].set == CACHED_RRSETS;

	return &c->entries[is_kept ? f->kept : f->met];
}

/* Of a finding those parts in which somebody has a DS: how long they are together. */
static simtime add_secure(struct judging *j, const struct cached_finding *f)
{
	simtime all = 0;

	for (unsigned i = 0; i < j->secure.count; i++) {
		struct cached_finding part = *f;

		part.from = later(f->from, j->secure.list[i].from);
		part.until = earlier(f->until, j->secure.list[i].until);
		if (part.from < part.until && part.from < j->now)
			all += known(j, part.until) - part.from;
		add_finding(j, &part);
	}
	return all;
}

/* Two that do not go together. Each that was valid may be kept while the other is given out. */
static void meet(struct judging *j, unsigned above, unsigned below)
{
	const struct cached_entry *a = &j->c->entries[above], *b = &j->c->entries[below];
	bool above_first = a->from <= b->from;
	struct cached_finding f = { .kept = above_first ? above : below,
				    .met = above_first ? below : above,
				    .from = later(a->from, b->from),
				    .until = 0 };
	const struct cached_entry *kept = &j->c->entries[f.kept], *met = &j->c->entries[f.met];
	simtime bogus;

	if (fits(j, a, b) || (!j->valid[above] && !j->valid[below]))
		return;
	f.step = step_of(kept, met);
	if (j->valid[above])
		f.until = earlier(cached_held(a), b->until);
	if (j->valid[below])
		f.until = later(f.until, earlier(cached_held(b), a->until));
	bogus = add_secure(j, &f);
	if (bogus > 0)
		note_margin(j, f.step, -bogus, met->from, cached_named(j->c, &f));
	else if (j->valid[f.kept] && cached_held(kept) <= met->from &&
		 cached_spans_has(&j->secure, met->from))
		note_margin(j, f.step, met->from - cached_held(kept), met->from,
			    cached_named(j->c, &f));
}

static void meet_all(struct judging *j)
{
	for (unsigned i = 0; i < j->c->count; i++)
		for (unsigned k = 0; k < j->c->count; k++)
			if (j->c->entries[i].set + 1 == j->c->entries[k].set)
				meet(j, i, k);
}

static bool is_secure(const struct judging *j, const struct cached_lapse *l)
{
	for (unsigned i = 0; i < j->secure.count; i++)
		if (l->from < j->secure.list[i].until && j->secure.list[i].from < l->until)
			return true;
	return false;
}

static void take_lapses(struct judging *j)
{
	const struct cached_renewal *w = &j->c->renewal;

	for (unsigned i = 0; i < j->c->lapse_count; i++) {
		const struct cached_lapse *l = &j->c->lapses[i];

		if (l->until <= j->since || !is_secure(j, l))
			continue;
		if (j->v->lapse < 0 || l->from < j->c->lapses[j->v->lapse].from)
			j->v->lapse = (int)i;
		for (unsigned k = 0; k < CACHED_AGES; k++)
			j->failed |= !cached_spans_add(&j->by_age[k], l->from, known(j, l->until));
		j->failed |= !cached_spans_add(&j->any, l->from, known(j, l->until));
	}
	if (!w->any)
		return;
	j->v->worst[CACHED_RENEW] = (struct cached_margin){
		.any = true, .margin = w->margin, .at = w->at, .tag = -1, .type = w->type
	};
	snprintf(j->v->worst[CACHED_RENEW].owner, CACHED_NAME, "%s", w->owner);
}

static int by_beginning(const void *a, const void *b)
{
	const struct cached_finding *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (int)x->step - (int)y->step;
}

static void finish(struct judging *j)
{
	if (j->v->count)
		qsort(j->v->findings, j->v->count, sizeof(*j->v->findings), by_beginning);
	for (unsigned i = 0; i < CACHED_AGES; i++) {
		j->v->bogus[i] = cached_spans_length(&j->by_age[i]);
		cached_spans_done(&j->by_age[i]);
	}
	j->v->bogus_any = cached_spans_length(&j->any);
	cached_spans_done(&j->any);
	cached_spans_done(&j->secure);
	free(j->valid);
}

int cached_judge(const struct cached *c, simtime since, simtime now, struct cached_verdict *ret,
		 struct err *e)
{
	struct judging j = { .c = c, .v = ret, .since = since, .now = now };

	*ret = (struct cached_verdict){ .lapse = -1 };
	j.valid = calloc(c->count + 1, sizeof(*j.valid));
	j.failed = !j.valid;
	if (!j.failed) {
		find_valid(&j);
		find_secure(&j);
		meet_all(&j);
		take_lapses(&j);
	}
	finish(&j);
	if (!j.failed)
		return 0;
	cached_verdict_done(ret);
	return err_set(e, -ENOMEM, "no memory for what caches may hold");
}

void cached_verdict_done(struct cached_verdict *v)
{
	free(v->findings);
	*v = (struct cached_verdict){ 0 };
}

bool cached_first(const struct cached *c, const struct cached_verdict *v, struct cached_first *ret)
{
	*ret = (struct cached_first){ .from = SIMTIME_NEVER };
	if (v->count) {
		const struct cached_entry *named = cached_named(c, &v->findings[0]);

		*ret = (struct cached_first){ .from = v->findings[0].from,
					      .until = v->findings[0].until,
					      .owner = named->owner,
					      .type = named->type,
					      .tag = named->tag,
					      .finding = &v->findings[0] };
	}
	if (v->lapse >= 0 && c->lapses[v->lapse].from < ret->from) {
		const struct cached_lapse *l = &c->lapses[v->lapse];

		*ret = (struct cached_first){ .from = l->from,
					      .until = l->until,
					      .owner = l->owner,
					      .type = l->type,
					      .tag = l->tag };
	}
	return ret->from != SIMTIME_NEVER;
}

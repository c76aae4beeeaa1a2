/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record_leak.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/rng.h"
#include "sim/language/timeline.h"
#include "sim/record/record_curve.h"

static void add_nta(struct record_leak *l, const uint8_t *apex, const struct record_event *ev)
{
	struct record_nta *grown = reallocarray(l->ntas, l->nta_count + 1, sizeof(*grown));

	if (!grown) {
		l->failed = true;
		return;
	}
	l->ntas = grown;
	grown[l->nta_count] = (struct record_nta){ .from = ev->at,
						   .until = SIMTIME_NEVER,
						   .role = ev->role_number };
	name_copy(grown[l->nta_count++].apex, apex);
}

static struct record_nta *standing(const struct record_leak *l, const uint8_t *apex, unsigned role)
{
	for (unsigned i = 0; i < l->nta_count; i++)
		if (l->ntas[i].until == SIMTIME_NEVER && l->ntas[i].role == role &&
		    name_equal(l->ntas[i].apex, apex))
			return &l->ntas[i];
	return NULL;
}

void record_leak_event(struct record_leak *l, const struct record_event *ev)
{
	enum operation op = ev->operation ? operation_by_name(ev->operation) : OPERATION_NONE;
	uint8_t apex[NAME_MAX_LEN];
	struct record_nta *nta;
	struct err e;

	if ((op != OPERATION_NTA && op != OPERATION_NTA_REMOVE) ||
	    strcmp(ev->kind, event_kind_name(EVENT_OPERATOR)) != 0 || !ev->zone ||
	    name_parse(ev->zone, apex, &e) < 0)
		return;
	nta = standing(l, apex, ev->role_number);
	if (op == OPERATION_NTA && !nta)
		add_nta(l, apex, ev);
	if (op == OPERATION_NTA_REMOVE && nta)
		nta->until = ev->at;
}

/* Whether it is one of those that a query asked, or that stand behind them. */
static bool is_meant(const struct record_leak *l, const struct record_nta *n,
		     const struct record_query *q)
{
	return !n->role || n->role == q->role + 1 || !(l->asked >> (n->role - 1) & 1);
}

static bool is_covered(const struct record_leak *l, const struct record_query *q)
{
	for (unsigned i = 0; i < l->nta_count; i++) {
		const struct record_nta *n = &l->ntas[i];

		if (q->sent >= n->from && q->answered < n->until && is_meant(l, n, q) &&
		    name_under(q->qname, n->apex))
			return true;
	}
	return false;
}

/* What was given at one second for one name and type. */
static uint64_t key_of(const struct record_query *q)
{
	return rng_of(rng_of(q->name_key, q->qtype), (uint64_t)q->given);
}

static bool was_validated(const struct record_leak *l, const struct record_query *q)
{
	return record_set_has(&l->validated, key_of(q));
}

static bool says(const struct record_query *q, unsigned code)
{
	return q->edes >> code & 1;
}

void record_leak_query(struct record_leak *l, const struct record_query *q,
		       struct record_leaks *ret)
{
	bool is_good = q->outcome == OUTCOME_NOERROR || q->outcome == OUTCOME_NXDOMAIN;
	bool is_stale = is_good && q->age == AGE_STALE, covered;
	bool unvalidated = record_is_unvalidated(q);

	l->asked |= 1u << q->role;
	covered = is_good && is_covered(l, q);
	if (q->ad && q->given >= 0)
		record_set_add(&l->validated, key_of(q), 1, 0);
	l->failed |= l->validated.failed;
	ret->stale_unvalidated += is_stale && unvalidated && !was_validated(l, q);
	ret->ad_under_nta += covered && q->ad;
	ret->stale_without_ede +=
		is_stale && q->edns && !says(q, EDE_STALE_ANSWER) && !says(q, EDE_STALE_NXDOMAIN);
	ret->nta_without_ede += covered && unvalidated && q->edns && !says(q, EDE_NTA);
}

void record_leaks_add(struct record_leaks *sum, const struct record_leaks *n)
{
	sum->stale_unvalidated += n->stale_unvalidated;
	sum->ad_under_nta += n->ad_under_nta;
	sum->stale_without_ede += n->stale_without_ede;
	sum->nta_without_ede += n->nta_without_ede;
}

void record_leak_done(struct record_leak *l)
{
	free(l->ntas);
	record_set_done(&l->validated);
	*l = (struct record_leak){ 0 };
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_json.h"

#include <errno.h>

#include "harness/rollover/rollover_table.h"
#include "harness/rollover/rollover_text.h"
#include "zones/key.h"

#define SCHEMA "rollover-1" /* docs/schema/rollover-1.json */

json_t *rollover_time_json(simtime t)
{
	char text[32];

	return t == ROLLOVER_ALWAYS || t == SIMTIME_NEVER ? json_null()
							  : json_string(simtime_text(t, text));
}

json_t *rollover_keys_json(const struct rollover *r, uint64_t keys)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < r->key_count; i++)
		if (keys >> i & 1)
			json_array_append_new(list, json_string(r->keys[i].name));
	return list;
}

static json_t *version_json(const struct rollover *r, enum rollover_set set,
			    const struct rollover_version *v)
{
	return json_pack("{ss so}", "rrset", rollover_set_names[set],
			 set == ROLLOVER_RRSIG ? "signed_by" : "keys",
			 rollover_keys_json(r, set == ROLLOVER_RRSIG ? v->signers : v->keys));
}

static json_t *span_json(const struct rollover_span *s)
{
	return s->from == SIMTIME_NEVER ? json_null()
					: json_pack("{so so}", "from", rollover_time_json(s->from),
						    "until", rollover_time_json(s->until));
}

static json_t *key_json(const struct rollover_key *k)
{
	char number[8];

	return json_pack("{ss ss ss so so so so so}", "name", k->name, "role",
			 key_role_names[k->role], "algorithm",
			 rollover_algorithm_name(k->algorithm, number), "tag",
			 k->tag < 0 ? json_null() : json_integer(k->tag), "published",
			 span_json(&k->published), "signs", span_json(&k->signs), "signs_keys",
			 k->has_signs_keys ? span_json(&k->signs_keys) : json_null(), "ds",
			 span_json(&k->ds));
}

json_t *rollover_delays_json(const struct rollover *r)
{
	return json_pack(
		"{sI sI sI sI sI sI sI sI}", "dnskey_ttl", (json_int_t)(r->ttl.dnskey / SECOND),
		"ds_ttl", (json_int_t)(r->ttl.ds / SECOND), "zone_ttl",
		(json_int_t)(r->ttl.zone / SECOND), "negative_ttl",
		(json_int_t)(r->ttl.negative / SECOND), "zone_propagation",
		(json_int_t)(r->propagation.zone / SECOND), "parent_propagation",
		(json_int_t)(r->propagation.parent / SECOND), "signing",
		(json_int_t)(r->signing / SECOND), "validity", (json_int_t)(r->validity / SECOND));
}

/* What stands from each instant on, past ones too. */
static json_t *published_json(const struct rollover *r, const struct rollover_analysis *a)
{
	json_t *list = json_array();

	for (simtime t = ROLLOVER_ALWAYS; t != SIMTIME_NEVER; t = rollover_next_change(a, t)) {
		const struct rollover_version *ds =
			rollover_version_at(&a->versions[ROLLOVER_DS], t);
		const struct rollover_version *keys =
			rollover_version_at(&a->versions[ROLLOVER_DNSKEY], t);
		const struct rollover_version *others =
			rollover_version_at(&a->versions[ROLLOVER_RRSIG], t);

		json_array_append_new(
			list, json_pack("{so so so so so}", "from", rollover_time_json(t), "ds",
					rollover_keys_json(r, ds->keys), "dnskey",
					rollover_keys_json(r, keys->keys), "signs_dnskey",
					rollover_keys_json(r, keys->signers), "signs_others",
					rollover_keys_json(r, others->signers)));
	}
	return list;
}

/* Of what may be made at any time `safe_from` is null, and `never` false. */
static json_t *next_json(const struct rollover *r, const struct rollover_next *n)
{
	char text[1200];
	json_t *o;

	rollover_next_text(r, n, text, sizeof(text));
	o = json_pack("{ss so so so sb so sb ss}", "step", rollover_next_names[n->kind], "keys",
		      rollover_keys_json(r, n->keys), "others", rollover_keys_json(r, n->others),
		      "safe_from", rollover_time_json(n->earliest), "never",
		      n->earliest == SIMTIME_NEVER, "after", rollover_time_json(n->after), "strict",
		      n->strict, "text", text);
	if (*n->section) {
		json_object_set_new(o, "section", json_string(n->section));
		json_object_set_new(o, "equation", json_string(n->equation));
	}
	return o;
}

json_t *rollover_finding_json(const struct rollover *r, const struct rollover_finding *f)
{
	char text[1800], number[8];
	json_t *o;

	rollover_finding_text(r, f, text, sizeof(text));
	o = json_pack("{so so so so so so so sb ss}", "from", rollover_time_json(f->bogus.from),
		      "until", rollover_time_json(f->bogus.until), "kept",
		      version_json(r, f->kept_set, &f->kept), "met",
		      version_json(r, f->met_set, &f->met), "fetched_from",
		      rollover_time_json(f->fetched.from), "fetched_until",
		      rollover_time_json(f->fetched.until), "missing",
		      rollover_keys_json(r, f->lacks.keys), "strict", f->strict, "text", text);
	if (f->strict)
		json_object_set_new(
			o, "algorithm",
			json_string(rollover_algorithm_name(f->lacks.algorithm, number)));
	return o;
}

static json_t *step_json(const struct rollover *r, const struct rollover_step *s)
{
	json_t *o = json_pack("{ss ss so so sb sb}", "step", rollover_step_names[s->kind], "key",
			      r->keys[s->key].name, "planned", rollover_time_json(s->planned),
			      "safe_from", rollover_time_json(s->earliest), "safe",
			      s->planned >= s->earliest, "strict", s->strict);

	if (s->replaces) {
		json_object_set_new(o, "replaces", rollover_keys_json(r, s->replaces));
		json_object_set_new(o, "safe_beside_from", rollover_time_json(s->beside));
	}
	if (*s->section) {
		json_object_set_new(o, "section", json_string(s->section));
		json_object_set_new(o, "equation", json_string(s->equation));
	}
	if (s->earliest != ROLLOVER_ALWAYS && s->earliest != SIMTIME_NEVER)
		json_object_set_new(o, "margin_seconds",
				    json_integer((s->planned - s->earliest) / SECOND));
	return o;
}

static json_t *keys_list(const struct rollover *r)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < r->key_count; i++)
		json_array_append_new(list, key_json(&r->keys[i]));
	return list;
}

int rollover_json_print(const struct rollover_judged *plan, const struct rollover_nexts *n,
			const struct rollover_proof *p, FILE *out, struct err *e)
{
	const struct rollover *r = plan->r;
	const struct rollover_analysis *a = plan->a;
	const struct rollover_steps *s = plan->s;
	json_t *findings = json_array(), *steps = json_array(), *next = json_array(), *o;
	int rc;

	for (unsigned i = 0; i < a->finding_count; i++)
		json_array_append_new(findings, rollover_finding_json(r, &a->findings[i]));
	for (unsigned i = 0; i < s->count; i++)
		json_array_append_new(steps, step_json(r, &s->list[i]));
	for (unsigned i = 0; i < n->count; i++)
		json_array_append_new(next, next_json(r, &n->list[i]));
	o = json_pack("{ss ss ss ss so so so so sb sb so so so}", "schema", SCHEMA, "name", r->name,
		      "title", r->title, "zone", r->zone, "from", rollover_time_json(r->from),
		      "delays", rollover_delays_json(r), "keys", keys_list(r), "published",
		      published_json(r, a), "safe", a->finding_count == 0, "has_ds",
		      rollover_has_ds(r), "findings", findings, "steps", steps, "next", next);
	if (o && p)
		json_object_set_new(o, "proof", rollover_proof_json(plan, p));
	rc = o && json_dumpf(o, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF ? 0 : -ENOMEM;
	json_decref(o);
	return rc ? err_set(e, rc, "no memory for the plan's JSON") : 0;
}

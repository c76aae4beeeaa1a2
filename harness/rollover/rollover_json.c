/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_json.h"

#include <errno.h>

#include "harness/rollover/rollover_text.h"

static json_t *time_json(simtime t)
{
	char text[32];

	return t == ROLLOVER_ALWAYS || t == SIMTIME_NEVER ? json_null()
							  : json_string(simtime_text(t, text));
}

static json_t *keys_json(const struct rollover *r, uint64_t keys)
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
			 keys_json(r, set == ROLLOVER_RRSIG ? v->signers : v->keys));
}

static json_t *finding_json(const struct rollover *r, const struct rollover_finding *f)
{
	char text[1800], number[8];
	json_t *o;

	rollover_finding_text(r, f, text, sizeof(text));
	o = json_pack("{so so so so so so so sb ss}", "from", time_json(f->bogus.from), "until",
		      time_json(f->bogus.until), "kept", version_json(r, f->kept_set, &f->kept),
		      "met", version_json(r, f->met_set, &f->met), "fetched_from",
		      time_json(f->fetched.from), "fetched_until", time_json(f->fetched.until),
		      "missing", keys_json(r, f->lacks.keys), "strict", f->strict, "text", text);
	if (f->strict)
		json_object_set_new(
			o, "algorithm",
			json_string(rollover_algorithm_name(f->lacks.algorithm, number)));
	return o;
}

static json_t *step_json(const struct rollover *r, const struct rollover_step *s)
{
	json_t *o = json_pack("{ss ss so so sb sb}", "step", rollover_step_names[s->kind], "key",
			      r->keys[s->key].name, "planned", time_json(s->planned), "safe_from",
			      time_json(s->earliest), "safe", s->planned >= s->earliest, "strict",
			      s->strict);

	if (*s->section) {
		json_object_set_new(o, "section", json_string(s->section));
		json_object_set_new(o, "equation", json_string(s->equation));
	}
	if (s->earliest != ROLLOVER_ALWAYS && s->earliest != SIMTIME_NEVER)
		json_object_set_new(o, "margin_seconds",
				    json_integer((s->planned - s->earliest) / SECOND));
	return o;
}

int rollover_json_print(const struct rollover *r, const struct rollover_analysis *a,
			const struct rollover_steps *s, const struct rollover_proof *p, FILE *out,
			struct err *e)
{
	json_t *findings = json_array(), *steps = json_array(), *o;
	int rc;

	for (unsigned i = 0; i < a->finding_count; i++)
		json_array_append_new(findings, finding_json(r, &a->findings[i]));
	for (unsigned i = 0; i < s->count; i++)
		json_array_append_new(steps, step_json(r, &s->list[i]));
	o = json_pack("{ss ss ss sb so so}", "name", r->name, "title", r->title, "zone", r->zone,
		      "safe", a->finding_count == 0, "findings", findings, "steps", steps);
	if (o && p)
		json_object_set_new(o, "proof", rollover_proof_json(r, p));
	rc = o && json_dumpf(o, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF ? 0 : -ENOMEM;
	json_decref(o);
	return rc ? err_set(e, rc, "no memory for the plan's JSON") : 0;
}

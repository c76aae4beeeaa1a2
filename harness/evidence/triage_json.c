/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/evidence_json.h"
#include "harness/evidence/triage.h"
#include "sim/base/names.h"

static json_t *counts_json(const struct evidence *v)
{
	const struct evidence_answers *a = &v->answers;

	return json_pack("{sI sI sI sI sI sI}", "asked", (json_int_t)a->asked, "noerror",
			 (json_int_t)a->noerror, "nxdomain", (json_int_t)a->nxdomain, "servfail",
			 (json_int_t)a->servfail, "other", (json_int_t)a->other, "none",
			 (json_int_t)a->none);
}

static json_t *edes_json(const struct evidence *v)
{
	json_t *list = json_array();

	for (int code = 0; code < EVIDENCE_EDES; code++)
		if (v->edes[code])
			json_array_append_new(list, json_pack("{si ss* sI}", "code", code, "name",
							      names_ede(code), "count",
							      (json_int_t)v->edes[code]));
	return list;
}

static json_t *cause_json(const struct evidence *v, const struct triage_cause *c)
{
	json_t *o = evidence_finding_json(v, &c->first), *servers = json_array();

	json_object_set_new(o, "findings", json_integer((json_int_t)c->findings));
	json_object_set_new(o, "failures", json_integer((json_int_t)c->failures));
	json_object_set_new(o, "last", evidence_sighting_json(v, &c->last));
	for (unsigned i = 0; i < c->server_count; i++)
		json_array_append_new(servers, evidence_server_json(v, &c->servers[i]));
	json_object_set_new(o, "servers", servers);
	if (c->failures)
		json_object_set_new(o, "first_failure",
				    json_pack("{so so so}", "name",
					      evidence_name_json(c->failed_name), "type",
					      evidence_type_json(c->failed_type), "at",
					      evidence_instant_json(c->first_failure)));
	return o;
}

json_t *triage_json(const struct evidence *v, const struct triage *t)
{
	json_t *causes = json_array(), *o;

	for (unsigned i = 0; i < t->cause_count; i++)
		json_array_append_new(causes, cause_json(v, &t->causes[i]));
	o = json_pack("{so ss so so so so so sI sI so}", "place", json_text(v->name), "verdict",
		      blame_name(t->blame), "from", evidence_instant_json(v->first), "to",
		      evidence_instant_json(v->last), "captures", evidence_files_json(v), "answers",
		      v->has_clients ? counts_json(v) : json_null(), "edes", edes_json(v),
		      "failures", (json_int_t)(t->failures + t->gone), "unexplained",
		      (json_int_t)t->unexplained, "causes", causes);
	if (t->unknown)
		json_object_set_new(o, "first_unexplained",
				    json_pack("{so so so sI}", "name",
					      evidence_name_json(t->unknown->qname), "type",
					      evidence_type_json(t->unknown->qtype), "at",
					      evidence_instant_json(t->unknown->asked), "frame",
					      (json_int_t)t->unknown->asked_frame));
	return o;
}

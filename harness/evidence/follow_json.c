/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/evidence_json.h"
#include "harness/evidence/follow.h"
#include "sim/base/names.h"

static json_t *place_json(const struct evidence *v, unsigned file, uint64_t frame, simtime at)
{
	return json_pack("{ss sI so}", "capture", v->files[file].label, "frame", (json_int_t)frame,
			 "at", evidence_instant_json(at));
}

static json_t *address_json(const struct address *a)
{
	char text[ADDRESS_TEXT_LEN];

	return json_string(address_text(a, text));
}

/* What both sorts of exchange have. */
static json_t *exchange_json(const struct evidence *v, const struct exchange *x)
{
	json_t *o = json_pack(
		"{so so so so so sb si so so}", "name", evidence_name_json(x->qname), "type",
		evidence_type_json(x->qtype), "asker", address_json(&x->asker), "asker_name",
		evidence_name_json(facts_server_name(v->facts, &x->asker)), "server",
		evidence_server_json(v, &x->server), "tcp", x->tcp, "sends", (int)x->sends, "asked",
		place_json(v, x->file, x->asked_frame, x->asked), "answered",
		x->answered == SIMTIME_NEVER
			? json_null()
			: place_json(v, x->answered_file, x->answered_frame, x->answered));
	char rcode[NAMES_LEN];

	if (x->answered == SIMTIME_NEVER)
		return o;
	json_object_set_new(o, "rcode", json_string(names_rcode(x->rcode, rcode)));
	json_object_set_new(o, "ad", json_boolean(x->ad));
	json_object_set_new(o, "aa", json_boolean(x->aa));
	json_object_set_new(o, "truncated", json_boolean(x->tc));
	json_object_set_new(o, "seconds", json_real((double)(x->answered - x->asked) / SECOND));
	if (x->ede >= 0)
		json_object_set_new(
			o, "ede", json_pack("{si ss*}", "code", x->ede, "name", names_ede(x->ede)));
	return o;
}

static json_t *hop_json(const struct evidence *v, const struct exchange *up)
{
	json_t *o = exchange_json(v, up), *wrong = json_array();

	for (size_t i = 0; i < up->findings; i++)
		json_array_append_new(
			wrong, evidence_finding_json(v, &v->check.findings[up->first_finding + i]));
	json_object_set_new(
		o, "zone", evidence_name_json(facts_server_zone(v->facts, &up->server, up->qname)));
	if (up->referral)
		json_object_set_new(o, "referral", evidence_name_json(up->referral));
	json_object_set_new(o, "good", json_integer(up->good));
	json_object_set_new(o, "unchecked", json_integer(up->unchecked));
	json_object_set_new(o, "insecure", json_boolean(up->insecure));
	json_object_set_new(o, "findings", wrong);
	return o;
}

json_t *follow_json(const struct evidence *v, const struct follow *f)
{
	json_t *o = json_document("trace-1"), *hops = json_array();

	for (size_t i = 0; i < f->hop_count; i++)
		json_array_append_new(hops, hop_json(v, &v->upstream[f->hops[i]]));
	json_object_set_new(o, "place", json_text(v->name));
	json_object_set_new(o, "captures", evidence_files_json(v));
	json_object_set_new(o, "question", exchange_json(v, f->question));
	json_object_set_new(o, "hops", hops);
	json_object_set_new(o, "failed", json_boolean(f->failed));
	json_object_set_new(o, "why",
			    f->explained ? evidence_finding_json(v, &f->why) : json_null());
	json_object_set_new(o, "remembered", json_boolean(f->remembered));
	return o;
}

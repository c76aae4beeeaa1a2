/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/evidence/evidence_json.h"

#include "sim/base/names.h"

json_t *evidence_name_json(const uint8_t *name)
{
	char text[NAME_TEXT_LEN];

	return name ? json_text(name_text(name, text)) : json_null();
}

json_t *evidence_type_json(uint16_t type)
{
	char text[NAMES_LEN];

	return json_string(names_type(type, text));
}

json_t *evidence_instant_json(simtime t)
{
	char second[32], text[64];

	if (t == SIMTIME_NEVER)
		return json_null();
	snprintf(text, sizeof(text), "%.19s.%09dZ", simtime_text(t, second),
		 (int)(t - simtime_seconds(t) * SECOND));
	return json_string(text);
}

json_t *evidence_server_json(const struct evidence *v, const struct address *a)
{
	char text[ADDRESS_TEXT_LEN];

	return json_pack("{ss so}", "address", address_text(a, text), "name",
			 evidence_name_json(facts_server_name(v->facts, a)));
}

json_t *evidence_sighting_json(const struct evidence *v, const struct sighting *s)
{
	return json_pack("{ss sI so so}", "capture", v->files[s->file].label, "frame",
			 (json_int_t)s->frame, "at", evidence_instant_json(s->at), "server",
			 evidence_server_json(v, &s->server));
}

json_t *evidence_files_json(const struct evidence *v)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < v->file_count; i++) {
		const struct pairing_file *f = &v->files[i];

		json_array_append_new(
			list, json_pack("{so sI sI sI sb}", "file", json_text(f->path), "frames",
					(json_int_t)f->counts.frames, "messages",
					(json_int_t)f->counts.messages, "in_part",
					(json_int_t)f->counts.in_part, "cut", f->counts.cut));
	}
	return list;
}

static json_t *sentence(void (*print)(const struct finding *f, FILE *out), const struct finding *f)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	json_t *o;

	if (!out)
		return json_null();
	print(f, out);
	fclose(out);
	o = json_text(text);
	free(text);
	return o;
}

json_t *evidence_finding_json(const struct evidence *v, const struct finding *f)
{
	json_t *o = json_pack(
		"{ss ss so so so so so}", "cause", cause_name(reason_cause(f->reason)), "reason",
		reason_name(f->reason), "zone", evidence_name_json(f->zone), "rrset",
		f->owner ? json_pack("{so so}", "owner", evidence_name_json(f->owner), "type",
				     evidence_type_json(f->type))
			 : json_null(),
		"headline", sentence(finding_print_headline, f), "text", sentence(finding_print, f),
		"seen", evidence_sighting_json(v, &f->seen));

	if (f->tag >= 0)
		json_object_set_new(o, "key_tag", json_integer(f->tag));
	if (f->algorithm >= 0)
		json_object_set_new(o, "algorithm", json_integer(f->algorithm));
	if (f->limit)
		json_object_set_new(o, "limit", evidence_instant_json(f->limit));
	if (f->keys.frame)
		json_object_set_new(o, "held_against", evidence_sighting_json(v, &f->keys));
	return o;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/gate/gate_verdict.h"

#include <stdio.h>
#include <string.h>

#include "harness/text/json_text.h"

/* ---- the sentence ---- */

static void say_bogus(const struct gate *g, struct gate_verdict *d)
{
	struct cached_first first = { .finding = &d->caches.findings[0],
				      .from = d->caches.findings[0].from,
				      .until = d->caches.findings[0].until };
	const struct cached_entry *named = cached_named(g->cached, first.finding);
	char text[GATE_SENTENCE], more[64] = "";

	first.owner = named->owner;
	first.type = named->type;
	first.tag = named->tag;
	if (d->caches.count > 1)
		snprintf(more, sizeof(more), " (and %u more)", d->caches.count - 1);
	snprintf(d->sentence, sizeof(d->sentence), "hold: %s%s",
		 gate_text_first(g->cached, &first, text), more);
}

static void say_broken(struct gate_verdict *d)
{
	const struct gate_version *v = &d->version;
	char type[32], ended[32];

	if (v->first_ended == SIMTIME_NEVER)
		snprintf(
			d->sentence, sizeof(d->sentence),
			"hold: no key of the DNSKEY RRset has signed %u of its RRsets, and in what "
			"is published it is %u",
			v->broken, v->broken_before);
	else
		snprintf(d->sentence, sizeof(d->sentence),
			 "hold: the signature of '%s %s' ended at %s, and %u of its RRsets cannot "
			 "be validated",
			 v->first_broken, gate_text_type(v->first_type, type),
			 simtime_text(v->first_ended, ended), v->broken);
}

static void say_publish(const struct gate *g, struct gate_verdict *d)
{
	const struct gate_version *v = &d->version;
	char more[128] = "";

	if (!d->has_version) {
		snprintf(d->sentence, sizeof(d->sentence),
			 "publish: the DS of '%s' goes with whatever caches may rightly have",
			 g->zone);
		return;
	}
	if (v->broken)
		snprintf(more, sizeof(more),
			 ", but %u of its RRsets cannot be validated, as could not %u before",
			 v->broken, v->broken_before);
	snprintf(d->sentence, sizeof(d->sentence),
		 "publish: serial %u of '%s' goes with whatever caches may rightly have%s",
		 v->serial, g->zone, more);
}

int gate_decide(const struct gate *g, simtime at, const struct gate_version *v,
		struct gate_verdict *ret, struct err *e)
{
	*ret = (struct gate_verdict){ .at = at, .has_version = v != NULL };
	if (v)
		ret->version = *v;
	if (cached_judge(g->cached, at, SIMTIME_NEVER, &ret->caches, e) < 0)
		return -ENOMEM;
	ret->hold = true;
	if (ret->caches.count) {
		say_bogus(g, ret);
	} else if (v && v->broken && v->broken >= v->broken_before) {
		say_broken(ret);
	} else {
		ret->hold = false;
		say_publish(g, ret);
	}
	return 0;
}

void gate_verdict_done(struct gate_verdict *d)
{
	cached_verdict_done(&d->caches);
}

/* ---- JSON ---- */

static json_t *tag_json(int tag)
{
	return tag < 0 ? json_null() : json_integer(tag);
}

static json_t *rrset_json(const char *owner, uint16_t type)
{
	char text[32];

	return json_pack("{so ss}", "owner", json_text(owner), "type", gate_text_type(type, text));
}

static json_t *finding_json(const struct gate *g, const struct cached_finding *f)
{
	const struct cached_entry *kept = &g->cached->entries[f->kept];
	const struct cached_entry *named = cached_named(g->cached, f);

	return json_pack("{ss so so so so so so}", "step", cached_step_names[f->step], "rrset",
			 rrset_json(named->owner, named->type), "tag", tag_json(named->tag), "from",
			 json_instant(f->from), "until", json_instant(f->until), "kept_from",
			 json_instant(kept->from), "kept_until", json_instant(kept->until));
}

static json_t *findings_json(const struct gate *g, const struct gate_verdict *d)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < d->caches.count; i++)
		json_array_append_new(list, finding_json(g, &d->caches.findings[i]));
	return list;
}

/* Of steps that are in time: the others are in `bogus`. */
static json_t *margins_json(const struct gate_verdict *d)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < CACHED_RENEW; i++) {
		const struct cached_margin *m = &d->caches.worst[i];

		if (m->any && m->margin >= 0)
			json_array_append_new(
				list,
				json_pack("{ss so so so}", "step", cached_step_names[i], "margin",
					  json_integer(simtime_seconds(m->margin)), "rrset",
					  rrset_json(m->owner, m->type), "tag", tag_json(m->tag)));
	}
	return list;
}

json_t *gate_json(const struct gate *g, const struct gate_verdict *d)
{
	const struct gate_version *v = &d->version;
	json_t *document = json_document("gate-1");

	json_object_set_new(document, "verdict", json_string(d->hold ? "hold" : "publish"));
	json_object_set_new(document, "sentence", json_text(d->sentence));
	json_object_set_new(document, "zone", json_text(g->zone));
	json_object_set_new(document, "serial",
			    d->has_version ? json_integer(v->serial) : json_null());
	json_object_set_new(document, "at", json_instant(d->at));
	json_object_set_new(document, "known_since",
			    json_instant(g->cached->count ? g->cached->entries[0].from : d->at));
	json_object_set_new(document, "records",
			    json_pack("{si si}", "came", (int)v->came, "gone", (int)v->gone));
	json_object_set_new(document, "judged", json_integer(v->rrsets));
	json_object_set_new(
		document, "broken",
		json_pack("{si si}", "before", (int)v->broken_before, "after", (int)v->broken));
	json_object_set_new(document, "bogus", findings_json(g, d));
	json_object_set_new(document, "margins", margins_json(d));
	return document;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/plan_json.h"

#include <arpa/inet.h>
#include <string.h>

#include "harness/subject/fleet.h"
#include "harness/text/json_text.h"
#include "zones/key.h"
#include "sim/base/names.h"

static json_t *name_json(const uint8_t *name)
{
	char text[NAME_TEXT_LEN];

	return json_text(name_text(name, text));
}

/* null: of no zone. */
static json_t *apex_json(const struct zone *z)
{
	return z ? name_json(z->apex) : json_null();
}

/* "" says nothing. */
static json_t *maybe(const char *text)
{
	return *text ? json_text(text) : json_null();
}

/* ---- the world ---- */

static json_t *keys_json(const struct zone *z)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < z->key_count; i++) {
		const struct key_plan *k = &z->keys[i];

		json_array_append_new(
			list,
			json_pack("{so ss ss si so so so sb}", "name", json_text(k->name), "role",
				  key_role_names[k->role], "algorithm",
				  key_algorithm_name(k->algorithm), "bits", (int)k->bits, "tag",
				  k->tag < 0 ? json_null() : json_integer(k->tag), "published",
				  k->published ? json_instant(k->published) : json_null(),
				  "removed", json_instant(k->removed), "signs_at_first",
				  z->signings[0].key == i));
	}
	return list;
}

static json_t *address_json(const struct address *a)
{
	char text[INET6_ADDRSTRLEN];

	if (!a->family)
		return json_null();
	inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, text, sizeof(text));
	return json_string(text);
}

static json_t *server_json(const struct server *s, bool fetches)
{
	json_t *o = json_pack("{so so so so}", "name", name_json(s->name), "ipv4",
			      address_json(&s->v4), "ipv6", address_json(&s->v6), "latency_seconds",
			      json_seconds(s->latency));

	if (!fetches)
		return o;
	json_object_set_new(o, "polls_seconds", json_seconds(s->polls));
	json_object_set_new(o, "lag_seconds", json_seconds(s->lag));
	return o;
}

static json_t *servers_json(const struct zone *z)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < z->server_count; i++)
		json_array_append_new(list, server_json(&z->servers[i], z->published != NULL));
	return list;
}

static json_t *ttls_json(const struct ttls *t)
{
	return json_pack("{sI sI sI sI sI sI sI sI}", "soa", (json_int_t)t->soa, "ns",
			 (json_int_t)t->ns, "dnskey", (json_int_t)t->dnskey, "delegation",
			 (json_int_t)t->delegation, "ds", (json_int_t)t->ds, "denial",
			 (json_int_t)t->denial, "negative", (json_int_t)t->negative, "address",
			 (json_int_t)t->address);
}

static json_t *population_json(const struct population *p)
{
	return p ? json_pack("{sI sf si sb sb sb}", "count", (json_int_t)p->count, "signed_share",
			     p->signed_share, "hosters", (int)p->hosters, "wildcard",
			     p->wildcard != 0, "hosts", p->hosts, "parted", p->parted)
		 : json_null();
}

static json_t *zones_json(const struct tree *t)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < t->zone_count; i++) {
		const struct zone *z = t->zones[i];

		json_array_append_new(
			list,
			json_pack("{so so sb ss si sb so so so so}", "name", name_json(z->apex),
				  "parent", apex_json(z->parent), "signed", z->is_signed, "denial",
				  z->denial == DENIAL_NSEC ? "nsec" : "nsec3", "nsec3_iterations",
				  (int)z->nsec3_iterations, "optout", z->optout, "keys",
				  keys_json(z), "servers", servers_json(z), "ttl",
				  ttls_json(&z->ttl), "delegations",
				  population_json(z->population)));
	}
	return list;
}

/* ---- who asks ---- */

static json_t *rates_json(const struct traffic *t)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < t->rate_count; i++)
		json_array_append_new(list, json_pack("{so sf}", "at", json_instant(t->rates[i].at),
						      "rate", t->rates[i].rate));
	return list;
}

static json_t *jobs_json(const struct traffic *t)
{
	json_t *list = json_array();
	char type[NAMES_LEN];

	for (unsigned i = 0; i < t->job_count; i++)
		json_array_append_new(list,
				      json_pack("{so so sf so ss si}", "from",
						json_instant(t->jobs[i].from), "to",
						json_instant(t->jobs[i].to), "rate",
						t->jobs[i].rate, "zone", apex_json(t->jobs[i].zone),
						"type", names_type(t->jobs[i].qtype, type),
						"clients", (int)t->jobs[i].clients));
	return list;
}

static json_t *traffic_json(const struct traffic *t)
{
	switch (t->kind) {
	case TRAFFIC_NONE:
		break;
	case TRAFFIC_SYNTHETIC:
		return json_pack("{ss so so sI si sf sf sf sf sf so}", "kind", "synthetic", "zone",
				 apex_json(t->zone), "rates", rates_json(t), "names",
				 (json_int_t)t->names, "clients", (int)t->clients, "outside",
				 t->outside, "nxdomain", t->nxdomain, "fresh", t->fresh, "cd",
				 t->cd, "aaaa", t->aaaa, "jobs", jobs_json(t));
	case TRAFFIC_TRACE:
		return json_pack("{ss so sf so}", "kind", t->is_text ? "text" : "pcap", "path",
				 json_text(t->path), "speed", t->speed, "at", json_instant(t->at));
	}
	return json_pack("{ss}", "kind", "none");
}

static json_t *transport_json(const struct stub_plan *stub)
{
	json_t *o = json_object();

	for (unsigned t = 0; t < TRANSPORTS; t++)
		if (stub->share[t] > 0)
			json_object_set_new(o, transport_names[t], json_real(stub->share[t]));
	return o;
}

/* By what they ask, where that is not UDP alone, and how far they are away. */
static void add_transports(json_t *o, const struct stub_plan *stub)
{
	if (stub->has_transports) {
		json_object_set_new(o, "transport", transport_json(stub));
		json_object_set_new(o, "idle_seconds", json_seconds(stub->idle));
		json_object_set_new(o, "in_flight", json_integer(stub->in_flight));
	}
	if (stub->round_trip)
		json_object_set_new(o, "round_trip_seconds", json_seconds(stub->round_trip));
	if (stub->loss > 0)
		json_object_set_new(o, "loss", json_real(stub->loss));
	if (stub->mtu)
		json_object_set_new(o, "mtu", json_integer(stub->mtu));
	if (stub->capacity > 0) {
		json_object_set_new(o, "capacity", json_real(stub->capacity));
		json_object_set_new(o, "queue_seconds", json_seconds(stub->queue));
	}
}

/* Whom they ask, where there is a choice. */
static json_t *asker_json(const struct scenario *s, unsigned i)
{
	json_t *o = traffic_json(&s->traffic[i]), *list = json_array();
	const struct stub_plan *stub = &s->traffic[i].stub;

	add_transports(o, stub);
	if (s->traffic[i].name[0])
		json_object_set_new(o, "name", json_text(s->traffic[i].name));
	for (unsigned k = 0; k < stub->asks_count; k++)
		json_array_append_new(list, json_text(stub->asks[k]));
	if (stub->asks_count > 1)
		json_object_set_new(o, "strategy",
				    json_string(stub_strategy_names[stub->strategy]));
	if (stub->asks_count)
		json_object_set(o, "asks", list);
	json_decref(list);
	return o;
}

static json_t *further_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (unsigned i = 1; i < s->traffic_count; i++)
		json_array_append_new(list, asker_json(s, i));
	return list;
}

static json_t *cases_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->case_count; i++) {
		const struct case_plan *c = &s->cases[i];

		json_array_append_new(
			list,
			json_pack("{so so so ss so so so}", "name", json_text(c->name), "zone",
				  apex_json(c->zone), "qname", name_json(c->qname), "qtype",
				  c->type, "at", json_instant(c->at), "before",
				  json_instant(c->before), "wait_seconds", json_seconds(c->wait)));
	}
	return list;
}

/* ---- what happens ---- */

static json_t *event_json(const struct event *ev, bool awaited)
{
	json_t *o = json_pack("{ss so so so so}", "kind", event_kind_name(ev->kind), "text",
			      json_text(ev->what), "zone", maybe(ev->zone), "operation",
			      ev->operation == OPERATION_NONE
				      ? json_null()
				      : json_string(operation_name(ev->operation)),
			      "mitigation", maybe(ev->mitigation));

	if (awaited)
		json_object_set_new(o, "after_first_failure_seconds", json_seconds(ev->at));
	else
		json_object_set_new(o, "at", json_instant(ev->at));
	return o;
}

static json_t *timeline_json(const struct timeline *tl)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < tl->count; i++)
		json_array_append_new(list, event_json(&tl->events[i], false));
	for (unsigned i = 0; i < tl->awaited_count; i++)
		json_array_append_new(list, event_json(&tl->awaited[i], true));
	return list;
}

static json_t *watches_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->watch_count; i++)
		json_array_append_new(list, json_pack("{so so so so}", "every_seconds",
						      json_seconds(s->watches[i].every), "zone",
						      apex_json(s->watches[i].zone), "mitigation",
						      maybe(s->watches[i].mitigation), "place",
						      json_text(s->watches[i].place)));
	return list;
}

static json_t *words_json(char *const *words, unsigned count)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < count; i++)
		json_array_append_new(list, json_text(words[i]));
	return list;
}

static json_t *monitors_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->monitor_count; i++) {
		const struct monitor_plan *m = &s->monitors[i];

		json_array_append_new(
			list, json_pack("{so so so so so}", "name", json_text(m->name),
					"every_seconds", json_seconds(m->every), "command",
					words_json(m->argv, m->argc), "mitigation",
					maybe(m->mitigation), "place", json_text(m->place)));
	}
	return list;
}

static json_t *mitigations_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->mitigation_count; i++) {
		const struct mitigation *m = &s->mitigations[i];
		json_t *settings = json_array();

		for (unsigned j = 0; j < m->setting_count; j++)
			json_array_append_new(settings, json_text(m->settings[j].kind));
		json_array_append_new(list, json_pack("{so so so so}", "name", json_text(m->name),
						      "about", json_text(m->about), "like",
						      maybe(m->like), "settings_for", settings));
	}
	return list;
}

static json_t *faults_json(const struct tree *t)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < t->fault_count; i++) {
		const struct fault *f = &t->faults[i];

		json_array_append_new(
			list, json_pack("{ss so so so so}", "kind", f->row->name, "text",
					json_text(f->text), "zone", apex_json(f->zone), "from",
					json_instant(f->from), "until", json_instant(f->until)));
	}
	return list;
}

/* ---- what it must show ---- */

static json_t *expectations_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->expectation_count; i++)
		json_array_append_new(
			list, json_pack("{so so}", "text", json_text(s->expectations[i].text),
					"mitigation", maybe(s->expectations[i].mitigation)));
	return list;
}

static json_t *knowledge_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->knowledge_count; i++) {
		const struct knowledge *k = &s->knowledge[i];

		json_array_append_new(
			list, json_pack("{so so so so so}", "resolver", json_text(k->resolver),
					"versions", json_text(k->versions.text), "text",
					json_text(k->text), "because", json_text(k->because),
					"mitigation", maybe(k->mitigation)));
	}
	return list;
}

static json_t *allowances_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->allowance_count; i++) {
		const struct allowance *a = &s->allowances[i];

		json_array_append_new(list, json_pack("{so so sf}", "figure", json_text(a->figure),
						      "mitigation", maybe(a->mitigation),
						      a->is_factor ? "worse_by_factor" : "worse_by",
						      a->amount));
	}
	return list;
}

static json_t *params_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->param_count; i++)
		json_array_append_new(
			list, json_pack("{so so sb}", "key", json_text(s->params[i].key), "value",
					json_text(s->params[i].value), "set", s->params[i].is_set));
	return list;
}

static json_t *sources_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->source_count; i++)
		json_array_append_new(list, json_text(s->sources[i]));
	return list;
}

static json_t *fleet_json(const struct scenario *s)
{
	json_t *ages = json_array();

	for (unsigned n = 1; n <= s->fleet.count; n++) {
		struct fleet_cache c;

		fleet_cache(s, n, &c);
		json_array_append_new(ages, json_seconds(c.age));
	}
	return json_pack("{si so so}", "count", (int)s->fleet.count, "ages_seconds", ages,
			 "stagger_seconds", json_seconds(s->fleet.stagger));
}

int plan_json_print(const struct scenario *s, FILE *out, struct err *e)
{
	json_t *o = json_document("plan-1");

	json_object_update_new(o, json_pack("{so so so so so so so sI sf so}", "name",
					    json_text(s->name), "title", json_text(s->title),
					    "teaches", json_text(s->teaches), "sources",
					    sources_json(s), "from", json_instant(s->from), "to",
					    json_instant(s->to), "bin_seconds",
					    json_seconds(s->bin), "seed", (json_int_t)s->seed,
					    "charge_cpu", s->charge, "params", params_json(s)));
	json_object_update_new(
		o, json_pack("{so so so so so so so so so so}", "zones", zones_json(s->tree),
			     "traffic", asker_json(s, 0), "cases", cases_json(s), "timeline",
			     timeline_json(&s->timeline), "watches", watches_json(s), "mitigations",
			     mitigations_json(s), "faults", faults_json(s->tree), "expectations",
			     expectations_json(s), "knowledge", knowledge_json(s), "allowances",
			     allowances_json(s)));
	if (s->traffic_count > 1)
		json_object_set_new(o, "further_traffic", further_json(s));
	if (s->monitor_count)
		json_object_set_new(o, "monitors", monitors_json(s));
	if (s->idle_slack)
		json_object_set_new(o, "idle_slack_seconds", json_seconds(s->idle_slack));
	if (s->fleet.count)
		json_object_set_new(o, "fleet", fleet_json(s));
	return json_document_print(o, out, e);
}

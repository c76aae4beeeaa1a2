/* SPDX-License-Identifier: BSD-2-Clause */
/* words_traffic.c - traffic and zipf: who asks what. */
#include "sim/language/words_traffic.h"

#include <string.h>

#include "sim/language/words_job.h"
#include "sim/language/words_trace.h"
#include "sim/language/words_stub.h"

#define POPULAR_NAMES 20000
#define CLIENTS_MAX 16777214 /* each has an address of its own in 10.0.0.0/8 */

struct zipf_value {
	double exponent;
	uint64_t count; /* 0: as many as fit */
};

static int word_zipf(lua_State *L)
{
	static const char *const keys[] = { "exponent", "count", NULL };
	struct args a = args_table(L, 1, "zipf", keys);
	struct zipf_value *v;

	words_of(L);
	v = words_value(L, VALUE_ZIPF, sizeof(*v));
	v->exponent = args_number(&a, "exponent", 0.9, 0, 5);
	v->count = args_count(&a, "count", 0, 1, 100000000);
	return 1;
}

/* The only zone with a population but one, NULL when there is none or a choice. */
static struct zone *only_population(const struct scenario *s, const struct zone *but)
{
	struct zone *found = NULL;

	for (unsigned i = 0; i < s->tree->zone_count; i++) {
		struct zone *z = s->tree->zones[i];

		if (z == but || !z->population)
			continue;
		if (found)
			return NULL;
		found = z;
	}
	return found;
}

static struct zone *read_zone(const struct args *a, const char *key, const struct scenario *s,
			      const struct zone *but)
{
	struct zone *z = only_population(s, but);
	char what[64];

	snprintf(what, sizeof(what), "%s: %s", a->word, key);
	if (lua_getfield(a->L, a->index, key) != LUA_TNIL)
		z = words_check_zone(a->L, -1, what);
	lua_pop(a->L, 1);
	if (!z)
		args_fail(a, "tell which population is meant: %s = ZONE, and the zone first", key);
	else if (z == but || (but && !z->population))
		args_fail(a, "%s wants a zone with %s", key,
			  z == but ? "another population" : "delegations");
	return z;
}

/* outside = 0.15, or { zone = net, share = 0.15 } */
static void read_outside(const struct args *a, const struct scenario *s, struct traffic *t)
{
	static const char *const keys[] = { "zone", "share", NULL };
	lua_State *L = a->L;
	int type = lua_getfield(L, a->index, "outside");

	if (type == LUA_TTABLE) {
		struct args in = args_table(L, -1, "outside", keys);

		args_need(&in, "share");
		t->outside = args_number(&in, "share", 0, 0, 1);
		t->outside_zone = read_zone(&in, "zone", s, t->zone);
	} else if (type != LUA_TNIL) {
		t->outside = args_number(a, "outside", 0, 0, 1);
		t->outside_zone = only_population(s, t->zone);
		if (!t->outside_zone && t->outside > 0)
			args_fail(a, "outside: which other population? { zone = ZONE, share = %g }",
				  t->outside);
	}
	lua_pop(L, 1);
}

/* nxdomain = 0.03, or { share = 0.03, labels = 100, from = "19:19" } */
static void read_nxdomain(const struct args *a, const struct scenario *s, struct traffic *t)
{
	static const char *const keys[] = { "share", "labels", "from", NULL };
	/* The first label has 18 letters, all others one (harness/clients/draw.c). */
	size_t most = 1 + (NAME_MAX_LEN - 19 - name_len(t->zone->apex)) / 2;
	int type = lua_getfield(a->L, a->index, "nxdomain");

	t->nxdomain_labels = 1;
	if (type == LUA_TTABLE) {
		struct args in = args_table(a->L, -1, "nxdomain", keys);

		args_need(&in, "share");
		t->nxdomain = args_number(&in, "share", 0, 0, 1);
		t->nxdomain_labels = (unsigned)args_count(&in, "labels", 1, 1, most);
		t->deep_from = words_time_key(&in, "from", s->from);
	} else {
		t->nxdomain = args_number(a, "nxdomain", 0, 0, 1);
	}
	lua_pop(a->L, 1);
	if (t->nxdomain > 0 && t->zone->population && t->zone->population->wildcard)
		args_fail(a, "nxdomain: under a wildcard every name exists");
}

static int by_time(const void *a, const void *b)
{
	const struct rate_point *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static double read_rate(const struct args *a)
{
	double rate = lua_tonumber(a->L, -1);

	if (lua_type(a->L, -1) != LUA_TNUMBER || !(rate >= 0 && rate <= 10000000))
		args_fail(a, "rate wants queries a second, like 100, or { [\"19:00\"] = 100 }");
	return rate;
}

static void add_rate(const struct args *a, struct traffic *t, simtime at)
{
	struct rate_point *p = words_grow(a->L, &t->rates, &t->rate_count, sizeof(*p));

	*p = (struct rate_point){ .at = at, .rate = read_rate(a) };
}

/* rate = 100, or { ["13:30"] = 100, ["19:00"] = 250 } */
static void read_rates(const struct args *traffic, const struct scenario *s, struct traffic *t)
{
	lua_State *L = traffic->L;
	struct args a = { .L = L, .word = "traffic: rate" };
	const char *times[ARGS_MAX_KEYS];
	char start[32];
	unsigned n;

	if (lua_getfield(L, traffic->index, "rate") != LUA_TTABLE) {
		add_rate(traffic, t, s->from);
		lua_pop(L, 1);
		return;
	}
	a.index = lua_gettop(L);
	n = args_sorted(&a, times);
	for (unsigned i = 0; i < n; i++) {
		lua_getfield(L, a.index, times[i]);
		add_rate(&a, t, words_time(L, a.word, times[i]));
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	qsort(t->rates, t->rate_count, sizeof(*t->rates), by_time);
	if (!n || t->rates[0].at != s->from)
		args_fail(&a, "tell the rate from the start on: [\"+0s\"] (%s) is not there",
			  simtime_text(s->from, start));
}

static void read_names(const struct args *a, struct traffic *t)
{
	struct zipf_value v = { .exponent = 0.9 }, *given;
	uint64_t most = t->zone->population ? t->zone->population->count : 1;

	if (lua_getfield(a->L, a->index, "names") != LUA_TNIL) {
		given = luaL_testudata(a->L, -1, VALUE_ZIPF);
		if (!given)
			args_fail(a, "names wants zipf { … }");
		else
			v = *given;
	}
	lua_pop(a->L, 1);
	if (v.count > most)
		args_fail(a, "names: %llu popular names of a population of %llu",
			  (unsigned long long)v.count, (unsigned long long)most);
	t->zipf_exponent = v.exponent;
	t->names = v.count ? v.count : most < POPULAR_NAMES ? most : POPULAR_NAMES;
}

static void read_synthetic(const struct args *a, const struct scenario *s, struct traffic *t)
{
	args_need(a, "rate");
	read_rates(a, s, t);
	t->zone = read_zone(a, "zone", s, NULL);
	read_names(a, t);
	read_outside(a, s, t);
	read_nxdomain(a, s, t);
	t->fresh = args_number(a, "fresh", 0, 0, 1);
	t->cd = args_number(a, "cd", 0, 0, 1);
	t->aaaa = args_number(a, "aaaa", 0.3, 0, 1);
	if (!t->zone->population && t->outside + t->nxdomain < 1)
		args_fail(a, "zone has no names to ask for: give it hosts = population { … } or "
			     "delegations, or ask for none that is there with nxdomain = 1");
	if (t->outside + t->nxdomain + t->fresh + t->cd > 1)
		args_fail(a, "outside, nxdomain, fresh and cd are more than 1 together");
	t->clients = (unsigned)args_count(a, "clients", 1000, 1, CLIENTS_MAX);
	t->dnssec_ok = args_flag(a, "dnssec_ok", false);
	t->edns = args_flag(a, "edns", true);
	words_read_jobs(a, s, t);
	t->kind = TRAFFIC_SYNTHETIC;
}

/* nxdomain = 0.4, or { share = 0.4 }, of a trace's questions. */
static void read_absent(const struct args *a, struct traffic *t)
{
	static const char *const keys[] = { "share", NULL };

	if (lua_getfield(a->L, a->index, "nxdomain") == LUA_TTABLE) {
		struct args in = args_table(a->L, -1, "nxdomain", keys);

		args_need(&in, "share");
		t->nxdomain = args_number(&in, "share", 0, 0, 1);
	} else {
		t->nxdomain = args_number(a, "nxdomain", 0, 0, 1);
	}
	lua_pop(a->L, 1);
}

static void read_trace(const struct args *a, const struct scenario *s, struct traffic *t)
{
	static const char *const not_here[] = { "names", "outside", "fresh", "cd",
						"aaaa",	 "jobs",    NULL };

	t->is_text = args_has(a, "text");
	if (t->is_text && args_has(a, "pcap"))
		args_fail(a, "pcap or text, not both");
	for (const char *const *key = not_here; *key; key++)
		if (args_has(a, *key))
			args_fail(a, "%s is drawn, and does not go with pcap and text", *key);
	if (!t->is_text && (args_has(a, "rate") || args_has(a, "clients")))
		args_fail(a, "a capture has its own rate and clients: speed = 2 makes it faster");
	if (args_has(a, "zone"))
		t->zone = read_zone(a, "zone", s, NULL);
	words_read_files(a, s, t);
	words_read_filter(a, t);
	words_read_ports(a, t);
	words_read_messages(a, t);
	read_absent(a, t);
	t->speed = args_number(a, "speed", 1, 1e-6, 1e6);
	t->at = words_time_key(a, "at", s->from);
	t->text_rate = args_number(a, "rate", 100, 1e-6, 1e7);
	t->clients = (unsigned)args_count(a, "clients", t->is_text ? 1000 : 0, 1, CLIENTS_MAX);
	t->dnssec_ok = args_flag(a, "dnssec_ok", false);
	t->edns = args_flag(a, "edns", t->is_text);
	if (t->at < s->from || t->at > s->to)
		args_fail(a, "at is outside of the scenario");
	t->kind = TRAFFIC_TRACE;
}

/* Names are classes of curves. */
static void read_name(const struct args *a, struct scenario *s, struct traffic *t)
{
	const char *name = args_text(a, "name", "");

	if (!args_has(a, "name") && s->traffic_count < 2)
		return;
	if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name))
		args_fail(a, "of several each has a name, of a-z, 0-9 and '-'");
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		if (strcmp(class_names[i], name) == 0)
			args_fail(a, "name: '%s' is a class of names already", name);
	for (unsigned i = 0; i < TRANSPORTS; i++)
		if (strcmp(transport_names[i], name) == 0)
			args_fail(a, "name: '%s' is a transport", name);
	for (unsigned i = 0; i + 1 < s->traffic_count; i++) {
		if (!s->traffic[i].name[0])
			args_fail(a, "of several each has a name, and the one of %s has none",
				  s->traffic[i].place);
		if (strcmp(s->traffic[i].name, name) == 0)
			args_fail(a, "there is a traffic '%s' already (%s)", name,
				  s->traffic[i].place);
	}
	words_copy(a->L, "traffic: name", name, t->name, sizeof(t->name));
}

/* Clients of all have numbers one after the other, and addresses by them. */
static void check_clients(const struct args *a, const struct scenario *s)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < s->traffic_count; i++)
		sum += s->traffic[i].clients;
	if (sum > CLIENTS_MAX)
		args_fail(a, "clients: all traffic together has more than %d", CLIENTS_MAX);
}

static int word_traffic(lua_State *L)
{
	static const char *const keys[] = { "rate",	"names", "zone",     "outside", "clients",
					    "nxdomain", "fresh", "cd",	     "aaaa",	"dnssec_ok",
					    "edns",	"stub",	 "pcap",     "text",	"speed",
					    "at",	"jobs",	 "name",     "port",	"only",
					    "keep",	"times", "messages", NULL };
	struct args a = args_table(L, 1, "traffic", keys);
	struct scenario *s = words_world(L, "traffic");
	struct traffic *t;

	if (s->traffic_count == TRAFFICS_MAX)
		return args_fail(&a, "more than %d of them", TRAFFICS_MAX);
	t = &s->traffic[s->traffic_count++];
	words_place(L, t->place);
	read_name(&a, s, t);
	words_read_stub(&a, s, &t->stub);
	if (args_has(&a, "pcap") || args_has(&a, "text")) {
		read_trace(&a, s, t);
	} else {
		static const char *const of_traces[] = { "speed", "at",	   "port",    "only",
							 "keep",  "times", "messages" };

		for (size_t i = 0; i < ARRAY_SIZE(of_traces); i++)
			if (args_has(&a, of_traces[i]))
				return args_fail(&a, "%s is for pcap and text", of_traces[i]);
		read_synthetic(&a, s, t);
	}
	check_clients(&a, s);
	return 0;
}

const luaL_Reg words_traffic[] = {
	{ "traffic", word_traffic },
	{ "zipf", word_zipf },
	{ NULL, NULL },
};

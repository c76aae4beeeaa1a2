/* SPDX-License-Identifier: BSD-2-Clause */
/* What scripts mean, and how wrong ones are refused. */
#include "sim/language/scenario.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cli/plan.h"
#include "sim/base/shipped.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/wire_name.h"
#include "tests/support/written.h"

#define HEAD                                                                                       \
	"scenario { name = 'x', from = '2026-05-05T13:30Z', to = '2026-05-06T01:30Z' }\n"          \
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"
#define DE                                                                                         \
	"local de = zone('de.', { parent = root, servers = { '198.18.1.1', '198.18.1.2' },\n"      \
	"zsk = { old = {}, new = { published = '2026-05-05T14:00Z' } },\n"                         \
	"delegations = population { count = 50000 } })\n"

static void refuses_set(const char *text, const char *set, int line, const char *sentence)
{
	refuses_with(text, &(struct scenario_options){ .seed = 7, .sets = &set, .set_count = 1 },
		     line, sentence);
}

static simtime instant(const char *text)
{
	simtime t;

	assert_int_equal(simtime_parse(text, &t, NULL), 0);
	return t;
}

static struct zone *find(const struct scenario *s, const char *name)
{
	return tree_zone(s->tree, wire(name));
}

static void a_scenario_has_a_name_and_times(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(HEAD);

	(void)state;
	assert_string_equal(s->name, "x");
	assert_string_equal(s->title, "x");
	assert_true(s->from == instant("2026-05-05T13:30Z"));
	assert_true(s->to - s->from == 12 * HOUR);
	assert_true(s->bin == MINUTE);
	assert_int_equal(s->traffic[0].kind, TRAFFIC_NONE);
	assert_true(s->tree->from == s->from);
}

/* From a text with a `to`, and what stands behind it. */
static simtime bin_of(const char *to, const char *more, simtime of_user)
{
	const struct scenario_options o = { .seed = 1, .bin = of_user };
	struct scenario *s;
	char text[512];
	struct err e;
	simtime bin;

	snprintf(text, sizeof(text),
		 "scenario { name = 'x', from = '2026-05-05T13:30Z', to = '%s' }\n"
		 "zone('.', { servers = { '198.18.0.1' } })\n%s",
		 to, more);
	if (written_load(text, &o, &s, &e))
		fail_msg("%s", e.text);
	bin = s->bin;
	assert_true(s->bin_is_longer == (bin != MINUTE && !of_user && !*more));
	scenario_free(s);
	return bin;
}

static void a_long_run_has_longer_bins_unless_somebody_says_how_long(void **state)
{
	(void)state;
	assert_true(bin_of("+14d", "", 0) == MINUTE);
	assert_true(bin_of("+1209601s", "", 0) == 2 * MINUTE);
	assert_true(bin_of("+30d", "", 0) == 5 * MINUTE);
	assert_true(bin_of("+1000h", "", 0) == 5 * MINUTE);
	assert_true(bin_of("+366d", "", 0) == 30 * MINUTE);
	assert_true(366 * DAY / bin_of("+366d", "", 0) <= 14 * DAY / MINUTE);
	assert_true(bin_of("+30d", "collect { bin = '60s' }", 0) == MINUTE);
	assert_true(bin_of("+30d", "collect { bin = '10s' }", 0) == 10 * SECOND);
	assert_true(bin_of("+30d", "", 10 * SECOND) == 10 * SECOND);
	assert_true(bin_of("+1h", "collect {}", 0) == MINUTE);
	refuses(HEAD "\ncollect { bin = '0s' }\n", 4, "whole seconds");
}

static void a_scenario_may_say_what_it_teaches_and_where_its_facts_are_from(void **state)
{
	struct scenario *s =
		written("scenario { name = 'x', from = '2026-05-05T13:30Z', to = '+1h',\n"
			"teaches = 'patience', sources = { 'one book', 'another' } }\n"
			"zone('.', { servers = { '198.18.0.1' } })\n");

	(void)state;
	assert_string_equal(s->teaches, "patience");
	assert_int_equal(s->source_count, 2);
	assert_string_equal(s->sources[1], "another");
	scenario_free(s);
	s = written(HEAD);
	assert_string_equal(s->teaches, "");
	assert_int_equal(s->source_count, 0);
	scenario_free(s);
	refuses("scenario { name = 'x', from = '2026-05-05T13:30Z', to = '+1h', sources = {} }", 1,
		"sources is a list of texts");
	refuses("scenario { name = 'x', from = '2026-05-05T13:30Z', to = '+1h', sources = { 1 } }",
		1, "sources is a list of texts");
}

static void resolvers_with_nothing_in_work_may_look_round_late(void **state)
{
	struct scenario *s =
		written("scenario { name = 'x', from = '2026-05-05T13:30Z', to = '+1h', "
			"idle_slack = '90s' }\nzone('.', { servers = { '198.18.0.1' } })\n");

	(void)state;
	assert_int_equal(s->idle_slack, 90 * SECOND);
	scenario_free(s);
	s = written(HEAD);
	assert_int_equal(s->idle_slack, 0);
	scenario_free(s);
	refuses("scenario { name = 'x', from = '2026-05-05T13:30Z', to = '+1h', idle_slack = '2h' "
		"}",
		1, "idle_slack is an hour at most");
}

static void a_scenario_may_make_computing_take_time(void **state)
{
	struct scenario *s =
		written("scenario { name = 'x', from = '2026-05-05T13:30Z', to = '+1h', "
			"charge_cpu = 2.5 }\nzone('.', { servers = { '198.18.0.1' } })\n");

	(void)state;
	assert_true(s->charge == 2.5);
	scenario_free(s);
	s = written(HEAD);
	assert_true(s->charge == 0);
	scenario_free(s);
	refuses("scenario { name = 'x', from = '2026-05-05T13:30Z', to = '+1h', charge_cpu = 1001 "
		"}",
		1, "charge_cpu is 1001");
	refuses("scenario { name = 'x', from = '2026-05-05T13:30Z', to = '+1h', charge_cpu = -1 }",
		1, "charge_cpu is -1");
}

#define CORP                                                                                       \
	"local corp = zone('corp.test.', { parent = root, servers = { '198.18.1.1' },\n"           \
	"ttl = { address = 60 }, wildcard = { names = 50, types = { 'A' } } })\n"

static void a_wildcard_gives_a_zone_names_of_its_own(void **state)
{
	struct scenario *s = written(HEAD CORP "traffic { rate = 1 }\n");
	const struct zone *z = s->traffic[0].zone;
	uint8_t one[NAME_MAX_LEN], bytes[16];
	struct err e;

	(void)state;
	assert_int_equal(z->population->count, 50);
	assert_int_equal(z->population->wildcard, WILDCARD_A);
	assert_int_equal(z->population->ttl[0].ttl, 60);
	assert_float_equal(z->population->signed_share, 1, 0);
	/* A resolver may answer for one name with what it heard of another (RFC 8198): neither is
	 * wrong. */
	tree_delegation(z, 7, one);
	tree_address_write(s->tree, one, s->from + HOUR, 4, bytes);
	assert_int_equal(name_parse("d00000008.corp.test.", one, &e), 0);
	assert_int_equal(tree_address_read(s->tree, one, 4, bytes), 3600);
	assert_int_equal(name_parse("d00000008.other.", one, &e), 0);
	assert_int_equal(tree_address_read(s->tree, one, 4, bytes), -1);
	scenario_free(s);
}

#define WILD                                                                                       \
	"scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h' }\n"                        \
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"                                 \
	"local x = zone('x.', { parent = root, servers = { '198.18.1.1' }, zsk = { a = {}, b = "   \
	"{ published = '2026-05-01' } },\n%s })\n%s\n"

/* Both words that break a share, where and only where names are one RRset. */
static void a_share_of_one_RRset_is_noted_with_its_place(void **state)
{
	static const char wild[] = "wildcard = { names = 1000, types = { 'A' } }";
	static const char hosts[] = "hosts = population { count = 1000 }";
	static const struct {
		const char *names, *event;
		bool is_noted;
	} cases[] = {
		{ wild, "at('+1m', x:fault('rrsig-exp-all', { share = 0.5 }))", true },
		{ wild, "at('+1m', x:fault('rrsig-exp-all', { share = 0.5, types = { 'A' } }))",
		  true },
		{ wild, "at('+1m', x:sign { key = 'b', mismatched = 0.5 })", true },
		{ wild, "at('+1m', x:fault('rrsig-exp-all', { share = 0.5, types = { 'AAAA' } }))",
		  false },
		{ wild, "at('+1m', x:fault 'rrsig-exp-all')", false },
		{ wild, "at('+1m', x:sign { key = 'b' })", false },
		{ wild, "at('+1m', x:fault('authority-drop', { share = 0.5 }))", false },
		{ hosts, "at('+1m', x:fault('rrsig-exp-all', { share = 0.5 }))", false },
		{ hosts, "at('+1m', x:sign { key = 'b', mismatched = 0.5 })", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[1024];

		snprintf(text, sizeof(text), WILD "traffic { zone = x, rate = 1 }", cases[i].names,
			 cases[i].event);

		_cleanup_(scenario_freep) struct scenario *s = written(text);

		assert_int_equal(s->note_count, cases[i].is_noted);
		if (!cases[i].is_noted)
			continue;
		assert_non_null(strstr(s->notes[0], "x.lua:5: a share of 0.5 of 'x.'"));
		assert_non_null(strstr(s->notes[0], "is one of its 1000 names"));
		assert_true(s->tree->zones[1]->population->parted);
		assert_non_null(strstr(s->notes[0], "hosts = population"));
	}
}

static void what_a_wildcard_cannot_be_is_refused(void **state)
{
	(void)state;
	refuses(HEAD "zone('x.', { parent = root, servers = { '198.18.1.1' }, wildcard = {},\n"
		     "delegations = population { count = 1 } })",
		3, "a zone has delegations or a wildcard");
	refuses(HEAD "zone('x.', { parent = root, servers = { '198.18.1.1' },\n"
		     "wildcard = { types = { 'MX' } } })",
		3, "types are \"A\" and \"AAAA\"");
	refuses(HEAD CORP "traffic { rate = 1, nxdomain = 0.1 }", 5, "every name exists");
}

static void a_zone_has_what_its_table_says(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD
		"zone('de.', { parent = root, algorithm = 'RSASHA256',\n"
		"ksk = { bits = 2048, tag = 26755 },\n"
		"zsk = { old = { bits = 1024, tag = 32911 },\n"
		"        new = { bits = 1024, tag = 33834, published = '2026-05-02T12:00Z' } },\n"
		"nsec3 = { iterations = 1, salt = 'a1B2', optout = true },\n"
		"ttl = { dnskey = 1, delegation = 2, ds = 3, nsec3 = 4, negative = 5 },\n"
		"soa = { mname = 'f.nic.de.', rname = 'hostmaster.de.', refresh = 6 },\n"
		"edns_size = 1452, version_every = '2m', validity = '7d', backdate = '1h',\n"
		"latency = '7ms',\n"
		"servers = { ['l.de.'] = { '198.18.1.2', 'fd00:5f::1:2', latency = '9ms' },\n"
		"            ['a.nic.de.'] = '198.18.1.1' } })\n");
	struct zone *de = find(s, "de.");
	char name[NAME_TEXT_LEN];

	(void)state;
	assert_non_null(de);
	assert_ptr_equal(de->parent, s->tree->zones[0]);
	assert_true(de->is_signed);
	assert_int_equal(de->key_count, 3);
	assert_int_equal(de->keys[0].role, KEY_KSK);
	assert_int_equal(de->keys[0].tag, 26755);
	assert_string_equal(de->keys[1].name, "old");
	assert_string_equal(de->keys[2].name, "new");
	assert_true(de->keys[2].published == instant("2026-05-02T12:00Z"));
	assert_true(de->keys[2].removed == SIMTIME_NEVER);
	assert_int_equal(de->signing_count, 1);
	assert_int_equal(de->signings[0].key, 1);
	assert_int_equal(de->denial, DENIAL_NSEC3);
	assert_int_equal(de->nsec3_iterations, 1);
	assert_int_equal(de->salt_len, 2);
	assert_int_equal(de->salt[0] << 8 | de->salt[1], 0xa1b2);
	assert_true(de->optout);
	assert_int_equal(de->ttl.dnskey, 1);
	assert_int_equal(de->ttl.delegation, 2);
	assert_int_equal(de->ttl.ds, 3);
	assert_int_equal(de->ttl.denial, 4);
	assert_int_equal(de->ttl.negative, 5);
	assert_string_equal(name_text(de->soa_mname, name), "f.nic.de.");
	assert_int_equal(de->soa_refresh, 6);
	assert_int_equal(de->edns_size, 1452);
	assert_true(de->version_every == 2 * MINUTE && de->validity == 7 * DAY);
	assert_true(de->backdate == HOUR);
	assert_int_equal(de->server_count, 2);
	assert_string_equal(name_text(de->servers[0].name, name), "a.nic.de.");
	assert_true(de->servers[0].latency == 7 * MSEC && !de->servers[0].v6.family);
	assert_true(de->servers[1].latency == 9 * MSEC && de->servers[1].v6.family == 6);
}

static void a_zone_is_signed_unless_it_says_otherwise(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD "zone('a.', { parent = root, signed = false, servers = { '198.18.1.1' } })\n"
		     "zone('b.', { parent = root, csk = {}, denial = 'nsec3', servers = { "
		     "'198.18.1.1' } })\n");

	(void)state;
	assert_false(find(s, "a.")->is_signed);
	assert_int_equal(find(s, "a.")->key_count, 0);
	assert_int_equal(find(s, "b.")->key_count, 1);
	assert_int_equal(find(s, "b.")->keys[0].role, KEY_CSK);
	assert_int_equal(find(s, "b.")->denial, DENIAL_NSEC3);
	assert_int_equal(find(s, ".")->key_count, 2);
	assert_int_equal(find(s, ".")->denial, DENIAL_NSEC);
}

static void servers_without_names_get_some(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(HEAD DE);
	char name[NAME_TEXT_LEN];

	(void)state;
	assert_string_equal(name_text(find(s, ".")->servers[0].name, name), "a.root-servers.test.");
	assert_string_equal(name_text(find(s, "de.")->servers[1].name, name), "b.nic.de.");
}

static void a_population_has_what_its_table_says(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD "zone('de.', { parent = root, servers = { '198.18.1.1' }, delegations =\n"
		     "population { count = 17900000, signed = 0.04, hosters = 7, latency = '3ms',\n"
		     "ttl = { [3600] = .75, [60] = .25 }, hosters_in = { ['net.'] = .3, ['de.'] = "
		     ".7 } } })\n"
		     "zone('net.', { parent = root, servers = { '198.18.2.1' } })\n");
	const struct population *p = find(s, "de.")->population;
	char name[NAME_TEXT_LEN];

	(void)state;
	assert_non_null(p);
	assert_int_equal(p->count, 17900000);
	assert_true(p->signed_share == 0.04);
	assert_int_equal(p->hosters, 7);
	assert_true(p->latency == 3 * MSEC);
	assert_int_equal(p->ttl_count, 2);
	assert_int_equal(p->ttl[0].ttl, 60);
	assert_true(p->ttl[1].share == 0.75);
	assert_int_equal(p->hoster_zone_count, 2);
	assert_string_equal(name_text(p->hoster_zones[0].zone, name), "de.");
	assert_true(p->hoster_zones[0].share == 0.7);
	assert_int_equal(p->algorithm, ALG_ECDSAP256SHA256);
}

static void the_key_that_signs_first_is_told_or_the_oldest(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD "zone('a.', { parent = root, servers = { '198.18.1.1' }, signs_with = 'new',\n"
		     "zsk = { old = {}, new = {} } })\n"
		     "zone('b.', { parent = root, servers = { '198.18.1.1' },\n"
		     "zsk = { a = { published = '2026-01-02' }, z = { published = '2026-01-01' } } "
		     "})\n");
	const struct zone *a = find(s, "a."), *b = find(s, "b.");

	(void)state;
	assert_string_equal(a->keys[a->signings[0].key].name, "new");
	assert_string_equal(b->keys[b->signings[0].key].name, "z");
}

static const struct event *event_with(const struct scenario *s, const char *what)
{
	for (unsigned i = 0; i < s->timeline.count; i++)
		if (strstr(s->timeline.events[i].what, what))
			return &s->timeline.events[i];
	fail_msg("no event '%s'", what);
	return NULL;
}

static void a_wrong_signing_is_a_fault_until_a_good_one_is_everywhere(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD DE "at('21:45', de:sign { key = 'old', reaches_servers = { from = "
				"'22:08', to = '23:15' } })\n"
				"at('19:19', de:sign { key = 'new', mismatched = 2/3,\n"
				"always_mismatched = { 'apex-nsec3', 'nic.de. SOA' } })\n");
	const struct zone *de = find(s, "de.");
	const struct signing *bad = &de->signings[1], *good = &de->signings[2];
	const struct fault *f = &s->tree->faults[0];

	(void)state;
	assert_int_equal(de->signing_count, 3);
	assert_true(bad->at == instant("2026-05-05T19:19Z") && bad->reach_to == bad->at);
	assert_true(bad->mismatched > 0.66 && bad->mismatched < 0.67);
	assert_int_equal(bad->always_count, 2);
	assert_int_equal(bad->always[0].type, RR_NSEC3);
	assert_true(name_equal(bad->always[0].owner, de->apex));
	assert_int_equal(bad->always[1].type, RR_SOA);
	assert_int_equal(bad->fault, 0);
	assert_int_equal(good->fault, -1);
	assert_true(good->reach_from == instant("2026-05-05T22:08Z"));
	assert_int_equal(s->tree->fault_count, 1);
	assert_string_equal(f->row->name, "sig-by-unpublished-key");
	assert_true(f->from == bad->at && f->until == instant("2026-05-05T23:15Z"));
	assert_int_equal(event_with(s, "signed with 'new'")->fault, 0);
	assert_true(event_with(s, "b.nic.de. has the version of 21:45:00")->at ==
		    instant("2026-05-05T23:15Z"));
	assert_true(event_with(s, "key 'new' is published")->at == instant("2026-05-05T14:00Z"));
}

static void a_staged_fault_begins_at_the_first_server(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD DE "at('19:19', de:sign { key = 'new', mismatched = 1,\n"
				"reaches_servers = { from = '19:29', to = '01:40' } })\n");

	(void)state;
	assert_int_equal(event_with(s, "signed with")->fault, -1);
	assert_int_equal(event_with(s, "a.nic.de. has")->fault, 0);
	assert_true(s->tree->faults[0].from == instant("2026-05-05T19:29Z"));
	assert_true(s->tree->faults[0].until == SIMTIME_NEVER);
	assert_int_equal(s->timeline.count, 3); /* b. gets it after the end */
}

static void servers_are_disturbed(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD DE
		"local a = de:server 'a.nic.de.'\n"
		"at('14:00', a:dark { to = '15:00' })\n"
		"at('+2h', a:drop { share = 0.5 })\n"
		"at('17:00', de:server('B.nic.DE'):delay { by = '200ms', to = '01:29' })\n");
	const struct zone *de = find(s, "de.");
	const struct fault *f = s->tree->faults;

	(void)state;
	assert_int_equal(de->fault_count, 3);
	assert_true(f[0].servers == 1 && f[1].servers == 1 && f[2].servers == 2);
	assert_true(f[0].share == 1 && f[0].until == instant("2026-05-05T15:00Z"));
	assert_true(f[1].share == 0.5 && f[1].from == instant("2026-05-05T15:30Z"));
	assert_true(f[1].until == SIMTIME_NEVER);
	assert_true(f[2].values[0] == 200 * MSEC);
	assert_string_equal(f[0].row->name, "authority-dark");
	assert_string_equal(f[1].row->name, "authority-drop");
	assert_string_equal(f[2].row->name, "authority-delay");
	assert_int_equal(event_with(s, "drops 50 %")->fault, 1);
}

/* Event number n of a mitigation, in order of time; those that wait for a failure come last. */
static const struct event *only(const struct scenario *s, const char *mitigation, unsigned n)
{
	const struct timeline *tl = &s->timeline;

	for (unsigned i = 0; i < tl->count + tl->awaited_count; i++) {
		const struct event *ev =
			i < tl->count ? &tl->events[i] : &tl->awaited[i - tl->count];

		if (strcmp(ev->mitigation, mitigation) == 0 && !n--)
			return ev;
	}
	return NULL;
}

static void operators_act_in_their_mitigation(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD "at('20:00', resolver:flush_all())\n"
		     "mitigation('nta', function()\n"
		     "at('22:17', resolver:nta 'DE') at('23:00', resolver:nta_remove 'de.')\n"
		     "expect('x', function() end) end)\n"
		     "expect('y', function() end, { mitigation = 'serve-stale' })\n"
		     "mitigation('nta', function() at('23:30', mark 'end') end)\n"
		     "report(function() end)\n");

	(void)state;
	assert_int_equal(s->timeline.events[0].operation, OPERATION_FLUSH_ALL);
	assert_string_equal(s->timeline.events[0].mitigation, "");
	assert_int_equal(only(s, "nta", 0)->operation, OPERATION_NTA);
	assert_string_equal(only(s, "nta", 0)->zone, "de.");
	assert_int_equal(only(s, "nta", 2)->kind, EVENT_MARK);
	assert_null(only(s, "nta", 3));
	assert_int_equal(s->expectation_count, 2);
	assert_string_equal(s->expectations[0].mitigation, "serve-stale");
	assert_string_equal(s->expectations[1].mitigation, "nta");
	assert_int_equal(s->expectations[1].line, 6);
	assert_int_equal(s->report_count, 1);
}

static void what_is_known_of_resolvers_is_kept_with_its_place(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "knows('powerdns', '>= 4.8, < 5.0', 'it is slow', function() end,\n"
			     "{ because = 'seen', mitigation = 'none' })\n"
			     "mitigation('nta', function()\n"
			     "knows('mine', 'any', 'x', function() end, { because = 'y' }) end)\n");
	const struct knowledge *k = s->knowledge;

	(void)state;
	assert_int_equal(s->knowledge_count, 2);
	assert_string_equal(k[0].resolver, "powerdns");
	assert_string_equal(k[0].versions.text, ">= 4.8, < 5.0");
	assert_int_equal(k[0].versions.count, 2);
	assert_string_equal(k[0].text, "it is slow");
	assert_string_equal(k[0].because, "seen");
	assert_string_equal(k[0].mitigation, "none");
	assert_non_null(strstr(k[0].place, "x.lua:3"));
	assert_string_equal(k[1].mitigation, "nta");
	assert_non_null(strstr(k[1].place, "x.lua:6"));
}

static void what_is_known_without_a_range_or_a_reason_is_refused(void **state)
{
	(void)state;
	refuses(HEAD "knows('bind', '9.18', 'x', function() end, { because = 'y' })\n", 3,
		"knows: '9.18' is no range of versions: each version wants <, <=, =, >= or >");
	refuses(HEAD "knows('bind', '< 9', 'x', function() end)\n", 3, "knows");
	refuses(HEAD "knows('bind', '< 9', 'x', function() end, { mitigation = 'nta' })\n", 3,
		"needs 'because'");
	refuses(HEAD "knows('bind', '< 9', 'x', function() end, { because = '' })\n", 3,
		"because says why it is so");
	refuses(HEAD "knows('bind', '< 9', 'x', function() end, { becuase = 'y' })\n", 3,
		"did you mean 'because'?");
	refuses(HEAD "knows('the bind', '< 9', 'x', function() end, { because = 'y' })\n", 3,
		"'the bind' is not a resolver's name");
	refuses(HEAD "knows('bind', '< 9', 'x', 1, { because = 'y' })\n", 3, "function expected");
}

static void a_mitigation_says_what_it_is_and_what_it_configures(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "mitigation('long', { about = 'keeps proofs', like = 'serve-stale',\n"
			     "settings = { unbound = 'a: 1\\n', bind = 'b 1;' } })\n");
	const struct mitigation *m = scenario_mitigation(s, "long");

	(void)state;
	assert_string_equal(m->about, "keeps proofs");
	assert_string_equal(m->like, "serve-stale");
	assert_int_equal(m->setting_count, 2);
	assert_string_equal(m->settings[0].kind, "bind");
	assert_string_equal(m->settings[1].text, "a: 1\n");
	assert_non_null(strstr(m->place, ":3"));
	assert_null(only(s, "long", 0));
	assert_non_null(strstr(scenario_mitigation(s, "nta")->about, "RFC 7646"));
	assert_null(scenario_mitigation(s, "no-such"));
}

static void shipped_mitigations_follow_from_what_the_scenario_says(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD DE "at('19:19', de:sign { key = 'new', mismatched = 1 })\n"
				"at('21:45', de:sign { key = 'old', reaches_servers = "
				"'2026-05-05T22:08:00.25Z' })\n"
				"mitigation('nta', function() at('22:17', resolver:nta 'de.')\n"
				"at('23:00', resolver:nta_remove 'de.') end)\n");

	(void)state;
	assert_int_equal(only(s, "nta-early", 0)->operation, OPERATION_NTA_REMOVE);
	assert_int_equal(only(s, "nta-early", 1)->operation, OPERATION_NTA);
	assert_true(only(s, "nta-early", 1)->at == 15 * MINUTE);
	assert_true(s->timeline.awaited == only(s, "nta-early", 1));
	assert_int_equal(only(s, "nta-flush", 0)->operation, OPERATION_NTA);
	assert_int_equal(only(s, "nta-flush", 1)->operation, OPERATION_FLUSH);
	assert_true(only(s, "nta-flush", 1)->at == only(s, "nta", 0)->at);
	assert_int_equal(only(s, "nta-flush", 2)->operation, OPERATION_NTA_REMOVE);
	assert_int_equal(only(s, "flush", 0)->operation, OPERATION_FLUSH);
	assert_string_equal(only(s, "flush", 0)->zone, "de.");
	assert_true(only(s, "flush", 0)->at == instant("2026-05-05T22:08Z") + 250 * MSEC);
	assert_null(only(s, "flush", 1));
}

static void a_zone_that_stays_broken_is_not_flushed(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD DE "at('19:19', de:sign { key = 'new', mismatched = 1 })\n"
				"at('14:00', de:server('a.nic.de.'):dark { to = '15:00' })\n"
				"mitigation('looks', function() local f = faults()\n"
				"assert(f[1].to == nil and f[1].zone == 'de.' and #f == 2)\n"
				"assert(f[2].to == '2026-05-05T15:00:00Z') end)\n");

	(void)state;
	assert_null(only(s, "flush", 0));
	assert_null(only(s, "nta-flush", 0));
}

/* As refuses(), for a file of mitigations beside a scenario that has the mitigation `own`. */
static int load_beside(const char *text, struct scenario **ret, struct err *e)
{
	const char *beside = folder_put("mitigations.lua", text);
	struct scenario_options o = { .mitigation_files = &beside, .mitigation_file_count = 1 };

	folder_put("x.lua",
		   HEAD DE "mitigation('own', function() at('22:17', resolver:nta 'de.') end)\n"
			   "mitigation('nta', function() at('22:17', resolver:nta 'de.') end)\n");
	return scenario_load(folder_path("x.lua"), &o, ret, e);
}

static void refuses_beside(const char *text, int line, const char *sentence)
{
	struct scenario *s = NULL;
	char place[300];
	struct err e = { .text = "" };

	snprintf(place, sizeof(place), "%s:%d: ", folder_path("mitigations.lua"), line);
	if (!load_beside(text, &s, &e) || strncmp(e.text, place, strlen(place)) != 0 ||
	    !strstr(e.text, sentence))
		fail_msg("'%s' gave: %s", text, e.text);
}

static void a_file_of_mitigations_builds_on_the_scenario(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	struct err e;

	(void)state;
	if (load_beside(
		    "local soon = param('soon', '5m')\n"
		    "mitigation('soon', { operator = function()\n"
		    "for _, e in ipairs(events_of 'own') do\n"
		    "after_first_failure(soon, e.action) end end })\n"
		    "mitigation('nta-flush', function() at('20:00', resolver:flush_all()) end)\n",
		    &s, &e))
		fail_msg("%s", e.text);
	assert_int_equal(s->timeline.awaited_count, 2); /* nta-early waits, too */
	assert_true(only(s, "soon", 0)->at == 5 * MINUTE);
	assert_string_equal(only(s, "soon", 0)->zone, "de.");
	assert_int_equal(only(s, "nta-flush", 0)->operation, OPERATION_FLUSH_ALL);
	assert_null(only(s, "nta-flush", 1));
	assert_string_equal(s->params[0].key, "soon");
}

static void files_of_mitigations_hold_nothing_else(void **state)
{
	(void)state;
	refuses_beside("\nzone('x.', {})\n", 2, "same in every cell");
	refuses_beside("traffic {}\n", 1, "same in every cell");
	refuses_beside("at('20:00', resolver:flush_all())\n", 1, "stands in a mitigation");
	refuses_beside("expect('x', function() end)\n", 1, "stands in a mitigation");
	refuses_beside("allow {}\n", 1, "stands in a mitigation");
	refuses_beside("\nmitigation('own', function() end)\n", 2, "is there already");
	refuses_beside("mitigation('m', function()\nat('20:00') end)\n", 2, "what happens");
	refuses_beside("mitigation('m', { mood = 1 })\n", 1, "mood");
	refuses_beside("mitigation('m', 5)\n", 1, "wants a function, or a table");
	refuses_beside("mitigation('m', { operator = 5 })\n", 1, "operator wants a function");
	refuses_beside("mitigation('m', { settings = { unbound = 5 } })\n", 1, "settings");
	refuses_beside("mitigation('m', function()\nevents_of 'n' end)\n", 2, "no mitigation 'n'");
	refuses_beside("mitigation('m', function() after_first_failure('5', mark 'x') end)\n", 1,
		       "not a duration");
	refuses_beside("mitigation('m', function() mitigation('n', function() end) end)\n", 1,
		       "stands in another");
}

static void what_is_allowed_against_a_baseline_is_kept_with_its_place(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD "allow { peak = { worse_by = 0.05 }, after_repair = { worse_by = '2m' },\n"
		     "upstream_ratio = { worse_by_factor = 1.2 } }\n"
		     "allow({ peak = { worse_by = 0.1 } }, { mitigation = 'nta' })\n"
		     "mitigation('flush', function() allow { wrong = { worse_by = 0 } } end)\n");
	const struct allowance *a = s->allowances;
	char place[300];

	(void)state;
	assert_int_equal(s->allowance_count, 5);
	assert_string_equal(a[0].figure, "after_repair");
	assert_true(a[0].amount == 120 && a[0].is_duration && !a[0].is_factor);
	assert_string_equal(a[1].figure, "peak");
	assert_true(a[1].amount == 0.05 && !a[1].is_duration && !a[1].is_factor);
	assert_string_equal(a[1].mitigation, "");
	snprintf(place, sizeof(place), "%s:3", folder_path("x.lua"));
	assert_string_equal(a[1].place, place);
	assert_string_equal(a[2].figure, "upstream_ratio");
	assert_true(a[2].amount == 1.2 && a[2].is_factor);
	assert_string_equal(a[3].mitigation, "nta");
	assert_string_equal(a[4].mitigation, "flush");
	assert_string_equal(a[4].figure, "wrong");
}

static void what_allow_cannot_mean_is_refused(void **state)
{
	(void)state;
	refuses(HEAD "allow {}\n", 3, "names no figure");
	refuses(HEAD "allow()\n", 3, "allow");
	refuses(HEAD "allow { peak = 0.1 }\n", 3, "peak wants { worse_by = …");
	refuses(HEAD "allow { peak = {} }\n", 3, "worse_by or worse_by_factor");
	refuses(HEAD "allow { peak = { worse_by = 1, worse_by_factor = 2 } }\n", 3, "one of them");
	refuses(HEAD "allow { peak = { better_by = 1 } }\n", 3, "better_by");
	refuses(HEAD "allow { peak = { worse_by = -0.1 } }\n", 3, "must be 0");
	refuses(HEAD "allow { peak = { worse_by = 0/0 } }\n", 3, "must be 0");
	refuses(HEAD "allow { peak = { worse_by = '60' } }\n", 3, "60");
	refuses(HEAD "allow { peak = { worse_by = true } }\n", 3, "number");
	refuses(HEAD "allow { peak = { worse_by_factor = 0.9 } }\n", 3, "must be 1");
	refuses(HEAD "allow { { worse_by = 1 } }\n", 3, "wants a name");
	refuses(HEAD "allow({ peak = { worse_by = 1 } }, { resolver = 'x' })\n", 3, "resolver");
	refuses(HEAD "allow({ peak = { worse_by = 1 } }, { mitigation = 'N' })\n", 3, "'N' is not");
	refuses(HEAD "allow { peak = { worse_by = 1 } }\nallow { peak = { worse_by = 2 } }\n", 4,
		"'peak' is told twice");
}

static void traffic_has_what_its_table_says(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD DE
		"local net = zone('net.', { parent = root, servers = { '198.18.2.1' },\n"
		"delegations = population { count = 10 } })\n"
		"traffic { rate = { ['13:30'] = 100, ['19:00'] = 250 }, zone = de, outside = "
		"0.15,\n"
		"names = zipf { exponent = 1.1, count = 500 }, clients = 9, nxdomain = 0.03,\n"
		"fresh = 0.01, cd = 0.02, aaaa = 0.5, dnssec_ok = true,\n"
		"stub = { timeout = '3s', attempts = 2, retry_on = { 'refused' }, pause = "
		"'1s' } }\n");
	const struct traffic *t = &s->traffic[0];

	(void)state;
	assert_int_equal(t->kind, TRAFFIC_SYNTHETIC);
	assert_int_equal(t->rate_count, 2);
	assert_true(t->rates[0].at == s->from && t->rates[0].rate == 100);
	assert_true(t->rates[1].at == instant("2026-05-05T19:00Z") && t->rates[1].rate == 250);
	assert_ptr_equal(t->zone, find(s, "de."));
	assert_ptr_equal(t->outside_zone, find(s, "net."));
	assert_true(t->outside == 0.15 && t->nxdomain == 0.03 && t->fresh == 0.01);
	assert_true(t->cd == 0.02 && t->aaaa == 0.5 && t->zipf_exponent == 1.1);
	assert_int_equal(t->names, 500);
	assert_int_equal(t->clients, 9);
	assert_true(t->dnssec_ok && t->edns);
	assert_true(t->stub.timeout == 3 * SECOND && t->stub.pause == SECOND);
	assert_int_equal(t->stub.attempts, 2);
	assert_int_equal(t->stub.retry_on, RETRY_REFUSED);
}

static void names_that_do_not_exist_may_have_many_labels(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD DE "traffic { rate = 1, nxdomain = { share = 0.1, labels = 117, from = "
			"'19:00' } }\n");

	(void)state;
	assert_true(s->traffic[0].nxdomain == 0.1);
	assert_int_equal(s->traffic[0].nxdomain_labels, 117);
	assert_true(s->traffic[0].deep_from == instant("2026-05-05T19:00Z"));
	refuses(HEAD DE "traffic { rate = 1, nxdomain = { share = 0.1, labels = 118 } }\n", 6,
		"labels is 118");
	refuses(HEAD DE "traffic { rate = 1, nxdomain = { labels = 2 } }\n", 6, "share");
}

static void traffic_asks_for_the_only_population_unless_told(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(HEAD DE "traffic { rate = 1 }\n");
	const struct traffic *t = &s->traffic[0];

	(void)state;
	assert_ptr_equal(t->zone, find(s, "de."));
	assert_int_equal(t->names, 20000);
	assert_int_equal(t->stub.attempts, 3);
	assert_int_equal(t->stub.retry_on, RETRY_SERVFAIL | RETRY_TIMEOUT);
	refuses(HEAD "traffic { rate = 1 }\n", 3, "which population is meant");
}

static void a_trace_lies_beside_its_script(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "traffic { pcap = 'x.lua', speed = 2, at = '18:00' }\n");

	(void)state;
	assert_int_equal(s->traffic[0].kind, TRAFFIC_TRACE);
	assert_string_equal(s->traffic[0].path, folder_path("x.lua"));
	assert_true(s->traffic[0].speed == 2 && s->traffic[0].at == instant("2026-05-05T18:00Z"));
	refuses(HEAD "\ntraffic { pcap = 'no.pcap' }\n", 4, "cannot read");
	refuses(HEAD "traffic { pcap = 'x.lua', names = zipf {} }\n", 3, "names is drawn");
}

static void parameters_keep_their_type(void **state)
{
	static const char text[] =
		HEAD "local n, t, y = param('n', 5), param('t', 'a'), param('y', false)\n"
		     "collect { bin = n .. 's' }\n"
		     "assert(math.type(n) == 'integer' and t == 'a' and y == false)\n";
	struct scenario *s = written(text);
	const char *set = "n=12";
	const struct scenario_options twelve = { .seed = 7, .sets = &set, .set_count = 1 };
	struct err e;

	(void)state;
	assert_true(s->bin == 5 * SECOND);
	assert_int_equal(s->param_count, 3);
	assert_string_equal(s->params[0].value, "5");
	assert_false(s->params[0].is_set);
	scenario_free(s);
	if (written_load(text, &twelve, &s, &e))
		fail_msg("%s", e.text);
	assert_true(s->bin == 12 * SECOND);
	assert_true(s->params[0].is_set);
	assert_string_equal(s->params[0].value, "12");
	scenario_free(s);
	refuses_set(text, "n=many", 3, "it is a number");
	refuses_set(text, "y=maybe", 3, "it is true or false");
	refuses_set(text, "m=1", 0, "no such parameter; it has: n, t, y");
	refuses_set("param('n', 1)\n" HEAD, "n= 5", 1, "it is a number");
	refuses_set("param('n', 1)\n" HEAD, "n=0x10", 1, "it is a number");
}

static void inside_tells_whether_an_instant_is_in_the_scenario(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "assert(inside '13:30' and inside '01:30' and inside '+12h')\n"
			     "assert(not inside '04:00' and not inside '2026-05-05T13:29Z')\n");

	(void)state;
	assert_non_null(s);
}

static void what_is_wrong_with_the_language_is_told(void **state)
{
	(void)state;
	refuses(HEAD "x = = 1\n", 3, "unexpected symbol");
	refuses(HEAD "\ntrafic { rate = 1 }\n", 4, "unknown word 'trafic'");
	refuses(HEAD "zipf { expnent = 1 }\n", 3,
		"unknown key 'expnent' in zipf { … }; it knows: exponent, count");
	refuses(HEAD DE "\ntraffic { rate = 1, stub = { timeout = '5 parsecs' } }\n", 7,
		"'5 parsecs' is not a duration");
	refuses(HEAD DE "traffic { rate = 1, stub = { timeout = 5 } }\n", 6, "with its unit");
	refuses(HEAD DE "traffic { rate = '100' }\n", 6, "rate wants queries a second");
	refuses(HEAD "while true do end\n", 3, "an endless loop?");
	refuses(HEAD "local t = {}\nwhile true do\nt[#t + 1] = ('x'):rep(1e6) .. #t end\n", 5,
		"256 MB of memory");
	refuses("x = 1\n", 0, "there is no scenario");
	refuses("\nzone('.', { servers = { '198.18.0.1' } })\n", 2, "scenario { … } comes first");
	refuses("scenario { name = 'x', from = '13:30', to = '14:30' }\n", 1, "not an instant");
	refuses("scenario { name = 'x', from = '2026-05-05', to = '2026-05-04' }\n", 1,
		"ends before it begins");
	refuses(HEAD "scenario { name = 'x', from = '2026-05-05', to = '2026-05-06' }\n", 3,
		"told once");
}

static void what_is_wrong_with_a_zone_is_told(void **state)
{
	(void)state;
	refuses(HEAD "zone('de.', { servers = { '198.18.1.1' } })\n", 3, "has no parent");
	refuses(HEAD "zone 'de.', { parent = root }\n", 3, "syntax error");
	refuses(HEAD "local z = zone 'de.', { parent = root }\n", 3, "in parentheses");
	refuses(HEAD DE "zone('net.', { parent = de, servers = { '198.18.1.1' } })\n", 6,
		"not below its parent");
	refuses(HEAD DE "zone('de.', { parent = root, servers = { '198.18.1.1' } })\n", 6,
		"told twice");
	refuses(HEAD "zone('de.', { parent = root })\n", 3, "needs 'servers'");
	refuses(HEAD "zone('de.', { parent = root, servers = { '10.0.0.1' } })\n", 3,
		"outside of the world");
	refuses(HEAD "zone('de.', { parent = root, servers = { '198.18.0' } })\n", 3,
		"not an IPv4 or IPv6 address");
	refuses(HEAD "zone('de.', { parent = root, servers = { '198.18.1.1' }, algorithm = "
		     "'RSASHA3' })\n",
		3, "unknown algorithm 'RSASHA3'");
	refuses(HEAD "zone('de.', { parent = root, servers = { '198.18.1.1' }, zsk = { a = {}, b = "
		     "{} } })\n",
		3, "signs_with");
	refuses(HEAD "zone('de.', { parent = root, servers = { '198.18.1.1' }, signed = false, ksk "
		     "= {} })\n",
		3, "ksk is for signed zones");
	refuses(HEAD "population { count = 10, ttl = { [60] = 0.5 } }\n", 3, "add up to 0.5");
	/* What only the whole tree shows still has a line. */
	refuses(HEAD "\nzone('de.', { parent = root, servers = { '198.18.1.1' },\n"
		     "delegations = population { count = 9, hosters_in = { ['net.'] = 1 } } })\n",
		4, "no zone");
	refuses(HEAD "zone('de.', { parent = root, servers = { '198.18.200.1' } })\n", 3,
		"the hosters'");
	/* The line of the zone whose fault it is, whatever else the sentence names. */
	refuses(HEAD "zone('net.', { parent = root, servers = { '198.18.2.1' } })\n"
		     "zone('de.', { parent = root, servers = { ['net.'] = '198.18.1.1' } })\n",
		4, "the name of server 'net.' of zone 'de.' is a zone's apex");
}

static void what_is_wrong_with_an_event_is_told(void **state)
{
	(void)state;
	refuses(HEAD DE "at('04:00', de:sign { key = 'old' })\n", 6, "outside of the scenario");
	refuses(HEAD DE "\nat('+13h', mark 'late')\n", 7, "outside of the scenario");
	refuses(HEAD DE "at('2026-05-05T13:29Z', resolver:reload())\n", 6, "outside");
	refuses(HEAD DE "at('25:00', mark 'x')\n", 6, "is not an instant");
	refuses(HEAD DE "at('19:00', de:sign { key = 'newest' })\n", 6,
		"there is no ZSK 'newest'; there is: 'old', 'new'");
	refuses(HEAD DE "at('19:00', de:sign { key = 'new', mismatched = 2 })\n", 6,
		"must be 0 to 1");
	refuses(HEAD DE "at('19:00', de:sign { key = 'new', always_mismatched = { 'x' } })\n", 6,
		"NAME TYPE");
	refuses(HEAD DE "at('19:00', de:sign { key = 'new', reaches_servers = '18:00' })\n", 6,
		"before it is made");
	refuses(HEAD DE "at('19:00', de.sign { key = 'new' })\n", 6, "with a colon");
	refuses(HEAD DE "at('19:00', 'sign')\n", 6, "what happens?");
	refuses(HEAD DE "at('19:00', de:server 'q.nic.de.':dark())\n", 6, "no server 'q.nic.de.'");
	refuses(HEAD DE "at('19:00', de:server('a.nic.de.'):dark { to = '18:00' })\n", 6,
		"ends before it begins");
	refuses(HEAD DE "mitigation('m', function()\nat('19:00', de:sign { key = 'new' }) end)\n",
		7, "acts on the resolver");
	refuses(HEAD "mitigation('none', function() end)\n", 3, "'none'");
	refuses(HEAD "\nfaults()\n", 4, "functions of mitigations");
}

static void what_is_wrong_with_traffic_is_told(void **state)
{
	(void)state;
	refuses(HEAD DE "traffic { rate = 1, fresh = 0.6, nxdomain = 0.6 }\n", 6,
		"more than 1 together");
	refuses(HEAD DE "traffic { rate = 1, names = zipf { count = 60000 } }\n", 6,
		"of a population of 50000");
	refuses(HEAD DE "traffic { rate = { ['19:00'] = 1 } }\n", 6, "from the start on");
	refuses(HEAD DE "traffic { rate = 1, outside = 0.1 }\n", 6, "which other population");
	refuses(HEAD DE "traffic { rate = 1 }\ntraffic { rate = 2 }\n", 7, "each has a name");
	refuses(HEAD DE "traffic { rate = 1 }\ntraffic { rate = 2, name = 'b' }\n", 7,
		"each has a name, and the one of");
	refuses(HEAD DE "traffic { rate = 1, name = 'a' }\ntraffic { rate = 2, name = 'a' }\n", 7,
		"there is a traffic 'a' already");
	refuses(HEAD DE "traffic { rate = 1, name = 'signed' }\n", 6, "is a class of names");
	refuses(HEAD DE "traffic { rate = 1, stub = { retry_on = { 'nxdomain' } } }\n", 6,
		"retry_on is a list");
}

#define SITES "local a = resolver('a', {})\nlocal b = resolver('b', { driver = 'unbound' })\n"
#define ASKS(list) "traffic { rate = 1, stub = { " list " } }\n"

static void clients_have_a_list_of_resolvers(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD DE ASKS("resolvers = { 'b', 'a' }, strategy = 'rotate'") SITES
		"at('19:00', clients:move { from = a, to = 'b', share = 0.25, back = '19:30' })\n");
	const struct stub_plan *p = &s->traffic[0].stub;
	const struct event *ev = &s->timeline.events[s->timeline.count - 1];

	(void)state;
	assert_int_equal(p->asks_count, 2);
	assert_int_equal(p->roles[0], 1);
	assert_int_equal(p->roles[1], 0);
	assert_int_equal(p->strategy, STRATEGY_ROTATE);
	assert_int_equal(s->asked, 1);
	assert_int_equal(ev->operation, OPERATION_MOVE);
	assert_true(ev->move.from == 0 && ev->move.to == 1 && ev->move.share == 0.25);
	assert_true(ev->move.back == instant("2026-05-05T19:30Z"));
	assert_string_equal(ev->what, "25 % of a's clients come to b");
}

static void what_is_wrong_with_a_list_of_resolvers_is_told(void **state)
{
	(void)state;
	refuses(HEAD DE SITES ASKS("resolvers = {}"), 8, "resolvers is a list of 1 to 8");
	refuses(HEAD DE SITES ASKS("resolvers = { a, 'a' }"), 8, "resolvers has 'a' twice");
	refuses(HEAD DE SITES ASKS("resolvers = { a, 5 }"), 8, "or names of them");
	refuses(HEAD DE ASKS("resolvers = { 'a', 'nobody' }") SITES, 6,
		"resolvers has 'nobody', and there is no such resolver");
	refuses(HEAD DE ASKS("resolvers = { 'a' }"), 6, "there is no such resolver");
	refuses(HEAD DE SITES ASKS("resolvers = { a, b }, strategy = 'random'"), 8,
		"strategy is \"in order\", \"rotate\" or \"sticky\"");
	refuses(HEAD DE SITES ASKS("resolvers = { a }, strategy = 'rotate'"), 8,
		"strategy is for several resolvers");
	refuses(HEAD DE SITES "resolver('c', { like = 'd' })\n", 8,
		"there is no resolver 'd' above");
	refuses(HEAD DE SITES "resolver('c', { like = a, driver = 'bind' })\n", 8,
		"like says driver and mitigation");
	refuses(HEAD DE "resolver('a', { tested = true })\nresolver('b', { tested = true, asked = "
			"true })\n",
		7, "'tested' is said twice");
#define MOVES HEAD DE SITES ASKS("resolvers = { a, b }") "at('19:00', clients:move "
	refuses(MOVES "{ from = a })\n", 9, "to");
	refuses(MOVES "{ from = a, to = a })\n", 9, "from and to are both 'a'");
	refuses(MOVES "{ from = a, to = 'c' })\n", 9, "there is no resolver 'c' above");
	refuses(MOVES "{ from = a, to = b, share = 0 })\n", 9, "needs a share above 0");
	refuses(MOVES "{ from = a, to = b, share = 2 })\n", 9, "share");
	refuses(MOVES "{ from = a, to = b, back = '18:00' })\n", 9, "come back before they go");
#undef MOVES
}

static void an_unknown_scenario_is_answered_with_those_there_are(void **state)
{
	struct scenario *s = NULL;
	struct err e;

	(void)state;
	assert_int_equal(scenario_load("no-such", NULL, &s, &e), -ENOENT);
	assert_non_null(strstr(e.text, "'no-such'"));
}

/* The caller's. */
static char *plan_of(struct scenario *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct err e;

	assert_int_equal(plan_print(s, out, &e), 0);
	fclose(out);
	return text;
}

static void a_plan_fits_into_80_columns(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD DE "traffic { rate = { ['+0s'] = 100, ['19:00'] = 20 } }\n"
			"at('19:19', de:sign { key = 'new', mismatched = 2/3, "
			"always_mismatched = { 'apex-nsec3' } })\n"
			"mitigation('nta', function() at('22:17', resolver:nta 'de.') end)\n");
	char *text = plan_of(s);

	(void)state;
	assert_non_null(strstr(text, "19:19:00 +05:49:00 zone"));
	assert_non_null(strstr(text, "66.7 % mismatched"));
	assert_non_null(strstr(text, "    22:17:00 +08:47:00 operator nta de.\n"));
	assert_non_null(strstr(text, "operator nta de. 15 min after the first failure\n"));
	assert_non_null(strstr(text, "50,000"));
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (strlen(line) > 80)
			fail_msg("too wide: %s", line);
	free(text);
}

static void a_plan_tells_of_deep_names_and_of_time_that_computing_takes(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		"scenario { name = 'x', from = '2026-05-05T13:30Z', to = '+1h', charge_cpu = "
		"2.5 }\nlocal root = zone('.', { servers = { '198.18.0.1' }, delegations = "
		"population { count = 10 } })\n"
		"traffic { rate = 1, nxdomain = { share = 1, labels = 9, from = '14:00' } }\n");
	char *text = plan_of(s);

	(void)state;
	assert_non_null(
		strstr(text, "\nA second of the resolver's CPU time takes 2.5 of the clock\n"));
	assert_non_null(strstr(text, "9 labels below"));
	free(text);
}

static void a_loop_is_a_fault_of_both_zones(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "local a = zone('a.', { parent = root, servers = { '198.18.2.1' } })\n"
			     "local b = zone('b.', { parent = root, servers = { '198.18.3.1' } })\n"
			     "at('+1h', a:fault('delegation-loop', { with = b }))\n");

	(void)state;
	assert_int_equal(s->tree->fault_count, 2);
	assert_ptr_equal(s->tree->faults[1].zone, s->tree->faults[0].other);
	assert_ptr_equal(s->tree->faults[1].other, s->tree->faults[0].zone);
	assert_true(s->tree->faults[0].text_names_it && s->tree->faults[1].text_names_it);
}

static void the_shipped_scenarios_load(void **state)
{
	static const char *const names[] = { "de-2026", "minute", "dark" };
	struct scenario_options o = { .seed = 1 };
	struct err e;

	(void)state;
	if (!shipped_path(SHIPPED_SCENARIOS))
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct scenario *s = NULL;

		if (scenario_load(names[i], &o, &s, &e))
			fail_msg("%s", e.text);
		assert_string_equal(s->name, names[i]);
		assert_true(s->tree->fault_count > 0 && s->expectation_count > 0);
		scenario_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scenario_has_a_name_and_times),
		cmocka_unit_test(a_long_run_has_longer_bins_unless_somebody_says_how_long),
		cmocka_unit_test(resolvers_with_nothing_in_work_may_look_round_late),
		cmocka_unit_test(a_scenario_may_make_computing_take_time),
		cmocka_unit_test(a_plan_tells_of_deep_names_and_of_time_that_computing_takes),
		cmocka_unit_test(a_scenario_may_say_what_it_teaches_and_where_its_facts_are_from),
		cmocka_unit_test(a_wildcard_gives_a_zone_names_of_its_own),
		cmocka_unit_test(a_share_of_one_RRset_is_noted_with_its_place),
		cmocka_unit_test(what_a_wildcard_cannot_be_is_refused),
		cmocka_unit_test(a_zone_has_what_its_table_says),
		cmocka_unit_test(a_zone_is_signed_unless_it_says_otherwise),
		cmocka_unit_test(servers_without_names_get_some),
		cmocka_unit_test(a_population_has_what_its_table_says),
		cmocka_unit_test(the_key_that_signs_first_is_told_or_the_oldest),
		cmocka_unit_test(a_wrong_signing_is_a_fault_until_a_good_one_is_everywhere),
		cmocka_unit_test(a_staged_fault_begins_at_the_first_server),
		cmocka_unit_test(servers_are_disturbed),
		cmocka_unit_test(operators_act_in_their_mitigation),
		cmocka_unit_test(what_is_known_of_resolvers_is_kept_with_its_place),
		cmocka_unit_test(what_is_known_without_a_range_or_a_reason_is_refused),
		cmocka_unit_test(a_mitigation_says_what_it_is_and_what_it_configures),
		cmocka_unit_test(shipped_mitigations_follow_from_what_the_scenario_says),
		cmocka_unit_test(a_zone_that_stays_broken_is_not_flushed),
		cmocka_unit_test(a_file_of_mitigations_builds_on_the_scenario),
		cmocka_unit_test(files_of_mitigations_hold_nothing_else),
		cmocka_unit_test(what_is_allowed_against_a_baseline_is_kept_with_its_place),
		cmocka_unit_test(what_allow_cannot_mean_is_refused),
		cmocka_unit_test(traffic_has_what_its_table_says),
		cmocka_unit_test(names_that_do_not_exist_may_have_many_labels),
		cmocka_unit_test(traffic_asks_for_the_only_population_unless_told),
		cmocka_unit_test(a_trace_lies_beside_its_script),
		cmocka_unit_test(parameters_keep_their_type),
		cmocka_unit_test(inside_tells_whether_an_instant_is_in_the_scenario),
		cmocka_unit_test(what_is_wrong_with_the_language_is_told),
		cmocka_unit_test(what_is_wrong_with_a_zone_is_told),
		cmocka_unit_test(what_is_wrong_with_an_event_is_told),
		cmocka_unit_test(what_is_wrong_with_traffic_is_told),
		cmocka_unit_test(clients_have_a_list_of_resolvers),
		cmocka_unit_test(what_is_wrong_with_a_list_of_resolvers_is_told),
		cmocka_unit_test(an_unknown_scenario_is_answered_with_those_there_are),
		cmocka_unit_test(a_plan_fits_into_80_columns),
		cmocka_unit_test(a_loop_is_a_fault_of_both_zones),
		cmocka_unit_test(the_shipped_scenarios_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

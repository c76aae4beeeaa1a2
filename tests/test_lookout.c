/* SPDX-License-Identifier: BSD-2-Clause */
/* What operators who watch are told, what they may do, and how what is wrong is refused. */
#include "harness/judge/lookout.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/language/script.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/wire_name.h"
#include "tests/support/written.h"

#define HEAD                                                                                       \
	"scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h' }\n"                        \
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"                                 \
	"local de = zone('de.', { parent = root, servers = { '198.18.1.1' } })\n"                  \
	"zone('sub.de.', { parent = de, servers = { '198.18.2.1' }, "                              \
	"delegations = population { count = 100, signed = 0.2 } })\n"
#define HEAD_LINES 4

/* Fakes in place of the wire and the record: what the prober sends and notes is kept here. */
static struct packet sent[512];
static uint8_t sent_data[512][512];
static unsigned sent_count;
static char noted[4096];

bool wire_is_exact(const struct wire *w)
{
	(void)w;
	return true;
}

int wire_send(struct wire *w, const struct packet *p, struct err *e)
{
	(void)w;
	(void)e;
	assert_true(sent_count < 512 && p->len <= 512);
	sent[sent_count] = *p;
	memcpy(sent_data[sent_count], p->data, p->len);
	sent[sent_count].data = sent_data[sent_count];
	sent_count++;
	return 0;
}

void record_event(struct record *r, const struct record_event *ev)
{
	size_t len = strlen(noted);

	(void)r;
	snprintf(noted + len, sizeof(noted) - len, "%s:%s;", ev->kind, ev->what);
}

static struct scenario *s;
static struct prober *prober;
static struct lookout *lookout;
static struct err err;

static const struct endpoint resolver = { { 4, { 198, 19, 0, 53 } }, 53 };
static const struct address me = { 4, { 10, 255, 255, 254 } };

static int load(const char *text)
{
	return written_load(text, NULL, &s, &err);
}

static int teardown(void **state)
{
	(void)state;
	lookout_free(TAKE(lookout));
	prober_free(TAKE(prober));
	scenario_free(TAKE(s));
	sent_count = 0;
	noted[0] = '\0';
	return 0;
}

static void begin(const char *text, const char *mitigation)
{
	teardown(NULL);
	if (load(text))
		fail_msg("%s", err.text);
	assert_int_equal(prober_new(s, NULL, NULL, &resolver, &me, &prober, &err), 0);
	assert_int_equal(lookout_new(s, mitigation, prober, &lookout, &err), 0);
}

/* The script does not load, for what stands in the line behind the head. */
static void refuses_line(const char *text, const char *sentence)
{
	char script[4096];

	teardown(NULL);
	snprintf(script, sizeof(script), HEAD "%s\n", text);
	assert_int_equal(load(script), -EINVAL);
	assert_refused(&err, HEAD_LINES + 1, sentence);
}

/* The function fails when it is called, in the line behind that of watch. */
static void fails_in_the_run(const char *body, const char *sentence)
{
	char script[4096];
	struct event ev;

	snprintf(script, sizeof(script),
		 HEAD "kept = false; watch { every = '1m', act = function(seen)\n%s\nend }\n",
		 body);
	begin(script, "none");
	assert_int_equal(lookout_next(lookout, s->from + MINUTE, &ev, &err), -EINVAL);
	assert_refused(&err, HEAD_LINES + 2, sentence);
}

static void outcome(double at, const char *name, enum outcome what)
{
	struct record_query q = { .answered = s->from + (simtime)(at * SECOND),
				  .qname = wire(name),
				  .outcome = what };

	q.sent = q.answered - 5 * SECOND;
	lookout_outcome(&q, lookout);
}

/* What is done at an instant, all in one text. */
static const char *done(double at)
{
	static char text[2048];
	struct event ev;
	int r;

	text[0] = '\0';
	while ((r = lookout_next(lookout, s->from + (simtime)(at * SECOND), &ev, &err)) > 0) {
		size_t len = strlen(text);

		assert_int_equal(ev.at, s->from + (simtime)(at * SECOND));
		snprintf(text + len, sizeof(text) - len, "%s;", ev.what);
	}
	if (r < 0)
		fail_msg("%s", err.text);
	return text;
}

/* ---- before the run ---- */

static void a_watch_that_is_told_wrong_is_refused(void **state)
{
	(void)state;
	refuses_line("watch { every = '1m', akt = function() end }", "unknown key 'akt' in watch");
	refuses_line("watch { act = function() end }", "watch: needs 'every'");
	refuses_line("watch { every = '1m' }", "watch: needs 'act'");
	refuses_line("watch { every = '500ms', act = function() end }", "whole seconds");
	refuses_line("watch { every = '1500ms', act = function() end }", "whole seconds");
	refuses_line("watch { every = 60, act = function() end }", "a duration with its unit");
	refuses_line("watch { every = '1m', act = resolver:nta 'de.' }",
		     "watch: act wants a function, not a userdata");
	refuses_line("watch { every = '1m', zone = 'com.', act = function() end }",
		     "the scenario has no zone 'com.'");
	refuses_line("at('+1m', resolver:probe 'sub.de.')", "is for the function of a watch");
}

static void only_the_watches_of_its_mitigation_are_a_cells(void **state)
{
	(void)state;
	begin(HEAD "mitigation('a', function() watch { every = '1m', act = function() return "
		   "mark 'a' end } end)\n",
	      "none");
	assert_null(lookout);
	assert_false(lookout_wanted(s, "none"));
	assert_int_equal(lookout_due(NULL), SIMTIME_NEVER);
	begin(HEAD "watch { every = '2m', act = function() return mark 'all' end }\n"
		   "mitigation('b', function() watch { every = '1m', act = function() return mark "
		   "'b' end } end)\n"
		   "mitigation('a', function() watch { every = '1m', act = function() return mark "
		   "'a' end } end)\n",
	      "a");
	assert_string_equal(done(60), "a;");
	assert_string_equal(done(120), "all;a;");
}

/* ---- what is seen ---- */

#define SHARES                                                                                     \
	HEAD "watch { every = '1m', zone = 'de.', act = function(seen) return mark(string.format(" \
	     "'%d %s %d %g %g %g %d', seen.t, seen.utc, seen.every, seen:share 'servfail', "       \
	     "seen:share('servfail', { last = '3m' }), "                                           \
	     "seen:share('servfail', { zone = 'sub.de.' }), "                                      \
	     "seen:count('queries', { zone = '.', last = '1h' }))) end }\n"

static void a_share_is_of_the_intervals_and_the_zone_that_are_asked_for(void **state)
{
	(void)state;
	begin(SHARES, "none");
	assert_int_equal(lookout_due(lookout), s->from + MINUTE);
	outcome(10, "www.d1.de.", OUTCOME_SERVFAIL);
	outcome(20, "d2.de.", OUTCOME_NOERROR);
	outcome(20, "x.sub.de.", OUTCOME_NOERROR);
	outcome(59.999, "d3.de.", OUTCOME_TIMEOUT);
	outcome(20, "example.com.", OUTCOME_NOERROR);
	outcome(60, "d4.de.", OUTCOME_SERVFAIL);
	assert_string_equal(done(60), "60 2026-05-05T12:01:00Z 60 0.333333 0.333333 0 1;");
	assert_int_equal(lookout_due(lookout), s->from + 2 * MINUTE);
	assert_string_equal(done(120), "120 2026-05-05T12:02:00Z 60 1 0.5 0 1;");
	outcome(130, "x.sub.de.", OUTCOME_SERVFAIL);
	outcome(130, ".", OUTCOME_NOERROR);
	assert_string_equal(done(180), "180 2026-05-05T12:03:00Z 60 0 0.5 1 2;");
	assert_string_equal(done(240), "240 2026-05-05T12:04:00Z 60 0 1 0 2;");
}

static void every_column_counts_what_it_is_called(void **state)
{
	struct record_query q = { .qname = (const uint8_t *)"\2de", .outcome = OUTCOME_NOERROR };

	(void)state;
	begin(HEAD "watch { every = '10s', act = function(seen) local list = {}\n"
		   "for i, column in ipairs { 'queries', 'retries', 'noerror', 'nxdomain', "
		   "'servfail', 'other', 'timeout', 'stale', 'ad' } do list[i] = "
		   "seen:count(column) end return mark(table.concat(list, ' ')) end }\n",
	      "none");
	q.answered = s->from;
	q.ad = true;
	q.age = AGE_STALE;
	lookout_outcome(&q, lookout);
	q = (struct record_query){ .qname = (const uint8_t *)"\2de",
				   .answered = s->from + SECOND,
				   .attempt = 1 };
	for (unsigned i = 0; i < 7; i++) {
		q.outcome = i < 1   ? OUTCOME_NXDOMAIN
			    : i < 3 ? OUTCOME_SERVFAIL
			    : i < 6 ? OUTCOME_OTHER
				    : OUTCOME_TIMEOUT;
		lookout_outcome(&q, lookout);
	}
	assert_string_equal(done(10), "8 7 1 1 2 3 1 1 1;");
}

static void what_is_asked_of_seen_in_vain_ends_the_cell(void **state)
{
	(void)state;
	fails_in_the_run("return seen:share 'servfial'",
			 "seen:share: there is no column 'servfial'; there are: queries, retries");
	fails_in_the_run("seen:share('servfail', { lats = '1m' })", "unknown key 'lats'");
	fails_in_the_run("seen:share('servfail', { last = '90s' })",
			 "last is a whole number of intervals of 1 min");
	fails_in_the_run("seen:share('servfail', { last = '0s' })", "a whole number of intervals");
	fails_in_the_run("seen:count('queries', { zone = 'com.' })", "has no zone 'com.'");
	fails_in_the_run("seen:probed()", "the watch has none");
	fails_in_the_run("return seen.share60", "seen has no 'share60'");
	fails_in_the_run("error 'I give up'", "I give up");
	fails_in_the_run("local n = seen.t + nil", "arithmetic");
}

static void what_was_seen_is_told_in_its_call_alone(void **state)
{
	struct event ev;

	(void)state;
	begin(HEAD "local kept\nwatch { every = '1m', act = function(seen)\n"
		   "if kept then kept:share 'servfail' end kept = seen end }\n",
	      "none");
	assert_string_equal(done(60), "");
	assert_int_equal(lookout_next(lookout, s->from + 2 * MINUTE, &ev, &err), -EINVAL);
	assert_refused(&err, HEAD_LINES + 3, "in the call of act, and not later");
}

/* ---- what is done ---- */

static void actions_come_in_their_order_and_at_their_instant(void **state)
{
	struct event ev;

	(void)state;
	begin(HEAD "local n = 0\nwatch { every = '10s', act = function(seen) n = n + 1\n"
		   "if n == 1 then return { resolver:nta 'de', resolver:flush_all(), "
		   "mark 'done' } end\n"
		   "if n == 2 then return {} end\n"
		   "if n == 3 then return resolver:nta_remove 'de.' end end }\n",
	      "none");
	assert_int_equal(lookout_next(lookout, s->from + 9 * SECOND, &ev, &err), 0);
	assert_string_equal(done(10), "nta de.;flush-all;done;");
	assert_string_equal(done(20), "");
	assert_int_equal(lookout_next(lookout, s->from + 30 * SECOND, &ev, &err), 1);
	assert_int_equal(ev.kind, EVENT_OPERATOR);
	assert_int_equal(ev.operation, OPERATION_NTA_REMOVE);
	assert_string_equal(ev.zone, "de.");
	assert_int_equal(ev.fault, -1);
}

static void nobody_acts_at_the_scenarios_end(void **state)
{
	(void)state;
	begin(HEAD "watch { every = '30m', act = function() return mark 'x' end }\n", "none");
	assert_string_equal(done(1800), "x;");
	assert_int_equal(lookout_due(lookout), SIMTIME_NEVER);
	assert_string_equal(done(3600), "");
}

static void actions_are_told_in_the_call_alone(void **state)
{
	lua_State *L;

	(void)state;
	begin(HEAD "watch { every = '1m', act = function() return resolver:nta 'de.' end }\n",
	      "none");
	assert_string_equal(done(60), "nta de.;");
	L = script_state(s->script);
	assert_int_equal(luaL_loadstring(L, "return resolver:nta 'de.'"), LUA_OK);
	assert_int_equal(script_call(s->script, 0, 1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "the run has begun"));
}

static void what_is_not_an_operators_to_do_is_refused(void **state)
{
	static const char *const loop = "while true do end";

	(void)state;
	fails_in_the_run("return de:sign { key = 'zsk' }", "an operator acts on the resolver");
	fails_in_the_run("at('+5m', resolver:nta 'de.')", "the run has begun");
	fails_in_the_run("watch { every = '1m', act = function() end }", "the run has begun");
	fails_in_the_run("return resolver:probe 'de.'",
			 "there are no signed delegations below 'de.'");
	fails_in_the_run("return resolver:probe('sub.de.', { names = 0 })", "names is 0");
	fails_in_the_run(loop, "took more than 100 million instructions");
}

static void what_a_function_gives_back_is_checked(void **state)
{
	static const struct {
		const char *body, *sentence;
	} cases[] = {
		{ "return 5", "act gave a number" },
		{ "return true", "act gave a boolean" },
		{ "return resolver:nta 'de.', resolver:flush 'de.'", "more than one value" },
		{ "return { resolver:nta 'de.', 'x' }", "act gave a string" },
		{ "return { nta = resolver:nta 'de.' }", "not a list of actions" },
		{ "local l = {} for i = 1, 65 do l[i] = resolver:nta 'de.' end return l",
		  "more than 64 actions" },
	};
	char script[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(script, sizeof(script),
			 HEAD "watch { every = '1m', act = function(seen) %s end }\n",
			 cases[i].body);
		begin(script, "none");
		assert_int_equal(
			lookout_next(lookout, s->from + MINUTE, &(struct event){ 0 }, &err),
			-EINVAL);
		assert_refused(&err, HEAD_LINES + 1, cases[i].sentence);
	}
}

/* ---- probes ---- */

#define PROBES                                                                                     \
	HEAD "watch { every = '1m', zone = 'sub.de.', act = function(seen)\n"                      \
	     "return { mark(tostring(seen:probed())), resolver:probe('sub.de.', { names = 2 }) } " \
	     "end }\n"

static const struct zone *sub(void)
{
	return s->tree->zones[2];
}

static void ask(unsigned names, double at)
{
	assert_int_equal(prober_ask(prober, sub(), names, s->from + (simtime)(at * SECOND), &err),
			 0);
}

/* The answer to what was sent as number n. */
static void answer(unsigned n, uint8_t first, uint8_t second)
{
	uint8_t bytes[512];
	struct packet p = sent[n];

	memcpy(bytes, sent[n].data, sent[n].len);
	bytes[2] = first;
	bytes[3] = second;
	p.from = sent[n].to;
	p.to = sent[n].from;
	p.at = sent[n].at + MSEC;
	p.data = bytes;
	assert_true(prober_owns(prober, &p));
	assert_int_equal(prober_answer(prober, &p, &err), 0);
}

static void a_probe_asks_for_signed_names_that_nobody_asked_for_before(void **state)
{
	struct delegation d;
	uint8_t qname[NAME_MAX_LEN];
	unsigned is_signed = 0;

	(void)state;
	begin(PROBES, "none");
	ask(3, 60);
	ask(2, 70);
	assert_int_equal(sent_count, 5);
	for (unsigned i = 0; i < sent_count; i++) {
		memcpy(qname, sent[i].data + 12, sizeof(qname));
		assert_true(tree_delegation_find(sub(), qname, &d));
		assert_true(d.is_signed);
		assert_int_equal(sent[i].data[2], 0x01); /* RD */
		assert_int_equal(sent[i].data[3], 0x20); /* AD, no CD */
		assert_int_equal(sent[i].data[sent[i].len - 4], 0x80); /* DO */
		assert_memory_equal(&sent[i].from.address, &me, sizeof(me));
		for (unsigned j = 0; j < i; j++)
			assert_memory_not_equal(sent[i].data + 12, sent[j].data + 12, 12);
	}
	for (uint64_t n = 0; n < 100; n++) {
		tree_delegation_plan(sub(), n, &d);
		is_signed += d.is_signed;
	}
	/* The lower half of the ranks is the clients' own. */
	while (prober_ask(prober, sub(), 1, s->from, &err) == 0)
		assert_true(sent_count < is_signed);
	assert_non_null(strstr(err.text, "no signed name is left below 'sub.de.'"));
}

static void a_probe_tells_the_worst_of_its_outcomes(void **state)
{
	static const struct {
		uint8_t codes[2];
		const char *outcome;
	} cases[] = {
		{ { 0xa0, 0xa0 }, "secure" }, { { 0xa0, 0x80 }, "insecure" },
		{ { 0x80, 0x85 }, "other" },  { { 0x82, 0xa0 }, "bogus" },
		{ { 0x85, 0x82 }, "bogus" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(PROBES, "none");
		assert_null(prober_outcome(prober, sub()));
		ask(2, 60);
		answer(0, 0x81, cases[i].codes[0]);
		assert_null(prober_outcome(prober, sub()));
		answer(1, 0x81, cases[i].codes[1]);
		assert_string_equal(prober_outcome(prober, sub()), cases[i].outcome);
		assert_int_equal(prober_due(prober), SIMTIME_NEVER);
	}
	assert_string_equal(noted, "resolver:probe of sub.de.: bogus;");
}

static void a_probe_that_nobody_answers_times_out(void **state)
{
	(void)state;
	begin(PROBES, "none");
	ask(2, 60);
	answer(1, 0x81, 0xa0);
	assert_int_equal(prober_due(prober), s->from + 65 * SECOND);
	prober_run(prober, s->from + 65 * SECOND - 1);
	assert_null(prober_outcome(prober, sub()));
	prober_run(prober, s->from + 65 * SECOND);
	assert_string_equal(prober_outcome(prober, sub()), "timeout");
	answer(0, 0x81, 0xa0);
	assert_string_equal(prober_outcome(prober, sub()), "timeout");
}

static void a_probes_truncated_answer_is_fetched_by_tcp(void **state)
{
	(void)state;
	begin(PROBES, "none");
	ask(1, 60);
	answer(0, 0x83, 0xa0);
	assert_int_equal(sent_count, 2);
	assert_true(sent[1].tcp);
	assert_null(prober_outcome(prober, sub()));
	answer(1, 0x81, 0xa0);
	assert_string_equal(prober_outcome(prober, sub()), "secure");
}

static void the_next_probe_of_a_zone_takes_the_place_of_one_on_its_way(void **state)
{
	(void)state;
	begin(PROBES, "none");
	ask(1, 60);
	ask(1, 61);
	answer(0, 0x81, 0x82);
	assert_null(prober_outcome(prober, sub()));
	answer(1, 0x81, 0xa0);
	assert_string_equal(prober_outcome(prober, sub()), "secure");
}

static void a_function_knows_what_its_probe_came_to(void **state)
{
	(void)state;
	begin(PROBES, "none");
	assert_string_equal(done(60), "nil;probe sub.de.;");
	ask(1, 60);
	assert_string_equal(done(120), "nil;probe sub.de.;");
	answer(0, 0x81, 0x82);
	assert_string_equal(done(180), "bogus;probe sub.de.;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_watch_that_is_told_wrong_is_refused, teardown),
		cmocka_unit_test_teardown(only_the_watches_of_its_mitigation_are_a_cells, teardown),
		cmocka_unit_test_teardown(
			a_share_is_of_the_intervals_and_the_zone_that_are_asked_for, teardown),
		cmocka_unit_test_teardown(every_column_counts_what_it_is_called, teardown),
		cmocka_unit_test_teardown(what_is_asked_of_seen_in_vain_ends_the_cell, teardown),
		cmocka_unit_test_teardown(what_was_seen_is_told_in_its_call_alone, teardown),
		cmocka_unit_test_teardown(actions_come_in_their_order_and_at_their_instant,
					  teardown),
		cmocka_unit_test_teardown(nobody_acts_at_the_scenarios_end, teardown),
		cmocka_unit_test_teardown(actions_are_told_in_the_call_alone, teardown),
		cmocka_unit_test_teardown(what_is_not_an_operators_to_do_is_refused, teardown),
		cmocka_unit_test_teardown(what_a_function_gives_back_is_checked, teardown),
		cmocka_unit_test_teardown(
			a_probe_asks_for_signed_names_that_nobody_asked_for_before, teardown),
		cmocka_unit_test_teardown(a_probe_tells_the_worst_of_its_outcomes, teardown),
		cmocka_unit_test_teardown(a_probe_that_nobody_answers_times_out, teardown),
		cmocka_unit_test_teardown(a_probes_truncated_answer_is_fetched_by_tcp, teardown),
		cmocka_unit_test_teardown(
			the_next_probe_of_a_zone_takes_the_place_of_one_on_its_way, teardown),
		cmocka_unit_test_teardown(a_function_knows_what_its_probe_came_to, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

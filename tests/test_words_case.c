/* SPDX-License-Identifier: BSD-2-Clause */
/* What `case`, `catalogue` and `keys_of` mean, and how wrong ones are refused. */
#include "sim/language/scenario.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cli/plan.h"
#include "zones/state.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/written.h"

#define HEAD                                                                                       \
	"scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h' }\n"                        \
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"                                 \
	"local z = zone('a.', { parent = root, servers = { '198.18.1.1' } })\n"

static void a_case_asks_for_any_type_that_has_a_name_or_a_number(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "case('one', { zone = z, type = 'CAA' })\n"
			     "case('two', { zone = z, type = 'HTTPS' })\n"
			     "case('three', { zone = z, type = 'TYPE65280' })\n");

	(void)state;
	assert_int_equal(s->cases[0].qtype, 257);
	assert_int_equal(s->cases[1].qtype, 65);
	assert_int_equal(s->cases[2].qtype, 65280);
}

static void a_case_asks_for_the_apex_at_the_start_and_waits_half_a_minute(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(HEAD "case('one', { zone = z })\n");
	const struct case_plan *c = &s->cases[0];

	(void)state;
	assert_int_equal(s->case_count, 1);
	assert_string_equal(c->name, "one");
	assert_ptr_equal(c->zone, s->tree->zones[1]);
	assert_true(name_equal(c->qname, (const uint8_t *)"\1a"));
	assert_int_equal(c->qtype, RR_A);
	assert_int_equal(c->at, s->from);
	assert_int_equal(c->wait, 30 * SECOND);
}

static void a_case_can_say_what_is_asked_and_when(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD "case('one', { zone = z, name = 'b.a.', type = 'AAAA', at = '+5m', wait "
		     "= '10s' })\n");
	const struct case_plan *c = &s->cases[0];

	(void)state;
	assert_true(name_equal(c->qname, (const uint8_t *)"\1b\1a"));
	assert_int_equal(c->qtype, RR_AAAA);
	assert_string_equal(c->type, "AAAA");
	assert_int_equal(c->at, s->from + 5 * MINUTE);
	assert_int_equal(c->wait, 10 * SECOND);
}

static void a_name_below_is_random_and_the_same_for_a_seed(void **state)
{
	static const char text[] = HEAD "case('one', { zone = z, below = true })\n"
					"case('two', { zone = z, below = true })\n";
	_cleanup_(scenario_freep) struct scenario *a = written(text);
	_cleanup_(scenario_freep) struct scenario *b = written(text);
	_cleanup_(scenario_freep) struct scenario *other = NULL;
	struct err e;

	(void)state;
	assert_int_equal(written_load(text, &(struct scenario_options){ .seed = 8 }, &other, &e),
			 0);
	assert_true(name_equal(name_skip(a->cases[0].qname, 1), (const uint8_t *)"\1a"));
	assert_true(name_equal(a->cases[0].qname, b->cases[0].qname));
	assert_false(name_equal(a->cases[0].qname, a->cases[1].qname));
	assert_false(name_equal(a->cases[0].qname, other->cases[0].qname));
}

static void a_wrong_case_is_refused_with_its_line(void **state)
{
	(void)state;
	refuses(HEAD "case('one')\n", 4, "no table");
	refuses(HEAD "case('one', {})\n", 4, "zone");
	refuses(HEAD "case('one', { zone = z, nome = 1 })\n", 4, "nome");
	refuses(HEAD "case('one', { zone = 'a.' })\n", 4, "wants a zone");
	refuses(HEAD "case('one', { zone = z, type = 'B' })\n", 4, "unknown type 'B'");
	refuses(HEAD "case('one', { zone = z, at = '+2h' })\n", 4, "outside");
	refuses(HEAD "case('one', { zone = z, wait = '2h' })\n", 4, "wait");
	refuses(HEAD "case('a/b', { zone = z })\n", 4, "no name for a case");
	refuses(HEAD "case('', { zone = z })\n", 4, "no name for a case");
	refuses(HEAD "case('one', { zone = z })\ncase('one', { zone = z })\n", 5, "told twice");
}

static void a_scenario_with_cases_has_no_clients_and_nobody_acts(void **state)
{
	static const char *const more[] = {
		"expect('x', function() end)\n",
		"report(function() end)\n",
		"allow { peak = { worse_by = 0.1 } }\n",
		"watch { every = '1m', act = function() end }\n",
		"after_first_failure('1m', mark 'x')\n",
		"at('+1m', resolver:flush_all())\n",
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		snprintf(text, sizeof(text), "%scase('one', { zone = z })\n%s", HEAD, more[i]);
		refuses(text, 4, "a scenario with cases");
	}
}

static void the_plan_tells_each_case(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "case('one', { zone = z, type = 'AAAA', at = '+5m' })\n");
	_cleanup_(freep) char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct err e;

	(void)state;
	assert_int_equal(plan_print(s, out, &e), 0);
	assert_int_equal(fclose(out), 0);
	assert_non_null(strstr(text, "Cases (1,"));
	assert_non_null(strstr(text, "a. AAAA at 2026-05-05T12:05:00Z, for 30 s"));
	assert_null(strstr(text, "Traffic"));
}

static void the_catalogue_has_every_fault_and_what_it_must_be_told(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD "local n = 0\n"
		     "for _, f in ipairs(catalogue()) do\n"
		     "n = n + 1\n"
		     "if f.name == 'authority-delay' then\n"
		     "assert(f.parameters.by == true and f.parameters.jitter == false)\n"
		     "assert(f.group == 'On the wire' and not f.dnssec)\n"
		     "end\n"
		     "if f.name == 'rrsig-exp-a' then assert(f.dnssec and f.needs_signed) end\n"
		     "case(f.name, { zone = z })\n"
		     "end\n");
	unsigned n = 0;

	(void)state;
	for (; fault_row(n); n++)
		assert_string_equal(s->cases[n].name, fault_row(n)->name);
	assert_int_equal(s->case_count, n);
}

static void zones_can_share_key_pairs(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = written(
		HEAD "local b = zone('b.', { parent = root, keys_of = z, servers = { "
		     "'198.18.1.2' } })\n"
		     "zone('c.', { parent = root, keys_of = b, servers = { '198.18.1.3' } })\n"
		     "zone('d.', { parent = root, servers = { '198.18.1.4' } })\n");
	struct zone **z = s->tree->zones;
	struct err e;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		assert_ptr_equal(sign_key(z[2], i, &e), sign_key(z[1], i, &e));
		assert_ptr_equal(sign_key(z[3], i, &e), sign_key(z[1], i, &e));
		assert_ptr_equal(sign_twin(z[2], i, &e), sign_twin(z[1], i, &e));
		assert_ptr_not_equal(sign_key(z[4], i, &e), sign_key(z[1], i, &e));
	}
}

static void shared_keys_are_a_signed_zone_s_and_go_without_own_ones(void **state)
{
	(void)state;
	refuses(HEAD "zone('b.', { parent = root, keys_of = z, zsk = {}, servers = { '198.18.1.2' "
		     "} })\n",
		4, "zsk goes without keys_of");
	refuses(HEAD
		"local u = zone('u.', { parent = root, signed = false, servers = { '198.18.1.2' "
		"} })\n"
		"zone('b.', { parent = root, keys_of = u, servers = { '198.18.1.3' } })\n",
		5, "has no keys");
	refuses(HEAD "zone('b.', { parent = root, keys_of = 'a.', servers = { '198.18.1.2' } })\n",
		4, "wants a zone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_case_asks_for_any_type_that_has_a_name_or_a_number),
		cmocka_unit_test(a_case_asks_for_the_apex_at_the_start_and_waits_half_a_minute),
		cmocka_unit_test(a_case_can_say_what_is_asked_and_when),
		cmocka_unit_test(a_name_below_is_random_and_the_same_for_a_seed),
		cmocka_unit_test(a_wrong_case_is_refused_with_its_line),
		cmocka_unit_test(a_scenario_with_cases_has_no_clients_and_nobody_acts),
		cmocka_unit_test(the_plan_tells_each_case),
		cmocka_unit_test(the_catalogue_has_every_fault_and_what_it_must_be_told),
		cmocka_unit_test(zones_can_share_key_pairs),
		cmocka_unit_test(shared_keys_are_a_signed_zone_s_and_go_without_own_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

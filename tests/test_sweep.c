/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "harness/subject/sweep.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"

static struct scenario *base;
static struct sweep sweep;
static struct err e;
static const struct scenario_options options = { .seed = 1 };

static int read_with(const struct scenario_options *o, const char *one, const char *other)
{
	const char *const texts[] = { one, other };

	sweep_done(&sweep);
	scenario_free(base);
	base = NULL;
	assert_int_equal(scenario_load("minute", o, &base, &e), 0);
	return sweep_read(&sweep, base, "minute", o, texts, other ? 2 : 1, &e);
}

static int sweeping(const char *one, const char *other)
{
	return read_with(&options, one, other);
}

static const struct sweep_point *point(const char *mitigation, unsigned i)
{
	const struct sweep_point *p = NULL;

	assert_int_equal(sweep_point(&sweep, mitigation, i, &p, &e), 0);
	return p;
}

static void a_time_multiplies_its_mitigation_and_a_parameter_all(void **state)
{
	(void)state;
	assert_int_equal(sweeping("nta=15s,30s,19:19:40", "rate=10,20"), 0);
	assert_int_equal(sweep_count(&sweep, "none"), 2);
	assert_int_equal(sweep_count(&sweep, "nta"), 6);
	assert_string_equal(point("none", 1)->name, "none-rate=20");
	assert_string_equal(point("nta", 0)->name, "nta=15s-rate=10");
	assert_string_equal(point("nta", 5)->name, "nta=19.19.40-rate=20");
	assert_ptr_equal(point("nta", 0), point("nta", 0));
	assert_true(point("nta", 1)->scenario->traffic[0].rates[0].rate > 19);
	assert_true(point("nta", 0)->scenario->traffic[0].rates[0].rate < 11);
}

static const struct event *his(const struct event *list, unsigned count, enum operation op)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(list[i].mitigation, "nta") == 0 && list[i].operation == op)
			return &list[i];
	return NULL;
}

static void the_operator_acts_at_the_value_and_takes_it_back_as_before(void **state)
{
	const struct timeline *tl;
	const struct event *nta, *gone;

	(void)state;
	assert_int_equal(sweeping("nta=15s,+70s", NULL), 0);
	tl = &point("nta", 0)->scenario->timeline;
	nta = his(tl->awaited, tl->awaited_count, OPERATION_NTA);
	gone = his(tl->events, tl->count, OPERATION_NTA_REMOVE);
	assert_non_null(nta);
	assert_non_null(gone);
	assert_null(his(tl->events, tl->count, OPERATION_NTA));
	assert_true(nta->at == 15 * SECOND);
	assert_true(gone->at == base->from + 150 * SECOND);
	assert_true(nta->before == gone->at);
	tl = &point("nta", 1)->scenario->timeline;
	assert_true(his(tl->events, tl->count, OPERATION_NTA)->at == base->from + 70 * SECOND);
}

static bool knows_of(const struct scenario *s, const char *mitigation)
{
	for (unsigned i = 0; i < s->knowledge_count; i++)
		if (strcmp(s->knowledge[i].mitigation, mitigation) == 0)
			return true;
	return false;
}

static void what_is_known_of_the_scenarios_own_instant_is_not_judged_at_another(void **state)
{
	(void)state;
	assert_int_equal(sweeping("nta=15s", NULL), 0);
	assert_true(knows_of(base, "nta"));
	assert_false(knows_of(point("nta", 0)->scenario, "nta"));
	assert_true(knows_of(point("nta", 0)->scenario, "none"));
}

static unsigned expected_of(const struct scenario *s, const char *mitigation)
{
	unsigned count = 0;

	for (unsigned i = 0; i < s->expectation_count; i++)
		count += strcmp(s->expectations[i].mitigation, mitigation) == 0;
	return count;
}

static void nor_is_what_was_expected_of_it(void **state)
{
	const char *path = folder_put(
		"own.lua", "scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+10m' }\n"
			   "local root = zone('.', { servers = { '198.18.0.1' } })\n"
			   "local de = zone('de.', { parent = root, servers = { '198.18.1.1' }, "
			   "nsec3 = {} })\n"
			   "mitigation('nta', function() at('+90s', resolver:nta 'de.') end)\n"
			   "local function holds() return true end\n"
			   "expect('of none', holds, { mitigation = 'none' })\n"
			   "expect('of nta', holds, { mitigation = 'nta' })\n");
	const char *const texts[] = { "nta=15s" };
	const struct scenario *s;

	(void)state;
	sweep_done(&sweep);
	scenario_free(base);
	base = NULL;
	if (scenario_load(path, &options, &base, &e))
		fail_msg("%s", e.text);
	assert_int_equal(sweep_read(&sweep, base, path, &options, texts, 1, &e), 0);
	assert_int_equal(expected_of(base, "nta"), 1);
	s = point("nta", 0)->scenario;
	assert_int_equal(expected_of(s, "nta"), 0);
	assert_int_equal(expected_of(s, "none"), 1);
}

static void refuses(const char *one, const char *other, const char *says)
{
	assert_int_equal(sweeping(one, other), -EINVAL);
	assert_non_null(strstr(e.text, says));
}

static void what_cannot_be_swept_is_one_sentence(void **state)
{
	const char *const sets[] = { "rate=3" };
	const struct scenario_options with_set = { .seed = 1, .sets = sets, .set_count = 1 };

	(void)state;
	refuses("rat=10", NULL, "did you mean 'rate'?");
	refuses("nto=10m", NULL, "did you mean 'nta'?");
	refuses("nta=15x", NULL, "'15x' is neither");
	refuses("nta=15", NULL, "'15' is neither");
	refuses("nta=60s,1m", NULL, "'60s' and '1m' are the same");
	refuses("rate=10,10.0", NULL, "are the same");
	refuses("nta=", NULL, "a value is empty");
	refuses("nta", NULL, "KEY=VALUE,VALUE");
	refuses("nta=1m", "nta=2m", "given twice");
	assert_int_equal(read_with(&with_set, "rate=10", NULL), -EINVAL);
	assert_non_null(strstr(e.text, "--set and by --sweep"));
}

static void a_value_that_the_scenario_refuses_is_told_with_its_name(void **state)
{
	const struct sweep_point *p = NULL;

	(void)state;
	assert_int_equal(sweeping("nta=+155s", NULL), 0);
	assert_int_equal(sweep_point(&sweep, "nta", 0, &p, &e), -EINVAL);
	assert_non_null(strstr(e.text, "--sweep nta=+155s"));
	assert_non_null(strstr(e.text, "is not before 'nta-remove de.'"));
	assert_int_equal(sweeping("rate=many", NULL), 0);
	assert_int_equal(sweep_point(&sweep, "none", 0, &p, &e), -EINVAL);
	assert_non_null(strstr(e.text, "it is a number"));
}

static void a_mitigation_that_is_swept_is_run_without_being_named(void **state)
{
	char list[32] = "none";

	(void)state;
	assert_int_equal(sweeping("nta=15s", "rate=10"), 0);
	assert_string_equal(sweep_unused(&sweep, list), "nta");
	assert_int_equal(sweep_add_mitigations(&sweep, list, sizeof(list), &e), 0);
	assert_string_equal(list, "none,nta");
	assert_null(sweep_unused(&sweep, list));
	assert_string_equal(sweep_unused(&sweep, "none,nta-flush"), "nta");
}

static void each_setting_is_taken_out_once_beside_the_whole(void **state)
{
	json_t *settings = json_pack("[{s:s}, {s:s}, {s:s}]", "name", "prefetch", "name",
				     "access-control", "name", "prefetch");
	json_t *none = json_array();

	(void)state;
	assert_int_equal(sweeping("rate=10,20", NULL), 0);
	assert_int_equal(sweep_add_settings(&sweep, settings, &e), 0);
	assert_int_equal(sweep_count(&sweep, "none"), 6);
	assert_string_equal(point("none", 0)->name, "none-rate=10");
	assert_null(sweep_point_without(point("none", 3)));
	assert_string_equal(point("none", 4)->name, "none-rate=20-without=prefetch");
	assert_string_equal(sweep_point_without(point("none", 5)), "access-control");
	assert_true(point("none", 5)->scenario->traffic[0].rates[0].rate > 19);
	assert_int_equal(sweep_add_settings(&sweep, settings, &e), -EINVAL);
	assert_int_equal(sweeping("rate=10", NULL), 0);
	assert_int_equal(sweep_add_settings(&sweep, none, &e), -EINVAL);
	json_decref(settings);
	json_decref(none);
}

static int let_go(void **state)
{
	(void)state;
	sweep_done(&sweep);
	scenario_free(base);
	return folder_remove(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_multiplies_its_mitigation_and_a_parameter_all),
		cmocka_unit_test(the_operator_acts_at_the_value_and_takes_it_back_as_before),
		cmocka_unit_test(
			what_is_known_of_the_scenarios_own_instant_is_not_judged_at_another),
		cmocka_unit_test(nor_is_what_was_expected_of_it),
		cmocka_unit_test(what_cannot_be_swept_is_one_sentence),
		cmocka_unit_test(a_value_that_the_scenario_refuses_is_told_with_its_name),
		cmocka_unit_test(a_mitigation_that_is_swept_is_run_without_being_named),
		cmocka_unit_test(each_setting_is_taken_out_once_beside_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, let_go);
}

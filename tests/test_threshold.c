/* SPDX-License-Identifier: BSD-2-Clause */
/* What is worse, by how much, and what of it is allowed: rules for every kind of figure. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/threshold.h"
#include "tests/support/test.h"

static const struct figure missing = { FIGURE_MISSING, 0 }, never = { FIGURE_NEVER, 600 },
			   already = { FIGURE_ALREADY, 0 };

static struct figure value(double v)
{
	return (struct figure){ FIGURE_VALUE, v };
}

static struct recorded_cell cell_with(const char *figure, struct figure f)
{
	struct recorded_cell c = { .mitigation = "none" };

	*(struct figure *)figures_get(&c.figures, figures_find(figure)) = f;
	return c;
}

static json_t *judge(struct allowance a, struct figure was, struct figure is)
{
	struct scenario s = { .allowances = &a, .allowance_count = 1 };
	struct recorded_cell before = cell_with(a.figure, was), now = cell_with(a.figure, is);
	json_t *list = threshold_judge(&s, &before, &now), *one;

	assert_int_equal(json_array_size(list), 1);
	one = json_incref(json_array_get(list, 0));
	json_decref(list);
	return one;
}

static bool holds(struct allowance a, struct figure was, struct figure is)
{
	json_t *one = judge(a, was, is);
	bool held = json_is_true(json_object_get(one, "held"));

	json_decref(one);
	return held;
}

static void more_of_what_should_be_less_is_allowed_as_far_as_said(void **state)
{
	struct allowance a = { .figure = "servfail_share", .amount = 0.01 };

	(void)state;
	assert_true(holds(a, value(0.2), value(0.2)));
	assert_true(holds(a, value(0.2), value(0.21)));
	assert_false(holds(a, value(0.2), value(0.2101)));
	assert_true(holds(a, value(0.2), value(0)));
	a.amount = 0;
	assert_true(holds(a, value(0.1 + 0.2), value(0.3)));
	assert_true(holds(a, value(0.3), value(0.1 + 0.2)));
	assert_false(holds(a, value(0.3), value(0.3001)));
}

static void less_of_what_should_be_more_is_allowed_as_far_as_said(void **state)
{
	struct allowance a = { .figure = "right_ede_share", .amount = 0.05 };

	(void)state;
	assert_true(holds(a, value(0.9), value(0.85)));
	assert_false(holds(a, value(0.9), value(0.84)));
	assert_true(holds(a, value(0.1), value(1)));
}

static void a_factor_is_of_what_was(void **state)
{
	struct allowance less = { .figure = "upstream_ratio", .amount = 1.2, .is_factor = true };
	struct allowance more = { .figure = "time_to_10", .amount = 2, .is_factor = true };

	(void)state;
	assert_true(holds(less, value(10), value(12)));
	assert_false(holds(less, value(10), value(12.1)));
	assert_true(holds(less, value(10), value(1)));
	assert_true(holds(less, value(0), value(0)));
	assert_false(holds(less, value(0), value(0.1)));
	assert_true(holds(more, value(60), value(30)));
	assert_false(holds(more, value(60), value(29)));
	assert_true(holds(more, value(60), value(6000)));
}

static void what_never_happened_took_longest(void **state)
{
	struct allowance recovery = { .figure = "after_repair", .amount = 1e6 };
	struct allowance onset = { .figure = "time_to_10", .amount = 1e6 };

	(void)state;
	assert_false(holds(recovery, value(60), never));
	assert_true(holds(recovery, never, value(60)));
	assert_true(holds(recovery, never, never));
	assert_true(holds(onset, value(60), never));
	assert_false(holds(onset, never, value(60)));
	assert_true(holds(onset, never, never));
	onset.is_factor = true;
	assert_false(holds(onset, never, value(60)));
	assert_true(holds(onset, value(60), never));
}

static void what_had_already_happened_took_no_time(void **state)
{
	struct allowance recovery = { .figure = "after_repair", .amount = 60 };
	struct allowance onset = { .figure = "time_to_10", .amount = 60 };

	(void)state;
	assert_true(holds(recovery, already, value(60)));
	assert_false(holds(recovery, already, value(61)));
	assert_true(holds(recovery, value(61), already));
	assert_true(holds(recovery, already, already));
	assert_false(holds(onset, value(61), already));
	assert_true(holds(onset, already, value(61)));
	assert_false(holds(onset, never, already));
	assert_false(holds(recovery, already, never));
}

static void what_was_not_measured_never_passes(void **state)
{
	struct allowance kinds[] = { { .figure = "after_repair", .amount = 1e9 },
				     { .figure = "time_to_10", .amount = 1e9 },
				     { .figure = "peak", .amount = 100, .is_factor = true },
				     { .figure = "time_to_10", .amount = 100, .is_factor = true } };

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++) {
		assert_false(holds(kinds[i], missing, value(1)));
		assert_false(holds(kinds[i], value(1), missing));
		assert_false(holds(kinds[i], missing, never));
		assert_false(holds(kinds[i], missing, missing));
	}
}

static void assert_says(struct allowance a, struct figure was, struct figure is, const char *text,
			const char *message)
{
	json_t *one = judge(a, was, is);

	assert_string_equal(recorded_text(one, "text"), text);
	assert_string_equal(recorded_text(one, "message"), message);
	json_decref(one);
}

static void a_verdict_has_the_numbers_that_a_person_needs(void **state)
{
	(void)state;
	assert_says((struct allowance){ .figure = "servfail_share", .amount = 0.01 }, value(0.2),
		    value(0.25), "SERVFAIL share: worse by at most 1 percentage point",
		    "was 20.0 %, is 25.0 %");
	assert_says((struct allowance){ .figure = "after_repair", .amount = 90 }, value(30), never,
		    "repair to under 1 %: worse by at most 1 min 30 s", "was 30 s, is never");
	assert_says((struct allowance){ .figure = "wrong" }, value(0), value(3),
		    "wrong answers: not worse", "was 0, is 3");
	assert_says((struct allowance){ .figure = "upstream_ratio", .amount = 0.5 }, value(2),
		    value(2.1), "upstream, times the usual: worse by at most 0.5",
		    "was × 2.00, is × 2.10");
	assert_says((struct allowance){ .figure = "memory_peak", .amount = 1.5, .is_factor = true },
		    value(1e6), missing, "resolver memory peak: at most 1.5 times as bad",
		    "it was not measured in this run");
	assert_says((struct allowance){ .figure = "peak" }, missing, value(1),
		    "SERVFAIL peak: not worse", "it was not measured in the baseline");
	assert_says((struct allowance){ .figure = "peak" }, missing, missing,
		    "SERVFAIL peak: not worse", "it was not measured in either run");
}

static void a_verdict_has_the_numbers_that_a_program_needs(void **state)
{
	json_t *one = judge((struct allowance){ .figure = "after_repair", .amount = 60 }, value(30),
			    never);

	(void)state;
	assert_string_equal(recorded_text(one, "figure"), "after_repair");
	assert_true(recorded_number(one, "was") == 30);
	assert_string_equal(recorded_text(one, "is"), "never");
	assert_true(recorded_number(one, "worse_by") == 60);
	json_decref(one);
	one = judge((struct allowance){ .figure = "time_to_10", .amount = 2, .is_factor = true },
		    already, missing);
	assert_string_equal(recorded_text(one, "was"), "already");
	assert_true(json_is_null(json_object_get(one, "is")));
	assert_true(recorded_number(one, "worse_by_factor") == 2);
	assert_null(json_object_get(one, "worse_by"));
	json_decref(one);
}

/* The figures that a cell of this mitigation is judged by, with their amounts. */
static const char *judged_by(struct allowance *list, unsigned count, const char *mitigation)
{
	static char ret[512];
	struct scenario s = { .allowances = list, .allowance_count = count };
	struct recorded_cell before = cell_with("peak", value(0.5)), now = before;
	json_t *verdicts, *one;
	size_t i, len = 0;

	now.mitigation = mitigation;
	verdicts = threshold_judge(&s, &before, &now);
	*ret = '\0';
	json_array_foreach(verdicts, i, one)
	{
		len += (size_t)snprintf(ret + len, sizeof(ret) - len, "%s%s %g", len ? ", " : "",
					recorded_text(one, "figure"),
					recorded_number(one, "worse_by"));
	}
	json_decref(verdicts);
	return ret;
}

static void what_a_mitigation_is_allowed_stands_in_for_what_all_are(void **state)
{
	struct allowance list[] = { { .figure = "peak", .amount = 0.1 },
				    { .figure = "wrong" },
				    { .figure = "peak", .mitigation = "nta", .amount = 0.3 },
				    { .figure = "after_nta", .mitigation = "nta", .amount = 9 } };

	(void)state;
	assert_string_equal(judged_by(list, 4, "none"), "peak 0.1, wrong 0");
	assert_string_equal(judged_by(list, 4, "nta"), "wrong 0, peak 0.3, after_nta 9");
}

static void cells_of_which_the_scenario_says_nothing_have_our_own_thresholds(void **state)
{
	struct allowance list[] = { { .figure = "wrong", .mitigation = "nta" } };

	(void)state;
	assert_string_equal(judged_by(NULL, 0, "none"), "peak 0.02");
	assert_string_equal(judged_by(list, 1, "none"), "peak 0.02");
	assert_string_equal(judged_by(list, 1, "nta"), "wrong 0");
}

static void assert_refused(struct allowance a, const char *sentence)
{
	struct scenario s = { .allowances = &a, .allowance_count = 1 };
	struct err e = { .text = "" };

	strcpy(a.place, "x.lua:7");
	assert_int_equal(threshold_check(&s, &e), -EINVAL);
	if (strncmp(e.text, "x.lua:7: ", 9) != 0 || !strstr(e.text, sentence))
		fail_msg("%s", e.text);
}

static void an_allowance_that_means_nothing_is_refused_with_its_line(void **state)
{
	struct allowance well[] = { { .figure = "after_repair", .amount = 60, .is_duration = true },
				    { .figure = "wrong" } };
	struct scenario s = { .allowances = well, .allowance_count = 2 };

	(void)state;
	assert_int_equal(threshold_check(&s, NULL), 0);
	assert_refused((struct allowance){ .figure = "servfial_share" },
		       "there is no figure 'servfial_share'; did you mean 'servfail_share'?");
	assert_refused((struct allowance){ .figure = "fish" },
		       "there is no figure 'fish'; there are servfail_share, servfail, ");
	assert_refused((struct allowance){ .figure = "stale_share" },
		       "'stale_share' is neither better nor worse");
	assert_refused((struct allowance){ .figure = "peak", .amount = 60, .is_duration = true },
		       "'peak' is no duration");
}

static void the_names_of_all_figures_fit_the_sentence_that_lists_them(void **state)
{
	struct allowance a = { .figure = "x" };
	struct scenario s = { .allowances = &a, .allowance_count = 1 };
	struct err e = { .text = "" };

	(void)state;
	threshold_check(&s, &e);
	assert_non_null(strstr(e.text, ", failed_clients"));
}

static void our_own_thresholds_are_of_figures_that_there_are(void **state)
{
	char text[1024] = "", line[128];
	FILE *out = fmemopen(text, sizeof(text), "w"), *in;
	unsigned n = 0;

	(void)state;
	assert_non_null(out);
	threshold_print_defaults(out);
	fclose(out);
	in = fmemopen(text, strlen(text), "r");
	while (fgets(line, sizeof(line), in)) {
		const struct figure_info *info = figures_find(strtok(line, " "));

		assert_non_null(info);
		assert_int_not_equal(info->sense, FIGURE_NEUTRAL);
		n++;
	}
	fclose(in);
	assert_int_equal(n, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_of_what_should_be_less_is_allowed_as_far_as_said),
		cmocka_unit_test(less_of_what_should_be_more_is_allowed_as_far_as_said),
		cmocka_unit_test(a_factor_is_of_what_was),
		cmocka_unit_test(what_never_happened_took_longest),
		cmocka_unit_test(what_had_already_happened_took_no_time),
		cmocka_unit_test(what_was_not_measured_never_passes),
		cmocka_unit_test(a_verdict_has_the_numbers_that_a_person_needs),
		cmocka_unit_test(a_verdict_has_the_numbers_that_a_program_needs),
		cmocka_unit_test(what_a_mitigation_is_allowed_stands_in_for_what_all_are),
		cmocka_unit_test(cells_of_which_the_scenario_says_nothing_have_our_own_thresholds),
		cmocka_unit_test(an_allowance_that_means_nothing_is_refused_with_its_line),
		cmocka_unit_test(the_names_of_all_figures_fit_the_sentence_that_lists_them),
		cmocka_unit_test(our_own_thresholds_are_of_figures_that_there_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

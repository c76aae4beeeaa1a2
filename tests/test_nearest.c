/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "sim/base/nearest.h"
#include "tests/support/test.h"

static const char *const names[] = { "bind",	 "unbound",	"knot",
				     "powerdns", "serve-stale", "serve-stale-now" };

static const char *meant(const char *word)
{
	static struct nearest n;

	n = nearest_to(word);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		nearest_try(&n, names[i]);
	return nearest_found(&n);
}

static void a_letter_left_out_put_in_changed_or_moved_is_found(void **state)
{
	(void)state;
	assert_string_equal(meant("unbund"), "unbound");
	assert_string_equal(meant("unboundd"), "unbound");
	assert_string_equal(meant("umbound"), "unbound");
	assert_string_equal(meant("nubound"), "unbound");
	assert_string_equal(meant("bidn"), "bind");
	assert_string_equal(meant("servestale"), "serve-stale");
	assert_string_equal(meant("serve-stale-nwo"), "serve-stale-now");
	assert_string_equal(meant("Unbound"), "unbound");
}

static void what_is_far_is_not_suggested(void **state)
{
	(void)state;
	assert_null(meant("dnscache"));
	assert_null(meant("kn"));
	assert_null(meant(""));
	assert_null(meant("nothing-of-the-kind"));
}

static void of_equally_near_ones_the_first_is_given(void **state)
{
	struct nearest n = nearest_to("cat");

	(void)state;
	nearest_try(&n, "bat");
	nearest_try(&n, "rat");
	assert_string_equal(nearest_found(&n), "bat");
}

static void long_words_are_no_trouble(void **state)
{
	char word[300];
	struct nearest n;

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	n = nearest_to(word);
	nearest_try(&n, "x");
	assert_null(nearest_found(&n));
	n = nearest_to("xxx");
	nearest_try(&n, word);
	assert_null(nearest_found(&n));
}

static void the_hint_ends_a_sentence_or_is_empty(void **state)
{
	struct nearest n = nearest_to("minutes");
	char text[NEAREST_LEN + 24];

	(void)state;
	assert_string_equal(nearest_hint(&n, text), "");
	nearest_try(&n, "minute");
	assert_string_equal(nearest_hint(&n, text), "; did you mean 'minute'?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_letter_left_out_put_in_changed_or_moved_is_found),
		cmocka_unit_test(what_is_far_is_not_suggested),
		cmocka_unit_test(of_equally_near_ones_the_first_is_given),
		cmocka_unit_test(long_words_are_no_trouble),
		cmocka_unit_test(the_hint_ends_a_sentence_or_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

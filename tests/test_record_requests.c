/* SPDX-License-Identifier: BSD-2-Clause */
/* Which sample of a request list is kept. */
#include <string.h>

#include "sim/record/record_requests.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

static void put(struct record_requests *r, int64_t t, unsigned depth, const char *text)
{
	struct record_stamp at = { .t = t };
	struct err e = { .text = "" };

	strcpy(at.utc, "2026-05-05T19:18:00Z");
	if (record_requests_put(r, folder(), &at, depth, text, &e) < 0 ||
	    record_requests_flush(r, &e) < 0)
		fail_msg("%s", e.text);
}

static const char *text_of(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder(), name);
	return file_text(path);
}

static void the_first_of_the_worst_samples_is_kept(void **state)
{
	struct record_requests r = { .most = 0 };

	(void)state;
	put(&r, 0, 0, "none\n");
	assert_string_equal(text_of("requests.txt"), "2026-05-05T19:18:00Z, 0 requests\nnone\n");
	put(&r, 60, 1, "one\n");
	assert_string_equal(text_of("requests.txt"), "2026-05-05T19:18:00Z, 1 request\none\n");
	put(&r, 120, 7, "seven\n");
	put(&r, 180, 7, "seven others\n");
	put(&r, 240, 3, "three\n");
	assert_string_equal(text_of("requests.txt"), "2026-05-05T19:18:00Z, 7 requests\nseven\n");
	assert_string_equal(text_of("requests.csv"),
			    "t,utc,depth\n0,2026-05-05T19:18:00Z,0\n60,2026-05-05T19:18:00Z,1\n"
			    "120,2026-05-05T19:18:00Z,7\n180,2026-05-05T19:18:00Z,7\n"
			    "240,2026-05-05T19:18:00Z,3\n");
	record_requests_done(&r);
}

static void a_record_without_samples_has_no_files(void **state)
{
	struct record_requests r = { .most = 0 };
	struct err e = { .text = "" };

	(void)state;
	assert_int_equal(record_requests_flush(&r, &e), 0);
	record_requests_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_first_of_the_worst_samples_is_kept, folder_remove),
		cmocka_unit_test(a_record_without_samples_has_no_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

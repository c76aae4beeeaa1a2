/* SPDX-License-Identifier: BSD-2-Clause */
/* Records of caches that are added up, written by hand. */
#include "harness/results/sum.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/folder.h"
#include "tests/support/recorded.h"
#include "tests/support/test.h"

#define FROM (1777983120 * SECOND) /* 2026-05-05T12:12:00Z */
#define U0 "0,2026-05-05T12:12:00Z,"
#define U1 "60,2026-05-05T12:13:00Z,"

static void put_cache(const char *name, const char *curve, const char *metrics, const char *events)
{
	folder_print(folder_path("%s/curve.csv", name) + strlen(folder()) + 1, CURVE_HEAD "%s",
		     curve);
	folder_print(folder_path("%s/metrics.csv", name) + strlen(folder()) + 1,
		     "t,utc,name,value\n%s", metrics);
	folder_print(folder_path("%s/events.csv", name) + strlen(folder()) + 1,
		     "t,utc,kind,operation,zone,what\n%s", events);
	folder_print(folder_path("%s/ede.csv", name) + strlen(folder()) + 1,
		     "t,utc,rcode,code,count\n" U0 "SERVFAIL,6,2\n");
	folder_print(folder_path("%s/upstream.csv", name) + strlen(folder()) + 1,
		     "t,utc,zone,server,queries,answers,dropped\n" U0 "de.,a.nic.de.,4,3,1\n");
}

static int sum(void **state)
{
	char one[256], other[256], into[256];
	const char *const folders[] = { one, other };
	struct err e = { .text = "" };

	(void)state;
	put_cache("one",
		  U0 "all,10,0,8,0,2,0,0,8,0,0,0,0,9,1,4,1\n" U1
		     "all,20,0,20,0,0,0,0,20,0,0,0,0,9,0,4,0\n",
		  U0 "distinct_clients,4\n" U0 "num.cachehits,7\n" U0 "answers.all,10\n" U0
		     "answer_seconds_mean.all,0.1\n" U0 "answer_seconds_max.all,0.5\n",
		  U0 "mark,,,\"both, at once\"\n" U1 "operator,nta,de.,nta de.\n");
	put_cache("other",
		  U0 "all,30,0,15,0,15,0,0,15,0,0,0,0,9,5,6,3\n" U0
		     "fresh-signed,1,0,1,0,0,0,0,1,0,0,0,0,1,0,1,0\n" U1
		     "all,20,0,10,0,10,0,0,10,0,0,0,0,9,5,4,2\n",
		  U0 "distinct_clients,6\n" U0 "answers.all,30\n" U0
		     "answer_seconds_mean.all,0.3\n" U0 "answer_seconds_max.all,0.4\n",
		  U0 "mark,,,\"both, at once\"\n");
	snprintf(one, sizeof(one), "%s/one", folder());
	snprintf(other, sizeof(other), "%s/other", folder());
	snprintf(into, sizeof(into), "%s/sum", folder());
	if (sum_files(folders, 2, FROM, into, &e) < 0)
		fail_msg("%s", e.text);
	return 0;
}

static void is_text(const char *name, const char *wanted)
{
	const char *text = folder_text(name);

	assert_string_equal(text, wanted);
}

static void what_clients_got_is_added_up_bin_by_bin_and_class_by_class(void **state)
{
	(void)state;
	is_text("sum/curve.csv", CURVE_HEAD U0 "all,40,0,23,0,17,0,0,23,0,0,0,0,18,6,10,4\n" U0
					       "fresh-signed,1,0,1,0,0,0,0,1,0,0,0,0,1,0,1,0\n" U1
					       "all,40,0,30,0,10,0,0,30,0,0,0,0,18,5,8,2\n");
	is_text("sum/ede.csv", "t,utc,rcode,code,count\n" U0 "SERVFAIL,6,4\n");
	is_text("sum/upstream.csv",
		"t,utc,zone,server,queries,answers,dropped\n" U0 "de.,a.nic.de.,8,6,2\n");
}

static void metrics_add_up_or_are_means_and_counters_of_resolvers_stay_with_them(void **state)
{
	(void)state;
	is_text("sum/metrics.csv",
		"t,utc,name,value\n" U0 "distinct_clients,10\n" U0 "answers.all,40\n" U0
		"answer_seconds_mean.all,0.25\n" U0 "answer_seconds_max.all,0.5\n");
}

static void what_happened_to_all_stands_once(void **state)
{
	(void)state;
	is_text("sum/events.csv", "t,utc,kind,operation,zone,what\n" U0
				  "mark,,,\"both, at once\"\n" U1 "operator,nta,de.,nta de.\n");
}

static void the_band_has_each_caches_own_share(void **state)
{
	const char *text = folder_text("sum/band.csv");

	(void)state;
	assert_non_null(strstr(text, "\n" U0 "servfail,2,0.2,0.2,0.35,0.5,0.5\n"));
	assert_non_null(strstr(text, "\n" U1 "servfail,2,0,0,0.25,0.5,0.5\n"));
}

static void a_record_that_is_none_is_told_with_its_folder(void **state)
{
	char bad[256], into[256];
	const char *const folders[] = { bad };
	struct err e = { .text = "" };

	(void)state;
	put_cache("bad", U0 "all,many,0,8,0,2,0,0,8,0,0,0,0,9,1,4,1\n", "", "");
	snprintf(bad, sizeof(bad), "%s/bad", folder());
	snprintf(into, sizeof(into), "%s/none", folder());
	assert_true(sum_files(folders, 1, FROM, into, &e) < 0);
	assert_non_null(strstr(e.text, "/bad'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_clients_got_is_added_up_bin_by_bin_and_class_by_class),
		cmocka_unit_test(
			metrics_add_up_or_are_means_and_counters_of_resolvers_stay_with_them),
		cmocka_unit_test(what_happened_to_all_stands_once),
		cmocka_unit_test(the_band_has_each_caches_own_share),
		cmocka_unit_test(a_record_that_is_none_is_told_with_its_folder),
	};

	return cmocka_run_group_tests(tests, sum, folder_remove);
}

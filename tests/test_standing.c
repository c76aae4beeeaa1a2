/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/standing.h"
#include "sim/base/cleanup.h"
#include "tests/support/test.h"

static void wants(const char *const *texts, size_t count, bool standing)
{
	for (size_t i = 0; i < count; i++) {
		struct address a;

		assert_true(address_parse(texts[i], &a));
		if (standing_of_client(&a) != standing)
			fail_msg("%s", texts[i]);
	}
}

static void no_client_is_at_an_address_of_its_own_host_or_of_the_world(void **state)
{
	static const char *const odd[] = {
		"0.0.0.0",
		"0.255.255.255",
		"127.0.0.1",
		"127.255.255.255",
		"169.254.0.1",
		"224.0.0.1",
		"239.255.0.1",
		"240.0.0.1",
		"255.255.255.255",
		"198.18.0.0",
		"198.19.255.255",
		"10.255.255.254",
		"::",
		"::1",
		"::ffff:192.0.2.1",
		"fe80::1",
		"febf::1",
		"ff02::1",
		"fd00:53::53",
		"fd00:5f::c612:1",
	};

	(void)state;
	wants(odd, ARRAY_SIZE(odd), false);
}

static void all_others_may_be_clients(void **state)
{
	static const char *const plain[] = {
		"1.0.0.1",	  "126.255.255.255", "128.0.0.1",   "169.253.255.255",
		"169.255.0.1",	  "198.17.255.255",  "198.20.0.1",  "223.255.255.255",
		"10.255.255.253", "192.168.0.1",     "64:ff9b::1",  "fe7f::1",
		"fec0::1",	  "fd00:54::1",	     "2001:db8::1",
	};

	(void)state;
	wants(plain, ARRAY_SIZE(plain), true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_client_is_at_an_address_of_its_own_host_or_of_the_world),
		cmocka_unit_test(all_others_may_be_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

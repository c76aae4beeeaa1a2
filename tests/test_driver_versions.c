/* SPDX-License-Identifier: BSD-2-Clause */
/* What shipped drivers make of a program's version: programs that only tell one stand in, since no
 * machine has them all. */
#include <string.h>
#include <sys/stat.h>

#include "harness/subject/resolver.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

/* How a program that says to be of some version is started by its shipped driver: the words of the
 * command with a blank after each. The files are in folder(). */
static const char *start_of(const char *name, const char *says, const char *settings)
{
	static char start[2048];
	struct subject s = { .folder = folder(),
			     .mitigation = "none",
			     .address4 = "198.19.0.53",
			     .root_hints = ". 3600 NS a.\na. 3600 A 198.18.0.1\n",
			     .root_key = "",
			     .root_ds = "",
			     .settings = settings };
	const char *const *argv;
	struct err e = { .text = "" };
	char choice[256];
	struct driver *d = NULL;

	snprintf(choice, sizeof(choice), "%s=%s", name,
		 folder_program("program", "#!/bin/sh\necho '%s'\n", says));
	if (driver_load(choice, &d, &e) < 0 || resolver_configure(d, &s, folder(), &argv, &e) < 0)
		fail_msg("%s", e.text);
	for (*start = '\0'; *argv; argv++)
		snprintf(start + strlen(start), sizeof(start) - strlen(start), "%s ", *argv);
	driver_free(d);
	return start;
}

static void powerdns_has_yaml_from_5_1_on(void **state)
{
	static const char *const old[] = { "4.8.8", "5.0.12" };
	static const char *const today[] = { "5.1.0", "5.4.9", "0.0.24117.0.master" };
	char says[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(old); i++) {
		snprintf(says, sizeof(says), "PowerDNS Recursor %s (C)", old[i]);
		start_of("powerdns", says, "");
		assert_has(folder_text("recursor.conf"), "\ndont-query=\n");
		assert_has(folder_text("anchor.lua"), "clearTA()");
	}
	for (size_t i = 0; i < ARRAY_SIZE(today); i++) {
		snprintf(says, sizeof(says), "PowerDNS Recursor %s (C)", today[i]);
		start_of("powerdns", says, "");
		assert_has(folder_text("recursor.conf"), "listen: [ '198.19.0.53' ]");
	}
}

static void settings_reach_powerdns_as_they_are_written(void **state)
{
	const char *says = "PowerDNS Recursor 5.2.13 (C)";

	(void)state;
	assert_non_null(strstr(start_of("powerdns", says, "a=7\n"), " show-yaml settings.conf "));
	assert_has(folder_text("settings.conf"), "a=7");
	assert_has(folder_text("recursor.conf"), "# a=7\n");
	assert_null(strstr(start_of("powerdns", says, "dnssec:\n  a: 7\n"), "show-yaml"));
	assert_has(folder_text("settings.yml"), "dnssec:\n  a: 7\n");
}

static void knot_has_yaml_from_6_on(void **state)
{
	const char *says = "Knot Resolver, version 6.5.0";

	(void)state;
	assert_null(strstr(start_of("knot", "Knot Resolver, version 5.7.5", ""), "convert"));
	assert_has(folder_text("kresd.conf"), "net.listen('198.19.0.53', 53");
	assert_non_null(strstr(start_of("knot", says, "cache.max_ttl(7)\n"), " convert "));
	assert_has(folder_text("kresd.conf"), "interface: '198.19.0.53@53'");
	assert_has(folder_text("kresd.conf"), "\n    cache.max_ttl(7)\n");
	start_of("knot", says, "cache:\n  ttl-min: 6s\n");
	assert_has(folder_text("settings.yaml"), "ttl-min");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(powerdns_has_yaml_from_5_1_on, folder_remove),
		cmocka_unit_test_teardown(settings_reach_powerdns_as_they_are_written,
					  folder_remove),
		cmocka_unit_test_teardown(knot_has_yaml_from_6_on, folder_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Another release of Debian, in short: its compiler, its libraries, its four resolvers, in a guest in
 * which packages are unpacked and not one is set up. `make check-suite` is the long form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SUITE "trixie"
/* On the disk that `build` is on: a guest has most of a gigabyte. */
#define GUEST "build/guest/short-" SUITE
#define INSIDE "tests/guest in " SUITE " " GUEST " 'cd sigfault && "
#define PACKAGES                                                                                   \
	"libcmocka-dev libxml2-utils git hickory-dns $(tools/packages --names build run "          \
	"resolvers)"
#define NO_MIRROR 4
#define YAML_POWERDNS                                                                              \
	"3 6 7 9 10 11 12 13 17 21 26 31 34 5" /* lines, the last of the file that it includes */

static int guest; /* how its making ended */
static char why[sizeof(sh.out)];

static void make_guest(void)
{
	shell(&sh, "rm -rf " GUEST " && tests/guest unpacked " SUITE " " GUEST " " PACKAGES);
	guest = sh.status;
	strcpy(why, sh.out);
}

static int copy_tree(void **state)
{
	(void)state;
	if (guest != 0)
		return 0;
	shell(&sh, "mkdir " GUEST "/root/sigfault && tar -c --warning=no-file-changed "
		   "--exclude='./build*' --exclude='./run-*' "
		   "--exclude=./.git . | tar -x -C " GUEST "/root/sigfault");
	return sh.status;
}

static void need_guest(void)
{
	if (guest != 0)
		lacking("%s", why);
}

static void its_compiler_has_no_complaint(void **state)
{
	(void)state;
	need_guest();
	ends_with(0, INSIDE "make -s -o packages DEV=1 CFLAGS=-O0 build/units'");
}

static void unit_tests_hold_there(void **state)
{
	(void)state;
	need_guest();
	shell(&sh, INSIDE "tests/run -- $(ls build/tests/test_* | grep -v [.]) --' 2>&1 | "
			  "grep -v ' 0 failed '");
	if (!strstr(sh.out, "[  PASSED  ]") || strstr(sh.out, "[  FAILED  ]"))
		fail_msg("%s", sh.out);
}

static void its_four_resolvers_run_minute(void **state)
{
	(void)state;
	need_guest();
	ends_with(0, INSIDE "build/sigfault run minute -r " RESOLVERS " --quiet -o run'");
	ends_with(0, "jq -r '.cells[] | \"\\(.resolver) \\(.valid)\"' " GUEST
		     "/root/sigfault/run/run.json");
	assert_string_equal(sh.out, "unbound true\nbind true\nknot true\npowerdns true\n");
}

/* Debian 12 has none, and forky's is built without its recursor. It does not validate: nobody fails. */
static void its_hickory_runs_minute(void **state)
{
	(void)state;
	need_guest();
	ends_with(0, INSIDE
		  "for n in 1 2; do build/sigfault run minute -r hickory --quiet -o hickory$n "
		  "|| [ $? = 1 ] || exit 4; done; cmp hickory1/hickory-none/curve.csv "
		  "hickory2/hickory-none/curve.csv'");
	ends_with(
		0,
		"cd " GUEST "/root/sigfault/hickory1 && jq -r '.cells[0].valid' run.json && "
		"awk -F, '$3 == \"all\" { q += $4; ok += $6; bad += $8 } END { print (ok > q / 2), "
		"bad + 0 }' hickory-none/curve.csv");
	assert_string_equal(sh.out, "true\n1 0\n");
}

/* PowerDNS has it from 5.1 on, which Debian 12 has not. */
static void a_users_yaml_is_laid_over_there(void **state)
{
	(void)state;
	need_guest();
	ends_with(0, INSIDE "build/sigfault run minute -r powerdns --config tests/data/config/yaml "
			    "--quiet -o yaml'");
	ends_with(0,
		  "jq -r '.cells[0] | .valid, ([.config.overrides[] | .place | split(\":\")[1]] | "
		  "join(\" \"))' " GUEST "/root/sigfault/yaml/run.json");
	assert_string_equal(sh.out, "true\n" YAML_POWERDNS "\n");
}

static int clear(void **state)
{
	(void)state;
	shell(&sh, "rm -rf " GUEST);
	return sh.status;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_compiler_has_no_complaint),
		cmocka_unit_test(unit_tests_hold_there),
		cmocka_unit_test(its_four_resolvers_run_minute),
		cmocka_unit_test(its_hickory_runs_minute),
		cmocka_unit_test(a_users_yaml_is_laid_over_there),
	};

	make_guest();
	/* Nothing that has passed, and no failure either. */
	if (guest == NO_MIRROR) {
		printf("not here: %s", why);
		return 0;
	}
	return cmocka_run_group_tests(tests, copy_tree, clear);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The way of a zone to a signer's secondary: signed by TSIG, refused where keys differ. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "tests/support/need.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define HIDDEN SIGFAULT " sign tests/scenarios/signer-hidden.lua"
#define SIGN SIGFAULT " sign tests/scenarios/signer-events.lua"

static const struct {
	const char *name, *program;
} signers[] = { { "knot", "knotd" }, { "bind", "named" } };

#define EACH_SIGNER(i) for (size_t i = 0; i < ARRAY_SIZE(signers); i++)

/* What a command prints that is run in the folder of a life, as a number. */
static int count(const char *run, const char *signer, const char *command)
{
	ends_with(0, "cd %s/%s/registry-%s && { %s; }", folder(), run, signer, command);
	return atoi(sh.out);
}

/* Nothing comes from the 3rd at noon until the 7th, and then what was published meanwhile does. */
static void a_wrong_key_is_told_and_nothing_is_transferred(void **state)
{
	(void)state;
	EACH_SIGNER(i)
	{
		need_program(signers[i].program);
	}
	ends_with(0, SIGN " -s knot,bind --set act=tsig --set to=+8d -o %s/wrong", folder());
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		assert_true(count("wrong", name,
				  "grep -c '^2026-01-0[4567].*Z,transfer,\"TSIG: ' events.csv") >
			    3);
		assert_int_equal(
			count("wrong", name,
			      "cut -d, -f2 versions.csv | grep -c "
			      "'2026-01-0\\(3T1[2-9]\\|3T2\\|[456]\\|7T0\\|7T1[01]\\)' || :"),
			0);
		assert_int_equal(
			count("wrong", name,
			      "tail -n +2 versions.csv | cut -d, -f8 | tr + '\\n' | grep ^256 | "
			      "sort -u | wc -l"),
			2);
		assert_int_equal(count("wrong", name,
				       "grep ',transfer,' events.csv | grep -vc ',\"TSIG: ' || :"),
				 0);
	}
}

/* Its answers are not taken for its own. */
static void a_signer_that_does_not_sign_is_told(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("named");
	ends_with(0,
		  "sed 's/^\\tlocal tsig = subject.tsig$/\\tlocal tsig/' "
		  "harness/subject/signers/bind.lua >%s/bare.lua",
		  d);
	ends_with(4, SIGN " -s %s/bare.lua --set to=+1d -o %s/bare", d, d);
	assert_says("registry-bind: not valid: the signer did not answer a question for the zone's "
		    "SOA within an hour: TSIG: ");
	ends_with(0,
		  "sed 's/ signer(\"registry\", { tsig = tsig,/ signer(\"registry\", { tsig = "
		  "false,/' tests/scenarios/signer-events.lua >%s/off.lua",
		  d);
	ends_with(0, SIGFAULT " sign %s/off.lua -s %s/bare.lua --set to=+1h -o %s/off", d, d, d);
	ends_with(0,
		  "sed 's/ signer(\"registry\", { tsig = tsig,/ signer(\"registry\", { tsig = "
		  "true,/' tests/scenarios/signer-events.lua >%s/on.lua",
		  d);
	need_program("ldns-signzone");
	ends_with(2, SIGFAULT " sign %s/on.lua -s ldns -o %s/on", d, d);
	assert_says("the driver of 'ldns' cannot have its transfers signed: it has no 'tsig'");
}

/* A bump in the wire: what comes in at the primary is signed, and what it has not changed is not sent again. */
static void a_zone_comes_from_a_hidden_primary(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("ldns-verify-zone");
	ends_with(0, HIDDEN " -s knot,bind -o %s/hidden", d);
	assert_says("registry-knot: of 4 acts 1 failed, the first 'add_record www.fr. 300 IN A "
		    "192.0.2.1' at 2026-01-04T12:00:00Z: 'www.fr. 300 IN A 192.0.2.1' is no record "
		    "for this zone");
	EACH_SIGNER(i)
	{
		const char *name = signers[i].name;

		assert_int_equal(count("hidden", name, "tail -n +2 bogus.csv | wc -l"), 0);
		assert_int_equal(count("hidden", name, "grep -c ',primary,\"AXFR of' events.csv"),
				 1);
		assert_int_equal(count("hidden", name, "grep -c ',primary,\"IXFR from' events.csv"),
				 2);
		assert_int_equal(count("hidden", name, "grep -c ',transfer,' events.csv || :"), 0);
		ends_with(0,
			  SIGFAULT " zone %s/hidden/registry-%s de. >%s/zone && grep -c "
				   "'^first.de..*TXT.*one\\|^second.de..*192.0.2.1' %s/zone",
			  d, name, d, d);
		assert_string_equal(sh.out, "2\n");
		ends_with(0, "ldns-verify-zone -t 20260112230000 %s/zone", d);
	}
	ends_with(2, HIDDEN " -s ldns -o %s/script", d);
	assert_says("the driver of 'ldns' cannot have the zone from a hidden primary: it has no "
		    "'primary'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_key_is_told_and_nothing_is_transferred),
		cmocka_unit_test(a_signer_that_does_not_sign_is_told),
		cmocka_unit_test(a_zone_comes_from_a_hidden_primary),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}

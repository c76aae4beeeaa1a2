/* SPDX-License-Identifier: BSD-2-Clause */
/* The way of a zone to a signer's secondary: signed by TSIG, refused where keys differ. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "tests/support/need.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_key_is_told_and_nothing_is_transferred),
		cmocka_unit_test(a_signer_that_does_not_sign_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known to have gone wrong with signers, as scenarios that are shipped (test_signer_events.c has the rest): each has what it expects of the judge, who is told
 * nothing but versions and DS. */
#include <stdio.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

/* Other keys and fewer names than they have by themselves, where that is quicker. */
static const struct {
	const char *what, *signers;
} known[] = {
	{ "apnic-2012-signer", "knot" },
	{ "apnic-2012-signer --set keys=copied", "knot" },
	{ "nz-2023-signer", "knot,bind" },
	{ "slack-2021-signer", "knot" },
	{ "slack-2021-signer --set way=slow", "knot" },
	{ "one-sided", "knot" },
	{ "one-sided --set side=parent", "knot" },
};

static const char *const in_an_hsm[] = {
	"de-2026-signer --set algorithm=ECDSAP256SHA256",
	"se-2022-signer --set algorithm=ECDSAP256SHA256 --set population=100",
};

static void finds(const char *what, const char *signers)
{
	const char *d = folder();

	shell(&sh, SIGFAULT " sign %s -s %s -o %s/life; s=$?; rm -rf %s/life; exit $s", what,
	      signers, d, d);
	if (sh.status != 0)
		fail_msg("%s: %s", what, sh.out);
	assert_says("held ");
}

static void what_went_wrong_with_signers_is_found(void **state)
{
	(void)state;
	need_program("knotd");
	need_program("named");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		finds(known[i].what, known[i].signers);
}

static void what_went_wrong_with_their_HSMs_is_found(void **state)
{
	(void)state;
	need_program("knotd");
	need_file("/usr/lib/softhsm/libsofthsm2.so", "libsofthsm2");
	for (size_t i = 0; i < ARRAY_SIZE(in_an_hsm); i++)
		finds(in_an_hsm[i], "knot");
}

/* A cache had the DS for longer than the keys, and meets the new one with the old keys. */
static void a_DS_that_comes_too_soon_is_proven(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("knotd");
	need_program("unbound");
	ends_with(0,
		  SIGFAULT " sign ds-too-soon -s knot --set to=+6d --prove -r unbound -o %s/proven",
		  d);
	assert_says("registry-knot: DS in, asked for 'example. SOA'");
	assert_says("SERVFAIL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_went_wrong_with_signers_is_found),
		cmocka_unit_test(what_went_wrong_with_their_HSMs_is_found),
		cmocka_unit_test(a_DS_that_comes_too_soon_is_proven),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A TLD out of a file with delegations, and as an image: judged by others, asked by resolvers. The world is
 * tests/scenarios/tld.lua. */
#include <stdio.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

/* A copy, since images are written beside the file. */
static int copy_scenario(void **state)
{
	(void)state;
	shell(&sh,
	      "cp tests/scenarios/tld.lua tests/scenarios/tld.txt tests/scenarios/zones/tld.zone "
	      "%s && "
	      "sed -i 's,zones/tld,tld,' %s/tld.lua",
	      folder(), folder());
	return sh.status;
}

static const char *const settings[] = { "--set denial=nsec", "--set optout=true",
					"--set optout=false" };
#define SETTINGS (sizeof(settings) / sizeof(*settings))

static void each_way_to_deny_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < SETTINGS; i++) {
		ends_with(0,
			  SIGFAULT
			  " zone %s/tld.lua zz. --at 12:01 %s >%s/zone.%zu && "
			  "ldns-verify-zone -t 20260505120100 %s/zone.%zu && kzonecheck -o zz. "
			  "-t 20260505120100 %s/zone.%zu && grep -v RRSIG %s/zone.%zu",
			  folder(), settings[i], folder(), i, folder(), i, folder(), i, folder(),
			  i);
		assert_says("Zone is verified and complete");
		/* Delegated once, by servers of the world; signed ones have keys of the world. */
		assert_says("\nbeta.zz.\t86400\tIN\tNS\tns1.h");
		assert_says("\ny.co.zz.\t86400\tIN\tDS\t");
		assert_says("\ntold.zz.\t86400\tIN\tNS\tns.told.zz.");
		assert_int_equal(says_times("\ntold.zz.\t86400\tIN\tNS"), 1);
		assert_does_not_say("hoster.example.");
		assert_does_not_say("\nalpha.zz.\t86400\tIN\tDS");
		assert_does_not_say("hidden.shop");
		assert_does_not_say("192.0.2.53");
	}
}

static void what_is_taken_and_left_out_is_said(void **state)
{
	(void)state;
	ends_with(0, SIGFAULT " plan %s/tld.lua | tr -s ' \\n' ' '", folder());
	assert_says("tld.zone: 3 records, 8 delegations (3 with a DS); left out: 0 of DNSSEC, 2 of "
		    "servers, 5 of glue, 1 below delegations");
}

#define RUN                                                                                        \
	SIGFAULT " run %s/tld.lua -r " RESOLVERS " --log-queries --quiet -o %s/%s; for r in "      \
		 "unbound bind knot powerdns; do echo; sqlite3 %s/%s/$r-none/queries.db \"select " \
		 "name "                                                                           \
		 "|| rcode || ad from queries\" >%s/%s.$r && cat %s/%s.$r; done"

/* Name, code and AD. A name that an opt-out proof denies is none that is secure. */
static void resolvers_find_what_is_delegated(void **state)
{
	static const char *const wanted[] = {
		"shop.zz.01",	"www.bank.zz.01", "alpha.zz.00", "www.beta.zz.00",
		"x.co.zz.00",	"y.co.zz.01",	  "told.zz.01",	 "www.zz.01",
		"nosuch.zz.30", "no.such.zz.30",  "co.zz.01",	 "hidden.shop.zz.31"
	};

	(void)state;
	shell(&sh, RUN, folder(), folder(), "run", folder(), "run", folder(), "run", folder(),
	      "run");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		char line[64];

		snprintf(line, sizeof(line), "\n%s\n", wanted[i]);
		if (says_times(line) != 4)
			fail_msg("%s: %s", wanted[i], sh.out);
	}
}

static void an_image_is_the_same_zone(void **state)
{
	(void)state;
	ends_with(0, SIGFAULT " zone compile %s/tld.zone zz.", folder());
	assert_says("tld.zone.image: 8 delegations (3 with a DS), 3 records; ");
	for (size_t i = 0; i < SETTINGS; i++)
		ends_with(0, SIGFAULT " zone %s/tld.lua zz. --at 12:01 %s | diff - %s/zone.%zu",
			  folder(), settings[i], folder(), i);
	/* The file is not read: its records are others, under the same size and date. */
	ends_with(
		0,
		"cd %s && cp -p tld.zone kept && sed -i s/registry/REGISTRY/ tld.zone && touch -r "
		"kept tld.zone",
		folder());
	ends_with(0, SIGFAULT " zone %s/tld.lua zz. --at 12:01 | grep TXT", folder());
	assert_says("a registry");
	ends_with(0, "cp -p %s/kept %s/tld.zone", folder(), folder());
	shell(&sh, RUN, folder(), folder(), "image", folder(), "image", folder(), "image", folder(),
	      "image");
	ends_with(0, "cd %s && for r in unbound bind knot powerdns; do diff run.$r image.$r; done",
		  folder());
}

static void what_an_image_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *change, *part;
	} wrong[] = {
		{ "printf x | dd of=tld.zone.image bs=1 seek=1000 conv=notrunc",
		  "tld.zone.image: the image is damaged (its checksum is wrong): make it anew" },
		{ "truncate -s 1000 tld.zone.image", "the image is damaged (it is cut off)" },
		{ "printf '\\2' | dd of=tld.zone.image bs=1 seek=12 conv=notrunc",
		  "the image has the version 2, and this program reads 1" },
		{ ": >tld.zone.image", "is no image of a zone" },
		{ "cp tld.zone tld.zone.image", "is no image of a zone" },
		{ "echo >>tld.zone", "tld.zone has changed since its image was made" },
		{ "sed -i 's/zz\\.\"/yy.\"/; s/told.yy/told.zz/' tld.lua",
		  "the image is of another zone" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		ends_with(0,
			  "cd %s && cp -p kept tld.zone && cp tld.lua lua && touch tld.zone.image",
			  folder());
		ends_with(0, SIGFAULT " zone compile %s/tld.zone zz.", folder());
		shell(&sh, "cd %s && %s", folder(), wrong[i].change);
		shell(&sh, SIGFAULT " plan %s/tld.lua", folder());
		if (sh.status != 2 || !strstr(sh.out, wrong[i].part) || !strstr(sh.out, "tld.lua:"))
			fail_msg("%s: %d: %s", wrong[i].change, sh.status, sh.out);
		shell(&sh, "cp %s/lua %s/tld.lua", folder(), folder());
	}
	ends_with(2, SIGFAULT " zone compile %s/nosuch zz.", folder());
	ends_with(2, SIGFAULT " zone compile %s/tld.zone", folder());
	assert_says("'zone' wants SCENARIO ZONE, or compile FILE ZONE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_to_deny_is_whole),
		cmocka_unit_test(what_is_taken_and_left_out_is_said),
		cmocka_unit_test(resolvers_find_what_is_delegated),
		cmocka_unit_test(an_image_is_the_same_zone),
		cmocka_unit_test(what_an_image_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, copy_scenario, NULL);
}

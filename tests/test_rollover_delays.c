/* SPDX-License-Identifier: BSD-2-Clause */
/* TTLs and delays that a signer's state files do not tell: out of a policy, and from servers. */
#include "harness/rollover/rollover_delays.h"

#include <string.h>

#include "harness/rollover/rollover_ask.h"
#include "harness/rollover/rollover_kasp.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

#define SIGNERS "tests/data/rollover/"

/* OpenDNSSEC's policy "lab", as its own kasp.xml has it, and a short one. */
#define LAB                                                                                        \
	"<Policy name=\"lab\">\n<Signatures><Resign>PT10M</Resign><Refresh>PT30M</Refresh>"        \
	"<Validity><Default>PT1H</Default><Denial>PT2H</Denial></Validity><Jitter>PT1M</Jitter>"   \
	"<MaxZoneTTL>PT300S</MaxZoneTTL></Signatures>\n<Keys><TTL>PT300S</TTL></Keys>\n"           \
	"<Zone><PropagationDelay>PT300S</PropagationDelay><SOA><TTL>PT5M</TTL>"                    \
	"<Minimum>PT1M</Minimum></SOA></Zone>\n"                                                   \
	"<Parent><PropagationDelay>PT9999S</PropagationDelay><DS><TTL>P1DT1H</TTL></DS>"           \
	"<SOA><TTL>P2D</TTL><Minimum>PT10800S</Minimum></SOA></Parent>\n</Policy>\n"
#define SHORT "<Policy name=\"short\">\n<Keys><TTL>P1W</TTL></Keys>\n</Policy>\n"

static const char *kasp(const char *text)
{
	return folder_print("kasp.xml", "<KASP>\n%s</KASP>\n", text);
}

static void a_policy_tells_ttls_and_delays(void **state)
{
	struct rollover_kasp k;
	struct err e = { "" };
	char place[300];

	(void)state;
	snprintf(place, sizeof(place), "%s#lab", kasp(LAB SHORT));
	if (rollover_kasp_read(place, &k, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(k.dnskey, 300 * SECOND);
	assert_int_equal(k.ds, DAY + HOUR);
	assert_int_equal(k.zone, 300 * SECOND);
	assert_int_equal(k.negative, 10800 * SECOND); /* the parent's, which is the longer */
	assert_int_equal(k.zone_propagation, 300 * SECOND);
	assert_int_equal(k.parent_propagation, 9999 * SECOND);
	assert_int_equal(k.validity, 2 * HOUR);
	/* The enforcer waits so long, and for a TTL and a propagation delay: see ods-gone.txt. */
	assert_int_equal(k.signing, 41 * MINUTE);
}

static void what_a_policy_does_not_tell_stays_open(void **state)
{
	struct rollover_kasp k;
	struct err e = { "" };

	(void)state;
	if (rollover_kasp_read(kasp(SHORT), &k, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(k.dnskey, 7 * DAY);
	assert_true(k.ds < 0 && k.zone < 0 && k.negative < 0 && k.signing < 0 && k.validity < 0);
}

static void refuse(const char *place, const char *sentence)
{
	struct rollover_kasp k;
	struct err e = { "" };

	if (rollover_kasp_read(place, &k, &e) == 0)
		fail_msg("'%s' is taken", place);
	if (!strstr(e.text, sentence))
		fail_msg("'%s' does not say '%s'", e.text, sentence);
}

static void a_policy_that_is_wrong_is_refused_with_its_line(void **state)
{
	static const char *const periods[] = { "300",  "PT",   "P",	"PTS",	"PT1",
					       "P1H",  "PT1D", "PT1H ", "P-1D", "PT99999999999999H",
					       "P101Y" };
	char place[300], text[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(periods); i++) {
		snprintf(text, sizeof(text),
			 "<Policy name=\"a\">\n<Keys>\n<TTL>%s</TTL></Keys></Policy>\n",
			 periods[i]);
		refuse(kasp(text), "kasp.xml:4: <TTL> '");
	}
	refuse(kasp(LAB SHORT), "has 2 policies: name one");
	snprintf(place, sizeof(place), "%s#nosuch", kasp(LAB SHORT));
	refuse(place, "has no policy nosuch");
	refuse(kasp(""), "has no policy");
	refuse(kasp("<Policy>\n<Keys>\n"), "kasp.xml:4: ");
	refuse("tests/data/junit.rng", "it is no kasp.xml of OpenDNSSEC");
	refuse("nosuch.xml", "cannot read 'nosuch.xml'");
}

/* The policy is stronger than what the signer has by itself, and --set stronger than the policy. */
static void what_is_given_is_stronger_than_the_policy(void **state)
{
	static const char *sets[] = { "ds-ttl=60", "since=2026-03-01T08:00Z" };
	struct scenario_options o = { .sets = sets, .set_count = 2 };
	struct rollover_input in = { .name = SIGNERS "ods-gone.txt", .options = &o };
	_cleanup_(rollover_freep) struct rollover *r = NULL;
	_cleanup_(fclosep) FILE *notes = tmpfile();
	struct err e = { "" };

	(void)state;
	in.policy = kasp(SHORT);
	if (rollover_read(&in, notes, &r, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(r->ttl.dnskey, 7 * DAY);
	assert_int_equal(r->ttl.ds, 60 * SECOND);
	assert_int_equal(r->ttl.zone, DAY);
	assert_int_equal(r->keys[0].ds.until - SECOND * 28800, 20513 * DAY);
	rewind(notes);
	assert_has(stream_text(notes), "\ndnskey-ttl=7 d of the policy\nds-ttl=1 min as given\n");
}

/* No packet is sent for any of these. */
static void a_server_that_is_none_is_refused(void **state)
{
	static const char *const wrong[] = { "",
					     "192.0.2.1#",
					     "192.0.2.1:x",
					     "192.0.2.1#0",
					     "192.0.2.1#70000",
					     "[2001:db8::1",
					     "[2001:db8::1]5",
					     "#53" };
	struct rollover_asked a;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct err e = { "" };

		if (rollover_ask("example.", wrong[i], NULL, &a, &e) == 0)
			fail_msg("'%s' is taken", wrong[i]);
		if (!strstr(e.text, "is no server"))
			fail_msg("'%s': %s", wrong[i], e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_policy_tells_ttls_and_delays),
		cmocka_unit_test(what_a_policy_does_not_tell_stays_open),
		cmocka_unit_test(a_policy_that_is_wrong_is_refused_with_its_line),
		cmocka_unit_test(what_is_given_is_stronger_than_the_policy),
		cmocka_unit_test(a_server_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

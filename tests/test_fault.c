/* SPDX-License-Identifier: BSD-2-Clause */
/* What scripts may say of faults, and what the catalogue makes of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/language/scenario.h"
#include "zones/denial.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/written.h"

#define HEAD                                                                                       \
	"scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+2h' }\n"                        \
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"                                 \
	"local de = zone('de.', { parent = root, servers = { '198.18.1.1', '198.18.1.2' } })\n"    \
	"local a = zone('a.de.', { parent = de, nsec3 = {}, servers = { ['ns1.a.de.'] = "          \
	"'198.18.2.1', ['ns2.a.de.'] = '198.18.2.2' } })\n"                                        \
	"local b = zone('b.de.', { parent = de, csk = {}, servers = { ['ns.c.de.'] = "             \
	"'198.18.2.3' } })\n"                                                                      \
	"local u = zone('u.de.', { parent = de, signed = false, servers = { ['ns.u.de.'] = "       \
	"'198.18.2.4' } })\n"
#define LINE 7 /* the first behind HEAD */

static int load(const char *text, struct scenario **ret, struct err *e)
{
	char script[16384];

	snprintf(script, sizeof(script), "%s%s", HEAD, text);
	return written_load(script, NULL, ret, e);
}

static struct scenario *loaded(const char *text)
{
	struct scenario *s = NULL;
	struct err e;

	if (load(text, &s, &e))
		fail_msg("%s", e.text);
	return s;
}

static const struct {
	const char *text, *sentence;
} refused[] = {
	/* what is not there */
	{ "at('+1m', a:fault 'rrsig-exp-al')", "there is no fault 'rrsig-exp-al'" },
	{ "at('+1m', a:fault('rrsig-exp-a', { shares = 1 }))", "unknown key 'shares'" },
	{ "at('+1m', a:fault('no-ds', { share = 0.5 }))", "unknown key 'share'" },
	{ "at('+1m', a:fault('rrsig-exp-a', { types = { 'B' } }))", "unknown type 'B'" },
	{ "at('+1m', a:fault('rrsig-exp-a', { types = {} }))", "types is a list of 1 to" },
	{ "at('+1m', a:fault('rrsig-exp-a', { names = { 'b.de.' } }))",
	  "'b.de.' is not in the zone" },
	{ "at('+1m', a:fault('rrsig-exp-a', { names = { 'no.a.de.' } }))",
	  "rrsig-exp-a: there is no name 'no.a.de.' in zone 'a.de.'" },
	{ "at('+1m', a:fault('rrsig-exp-a', { servers = { 'ns3.a.de.' } }))",
	  "'a.de.' has no server 'ns3.a.de.'" },
	{ "at('+1m', a:fault('ds-bad-tag', { servers = { 'ns1.a.de.' } }))",
	  "'de.' has no server 'ns1.a.de.'" },
	{ "at('+1m', a:fault('rrsig-exp-a', { share = 0 }))", "needs a share above 0" },
	{ "at('+1m', a:fault('rrsig-exp-a', { share = 1.5 }))", "share is 1.5" },
	{ "at('+1m', a:fault('nsec3-iter'))", "nsec3-iter needs 'iterations'" },
	{ "at('+1m', a:fault('nsec3-iter-2501'))", "iterations is 2501, and must be 0 to 2500" },
	{ "at('+1m', a:fault('nsec3-iter-5', { iterations = 6 }))", "tell the same" },
	{ "at('+1m', a:fault('rcode-noerror'))", "there is no fault 'rcode-noerror'" },
	{ "at('+1m', a:fault('sig-by-unpublished-key', { tag = 'any' }))",
	  "tag is one of: same other" },
	{ "at('+1m', a:fault('authority-delay'))", "authority-delay needs 'by'" },
	{ "at('+1m', a:fault('delegation-loop', { with = a }))", "with is the zone itself" },
	{ "at('+1m', a:fault('delegation-loop', { with = root }))",
	  "the root, which nobody delegates" },
	/* when */
	{ "at('+1m', a:fault('no-ds', { to = '+30s' }))", "no-ds ends before it begins" },
	{ "at('+3h', a:fault 'no-ds')", "outside of the scenario" },
	{ "at('+1m', a:fault('standby-signer-other-zsk', { to = '+2m' }))", "unknown key 'to'" },
	/* what the zone cannot express */
	{ "at('+1m', u:fault 'rrsig-exp-a')", "the zone is not signed" },
	{ "at('+1m', u:fault 'no-ds')", "the zone is not signed" },
	{ "at('+1m', root:fault 'ds-bad-tag')", "the root has no parent" },
	{ "at('+1m', a:fault 'trust-anchor-stale')", "only the root has a trust anchor" },
	{ "at('+1m', b:fault 'nsec3-missing')", "the zone has no NSEC3 records" },
	{ "at('+1m', a:fault 'nsec-missing')", "the zone has no NSEC records" },
	{ "at('+1m', a:fault 'nsec3-optout-missing')", "the zone does not opt out" },
	{ "at('+1m', b:fault 'no-zsk')", "the zone has no ZSK beside its KSK" },
	{ "at('+1m', b:fault 'v4-doc')", "no server of the zone has a name below it" },
	{ "at('+1m', a:fault 'rsasha1')", "RSASHA1 goes with NSEC" },
	{ "local d = zone('d.de.', { parent = de, algorithm = 'DSA', servers = { '198.18.2.9' } }) "
	  "at('+1m', d:fault 'keytrap')",
	  "keys of DSA cannot be made to one tag" },
	{ "at('+1m', a:fault('algo-set-incomplete', { algorithm = 'ecdsap256sha256' }))",
	  "signed with ECDSAP256SHA256 already" },
	/* what contradicts */
	{ "at('+1m', a:fault 'rrsig-no-all') at('+2m', a:fault 'rrsig-exp-a')",
	  "'rrsig-no-all' and 'rrsig-exp-a' contradict each other in zone 'a.de.' from "
	  "2026-05-05T12:02:00Z on" },
	{ "at('+1m', a:fault 'rrsig-exp-a') at('+2m', a:fault 'rrsig-not-yet-all')", "contradict" },
	{ "at('+1m', a:fault 'no-ds') at('+1m', a:fault 'ds-bad-tag')", "contradict" },
	{ "at('+1m', a:fault 'ds-bad-tag') at('+1m', a:fault 'ds-gost')", "contradict" },
	{ "at('+1m', a:fault 'no-dnskey') at('+1m', a:fault 'bad-ksk')", "contradict" },
	{ "at('+1m', a:fault 'no-ksk') at('+1m', a:fault 'no-dnskey-256-257')", "contradict" },
	{ "at('+1m', a:fault 'nsec3-missing') at('+1m', a:fault 'bad-nsec3-next')", "contradict" },
	{ "at('+1m', a:fault 'nsec3-iter-5') at('+1m', a:fault 'nsec3-iter-6')", "contradict" },
	{ "at('+1m', a:fault 'unsigned-copy') at('+1m', a:fault 'rrsig-exp-a')", "contradict" },
	{ "at('+1m', a:fault 'stale-copy') at('+1m', a:fault 'unsigned-copy')", "contradict" },
	{ "at('+1m', a:fault 'authority-dark') at('+1m', a:fault 'ede-1')", "contradict" },
	{ "at('+1m', a:fault 'rcode-refused') at('+1m', a:fault 'tc-loop')", "contradict" },
	{ "at('+1m', a:fault 'v4-doc') at('+1m', a:fault 'v6-doc')", "contradict" },
	{ "at('+1m', a:fault 'ed25519') at('+2m', a:fault 'ed448')", "contradict" },
};

static void what_cannot_be_is_refused_with_file_and_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct scenario *s = NULL;
		struct err e;

		if (!load(refused[i].text, &s, &e))
			fail_msg("'%s' is taken", refused[i].text);
		assert_null(s);
		assert_refused(&e, LINE, refused[i].sentence);
	}
}

static void what_does_not_meet_does_not_contradict(void **state)
{
	static const char *const pairs[] = {
		"at('+1m', a:fault('rrsig-no-all', { to = '+2m' })) at('+2m', a:fault "
		"'rrsig-exp-a')",
		"at('+1m', a:fault('rrsig-no-all', { servers = { 'ns1.a.de.' } }))"
		"at('+1m', a:fault('rrsig-exp-a', { servers = { 'ns2.a.de.' } }))",
		"at('+1m', a:fault 'rrsig-exp-a')"
		"at('+1m', a:fault('rrsig-not-yet-all', { types = { 'AAAA' } }))",
		"at('+1m', a:fault('rrsig-exp-all', { names = { 'www.a.de.' } }))"
		"at('+1m', a:fault('rrsig-no-all', { names = { 'mail.a.de.' } }))",
		"at('+1m', a:fault 'no-zsk') at('+1m', a:fault 'bad-ksk')",
		"at('+1m', a:fault 'ds-bad-tag') at('+1m', a:fault 'rrsig-exp-a')",
		"at('+1m', a:fault 'rcode-servfail') at('+1m', a:fault 'ede-22')",
		"at('+1m', a:fault 'rrsig-exp-a') at('+1m', b:fault 'rrsig-no-a')",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		_cleanup_(scenario_freep) struct scenario *s = loaded(pairs[i]);

		assert_int_equal(s->tree->fault_count, 2);
	}
}

static void a_fault_is_what_its_table_says(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = loaded(
		"at('+10m', a:fault('rrsig-exp-all', { share = 0.25, types = { 'A', 'TYPE65' },\n"
		"names = { 'www.a.de.' }, servers = { 'ns2.a.de.' }, to = '+20m' }))");
	const struct fault *f = &s->tree->faults[0];

	(void)state;
	assert_string_equal(f->row->name, "rrsig-exp-all");
	assert_true(f->zone == tree_zone(s->tree, (const uint8_t *)"\1a\2de"));
	assert_true(f->from == s->from + 10 * MINUTE && f->until == s->from + 20 * MINUTE);
	assert_true(f->share == 0.25 && f->servers == 2);
	assert_int_equal(f->type_count, 2);
	assert_int_equal(f->types[1], 65);
	assert_int_equal(f->name_count, 1);
	assert_string_equal(f->text,
			    "a.de.: rrsig-exp-all, 25 %, A, HTTPS, of www.a.de., at ns2.a.de.");
	assert_false(fault_acts(f, 1, s->from + 10 * MINUTE - 1));
	assert_true(fault_acts(f, 1, s->from + 10 * MINUTE));
	assert_false(fault_acts(f, 0, s->from + 10 * MINUTE));
	assert_false(fault_acts(f, 1, s->from + 20 * MINUTE));
	assert_false(fault_befalls(f, (const uint8_t *)"\4mail\1a\2de", RR_A));
	assert_false(fault_befalls(f, (const uint8_t *)"\3www\1a\2de", RR_AAAA));
}

static void a_larger_share_holds_all_of_a_smaller_one(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		loaded("at('+1m', a:fault('rrsig-exp-all', { share = 0.2, to = '+2m' }))\n"
		       "at('+2m', a:fault('rrsig-exp-all', { share = 0.5 }))");
	const struct fault *few = &s->tree->faults[0], *more = &s->tree->faults[1];
	unsigned n = 0, m = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		uint8_t name[] = "\4xxxx\1a\2de";
		bool of_few;

		snprintf((char *)name + 1, 5, "%04u", i);
		name[5] = 1;
		of_few = fault_befalls(few, name, RR_A);
		n += of_few;
		m += fault_befalls(more, name, RR_A);
		assert_true(!of_few || fault_befalls(more, name, RR_A));
	}
	assert_in_range(n, 150, 250);
	assert_in_range(m, 440, 560);
}

static void names_of_families_and_aliases_are_found(void **state)
{
	int64_t n = 0;

	(void)state;
	assert_string_equal(fault_find_number("nsec3-iter-150", &n)->name, "nsec3-iter");
	assert_int_equal(n, 150);
	assert_string_equal(fault_find_number("rcode-notzone", &n)->name, "rcode");
	assert_int_equal(n, 9);
	assert_string_equal(fault_find_number("dnskey-absent", &n)->name, "no-dnskey");
	assert_int_equal(n, -1);
	assert_null(fault_find("nsec3-iter-"));
	assert_null(fault_find("nsec3-iter-1x"));
	assert_null(fault_find("rcode-5"));
}

/* The signature over the apex A of a server's view at an instant. */
static unsigned signatures(struct scenario *s, unsigned server, simtime now, struct fault_set *seen)
{
	static struct rrset rs, sigs;
	struct zone *z = tree_zone(s->tree, (const uint8_t *)"\1a\2de");
	struct view v = view_at(z, server, now, seen);

	assert_true(content_rrset(&v, z->apex, RR_A, &rs));
	assert_int_equal(sign_rrset(&v, &rs, NULL, NULL, &sigs, NULL), 0);
	return sigs.count;
}

static void only_the_servers_that_are_told_have_it(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		loaded("at('+10m', a:fault('rrsig-no-a', { servers = { 'ns2.a.de.' } }))");
	struct fault_set seen = { 0 };

	(void)state;
	assert_int_equal(signatures(s, 1, s->from, &seen), 1);
	assert_int_equal(signatures(s, 0, s->from + HOUR, &seen), 1);
	assert_true(fault_set_empty(&seen));
	assert_int_equal(signatures(s, 1, s->from + HOUR, &seen), 0);
	assert_true(fault_set_has(&seen, 0));
}

static void a_stale_copy_has_the_faults_of_its_time(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = loaded(
		"at('+5m', a:fault('rrsig-no-a', { to = '+15m' }))\n"
		"at('+10m', a:fault('stale-copy', { servers = { 'ns2.a.de.' }, to = '+1h' }))\n");
	struct fault_set seen = { 0 };

	(void)state;
	assert_int_equal(signatures(s, 0, s->from + 30 * MINUTE, &seen), 1);
	assert_int_equal(signatures(s, 1, s->from + 30 * MINUTE, &seen), 0);
	assert_true(fault_set_has(&seen, 0) && fault_set_has(&seen, 1));
	assert_int_equal(signatures(s, 1, s->from + HOUR, &seen), 1);
}

static void more_faults_than_bits_in_a_word_are_told_apart(void **state)
{
	char text[40000] = "";
	struct fault_set seen = { 0 };

	(void)state;
	for (unsigned i = 0; i < 200; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "at('+%us', a:fault('rrsig-no-a', { to = '+%us' }))\n", 10 * i,
			 10 * i + 10);
	_cleanup_(scenario_freep) struct scenario *s = loaded(text);

	assert_int_equal(s->tree->fault_count, 200);
	assert_int_equal(signatures(s, 0, s->from + 1995 * SECOND, &seen), 0);
	for (unsigned i = 0; i < 200; i++)
		assert_true(fault_set_has(&seen, i) == (i == 199));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_is_refused_with_file_and_line),
		cmocka_unit_test(what_does_not_meet_does_not_contradict),
		cmocka_unit_test(a_fault_is_what_its_table_says),
		cmocka_unit_test(a_larger_share_holds_all_of_a_smaller_one),
		cmocka_unit_test(names_of_families_and_aliases_are_found),
		cmocka_unit_test(only_the_servers_that_are_told_have_it),
		cmocka_unit_test(a_stale_copy_has_the_faults_of_its_time),
		cmocka_unit_test(more_faults_than_bits_in_a_word_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

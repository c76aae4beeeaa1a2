/* SPDX-License-Identifier: BSD-2-Clause */
/* What a zone publishes while keys are rolled: the DS, who signs the DNSKEY RRset, who signs the
 * rest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/language/scenario.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"
#include "tests/support/wire_name.h"
#include "tests/support/written.h"
#include "zones/dump.h"

static const char script[] =
	"scenario { name = 't', from = '2026-05-05T12:00Z', to = '+4h' }\n"
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"
	"local net = zone('net.', { parent = root, servers = { '198.18.1.1' } })\n"
	"local ex = zone('ex.net.', { parent = net, servers = { '198.18.2.1' },\n"
	"\tksk = { old = { ds = { to = '+1h' }, removed = '+2h', signs = { to = '+90m' } },\n"
	"\t\tnew = { published = '+30m', ds = false } },\n"
	"\tzsk = { a = {}, b = { published = '+10m' } } })\n"
	"at('+20m', ex:sign { key = 'a', also = { 'b' } })\n"
	"at('+3h', ex:unsign())\n"
	"at('+210m', ex:sign { key = 'b' })\n";

static char text[1 << 20];

static void dump(struct scenario *s, const char *apex, simtime after)
{
	struct view v = { .now = s->from + after };
	FILE *f = fmemopen(text, sizeof(text), "w");
	struct err e = { .text = "" };

	v.zone = tree_zone(s->tree, wire(apex));
	if (dump_zone(&v, f, &e) < 0)
		fail_msg("%s", e.text);
	fclose(f);
}

/* Lines of the zone that have both. */
static unsigned lines(const char *a, const char *b)
{
	unsigned n = 0;

	for (const char *at = text; *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : "") {
		size_t len = strcspn(at, "\n");
		char line[4096];

		snprintf(line, sizeof(line), "%.*s", (int)(len < 4000 ? len : 4000), at);
		n += strstr(line, a) && strstr(line, b);
	}
	return n;
}

static void the_ds_comes_and_goes_at_times_of_its_own(void **state)
{
	struct scenario *s = written(script);

	(void)state;
	assert_non_null(s);
	dump(s, "net.", 59 * MINUTE);
	assert_int_equal(lines("ex.net.", "\tDS\t"), 1);
	assert_int_equal(lines("ex.net.", "RRSIG\tDS "), 1);
	assert_int_equal(lines("ex.net.", "NS DS RRSIG NSEC"), 1);
	dump(s, "net.", 60 * MINUTE);
	assert_int_equal(lines("ex.net.", "\tDS\t"), 0);
	assert_int_equal(lines("ex.net.", "RRSIG\tDS "), 0);
	assert_int_equal(lines("ex.net.", "NS DS RRSIG NSEC"), 0);
	scenario_free(s);
}

static void a_ksk_signs_the_dnskey_rrset_in_its_time(void **state)
{
	static const struct {
		simtime after;
		unsigned keys, signatures;
	} instants[] = {
		{ 29 * MINUTE, 1, 1 },	{ 30 * MINUTE, 2, 2 },	{ 90 * MINUTE, 2, 1 },
		{ 119 * MINUTE, 2, 1 }, { 120 * MINUTE, 1, 1 },
	};
	struct scenario *s = written(script);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(instants); i++) {
		dump(s, "ex.net.", instants[i].after);
		assert_int_equal(lines("DNSKEY\t257", ""), instants[i].keys);
		assert_int_equal(lines("RRSIG\tDNSKEY ", ""), instants[i].signatures);
	}
	scenario_free(s);
}

static void several_keys_sign_or_none(void **state)
{
	struct scenario *s = written(script);

	(void)state;
	dump(s, "ex.net.", 19 * MINUTE);
	assert_int_equal(lines("RRSIG\tMX ", ""), 1);
	dump(s, "ex.net.", 20 * MINUTE);
	assert_int_equal(lines("RRSIG\tMX ", ""), 2);
	assert_int_equal(lines("RRSIG\tDNSKEY ", ""), 1);
	dump(s, "ex.net.", 180 * MINUTE);
	assert_int_equal(lines("RRSIG\t", ""), 1);
	assert_int_equal(lines("RRSIG\tDNSKEY ", ""), 1);
	dump(s, "ex.net.", 210 * MINUTE);
	assert_int_equal(lines("RRSIG\tMX ", ""), 1);
	scenario_free(s);
}

/* The DNSKEY records of the dump, in order. */
static char *keys_of(simtime after, struct scenario *s)
{
	static char ret[4096];
	size_t len = 0;

	dump(s, "ex.net.", after);
	ret[0] = '\0';
	for (const char *at = strstr(text, "\tDNSKEY\t257"); at;
	     at = strstr(at + 1, "\tDNSKEY\t257"))
		len += (size_t)snprintf(ret + len, sizeof(ret) - len, "%.*s;",
					(int)strcspn(at + 1, "\n"), at + 1);
	return ret;
}

static void a_key_that_comes_back_is_what_it_was(void **state)
{
	static const char back[] =
		"scenario { name = 't', from = '2026-05-05T12:00Z', to = '+4h' }\n"
		"local root = zone('.', { servers = { '198.18.0.1' } })\n"
		"local net = zone('net.', { parent = root, servers = { '198.18.1.1' } })\n"
		"local ex = zone('ex.net.', { parent = net, servers = { '198.18.2.1' },\n"
		"\tksk = { old = { removed = '+1h' }, new = { published = '+1h', removed = '+2h' "
		"},\n"
		"\t\tback = { again = 'old', published = '+2h' } } })\n";
	struct scenario *s = written(back);
	char first[4096];

	(void)state;
	assert_non_null(s);
	strcpy(first, keys_of(0, s));
	assert_string_not_equal(keys_of(60 * MINUTE, s), first);
	assert_string_equal(keys_of(120 * MINUTE, s), first);
	assert_int_equal(lines("RRSIG\tDNSKEY ", ""), 1);
	scenario_free(s);
}

static void what_is_wrong_with_them_is_said(void **state)
{
	static const struct {
		const char *keys, *sentence;
	} wrong[] = {
		{ "zsk = { ds = { from = '+1h' } }", "ds is for KSKs and CSKs" },
		{ "ksk = { ds = { from = '+2h', to = '+1h' } }", "ends before it begins" },
		{ "ksk = { signs = { till = '+2h' } }", "unknown key 'till' in signs" },
		{ "ksk = { ds = true }", "wants a table" },
		{ "ksk = { a = { again = 'b' } }", "again = \"b\" is no KSK that comes before it" },
		{ "ksk = { a = {}, b = { again = 'a', published = '+1h' } }",
		  "'b' is again published before 'a' is removed" },
		{ "ksk = { a = { removed = '+1h' }, b = { again = 'a', published = '+1h', bits = "
		  "2048 } }",
		  "algorithm, bits and tag are those of the key that it is again" },
	};
	char lua[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(lua, sizeof(lua),
			 "scenario { name = 't', from = '2026-05-05T12:00Z', to = '+4h' }\n"
			 "zone('.', { servers = { '198.18.0.1' }, %s })\n",
			 wrong[i].keys);
		refuses(lua, 2, wrong[i].sentence);
	}
	snprintf(lua, sizeof(lua), "%sat('+220m', ex:sign { key = 'a', also = { 'c' } })\n",
		 script);
	refuses(lua, 11, "sign: there is no ZSK 'c'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ds_comes_and_goes_at_times_of_its_own),
		cmocka_unit_test(a_ksk_signs_the_dnskey_rrset_in_its_time),
		cmocka_unit_test(several_keys_sign_or_none),
		cmocka_unit_test(a_key_that_comes_back_is_what_it_was),
		cmocka_unit_test(what_is_wrong_with_them_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

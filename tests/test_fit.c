/* SPDX-License-Identifier: BSD-2-Clause */
/* What a plan publishes fits a message, or the plan is refused. */
#include <ldns/ldns.h>

#include "sim/authority/answer.h"
#include "sim/language/scenario.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/wire_name.h"
#include "tests/support/written.h"
#include "zones/key.h"

#define HEAD                                                                                       \
	"scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+2h' }\n"                        \
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"                                 \
	"local de = zone('de.', { parent = root, servers = { '198.18.1.1' },\n"
#define TRAP(keys, sigs) "at('+10m', de:fault('keytrap', { keys = " #keys ", sigs = " #sigs " }))\n"

/* How many records of a type an answer by TCP has. */
static size_t answered(struct scenario *s, const char *name, uint16_t qtype, uint16_t type)
{
	static uint8_t reply[UINT16_MAX];
	uint8_t query[300] = { 0 };
	struct buf q = buf_over(query, sizeof(query)), out = buf_over(reply, sizeof(reply));
	struct answer a;
	ldns_rr_list *all;
	ldns_pkt *pkt;
	size_t n = 0;

	buf_put(&q, "\0\1\0\0\0\1\0\0\0\0\0\1", 12);
	buf_put(&q, wire(name), name_len(wire(name)));
	buf_u16(&q, qtype);
	buf_put(&q, "\0\1\0\0\51\20\0\0\0\200\0\0\0", 13);
	answer_make(s->tree, &(struct address){ 4, { 198, 18, 1, 1 } }, query, q.len, true,
		    s->from + HOUR, &out, &a);
	assert_false(a.truncated || a.lacking);
	assert_int_equal(ldns_wire2pkt(&pkt, reply, out.len), LDNS_STATUS_OK);
	all = ldns_pkt_get_section_clone(pkt, LDNS_SECTION_ANY_NOQUESTION);
	for (size_t i = 0; i < ldns_rr_list_rr_count(all); i++)
		n += ldns_rr_get_type(ldns_rr_list_rr(all, i)) == type;
	ldns_rr_list_deep_free(all);
	ldns_pkt_free(pkt);
	return n;
}

static void a_trap_that_fits_a_message_is_served_whole(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	struct err e;

	(void)state;
	if (written_load(HEAD "denial = 'nsec', algorithm = 'RSASHA256' })\n" TRAP(128, 110), NULL,
			 &s, &e))
		fail_msg("%s", e.text);
	assert_int_equal(answered(s, "de.", RR_DNSKEY, RR_DNSKEY), 130);
	assert_int_equal(answered(s, "de.", RR_SOA, RR_RRSIG), 110);
	assert_int_equal(answered(s, "nobody.de.", RR_A, RR_RRSIG), 330);
}

static void a_trap_that_does_not_fit_a_message_is_refused_where_it_is_told(void **state)
{
	(void)state;
	refuses(HEAD "nsec3 = {}, algorithm = 'RSASHA256' })\n" TRAP(128, 128), 5,
		"keytrap: zone 'de.': an answer with 128 signatures over each of its RRsets "
		"takes ");
	refuses(HEAD "zsk = { a = { algorithm = 'RSASHA256', bits = 4096 } },\n"
		     "ksk = { b = { algorithm = 'RSASHA256' } } })\n" TRAP(128, 1),
		6, "keytrap: zone 'de.': an answer with 128 keys of one tag takes ");
	refuses(HEAD "denial = 'nsec', ksk = { b = { algorithm = 'RSASHA256' } },\n"
		     "zsk = { a = { algorithm = 'RSASHA256', bits = 2048 } } })\n" TRAP(1, 128),
		6, "a message holds 65535: at most 72 fit");
}

static void keys_that_do_not_fit_a_message_are_refused_at_their_zone(void **state)
{
	char text[8192] = HEAD "ksk = { ";
	size_t len = strlen(text);

	(void)state;
	for (int i = 0; i < 62; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"k%d = { algorithm = 'RSASHA256', bits = 4096 },\n", i);
	snprintf(text + len, sizeof(text) - len, "}, zsk = { z = { algorithm = 'RSASHA256' } } })");
	refuses(text, 3, "zone 'de.': an answer with 63 keys takes ");
}

static void the_lengths_of_keys_and_signatures_are_those_that_are_made(void **state)
{
	(void)state;
	for (int a = 1; a < 17; a++) {
		struct key_plan plan = { .algorithm = (enum algorithm)a,
					 .role = KEY_ZSK,
					 .tag = -1 };
		_cleanup_(key_freep) struct key *k = NULL;
		uint8_t signature[KEY_SIGNATURE_MAX];
		size_t len;

		if (key_check(&plan, NULL))
			continue;
		assert_int_equal(key_new(&plan, 7, &k, NULL), 0);
		key_rdata(k, &len);
		assert_int_equal(key_rdata_len(&plan), len);
		assert_int_equal(key_sign(k, "x", 1, signature, &len, NULL), 0);
		assert_int_equal(key_signature_len(&plan), len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trap_that_fits_a_message_is_served_whole),
		cmocka_unit_test(a_trap_that_does_not_fit_a_message_is_refused_where_it_is_told),
		cmocka_unit_test(keys_that_do_not_fit_a_message_are_refused_at_their_zone),
		cmocka_unit_test(the_lengths_of_keys_and_signatures_are_those_that_are_made),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "harness/clients/message.h"
#include "sim/base/buf.h"
#include "tests/support/test.h"

static uint8_t bytes[1024];

/* An answer to "a.de A" with room for `answers` records. */
static struct buf answer(uint8_t rcode, uint16_t answers, uint16_t additional)
{
	struct buf b = buf_over(bytes, sizeof(bytes));

	buf_u16(&b, 0x1234);
	buf_u16(&b, (uint16_t)(0x8180 | rcode));
	buf_u16(&b, 1);
	buf_u16(&b, answers);
	buf_u16(&b, 0);
	buf_u16(&b, additional);
	buf_put(&b, "\1A\2dE", 6);
	buf_u16(&b, RR_A);
	buf_u16(&b, 1);
	return b;
}

static void record(struct buf *b, const char *owner, size_t owner_len, uint16_t type, uint32_t ttl,
		   const char *rdata, uint16_t len)
{
	buf_put(b, owner, owner_len);
	buf_u16(b, type);
	buf_u16(b, type == RR_OPT ? 1232 : 1);
	buf_u32(b, ttl);
	buf_u16(b, len);
	buf_put(b, rdata, len);
}

#define SAME "\xc0\x0c", 2

static void an_answer_gives_its_header_question_and_address(void **state)
{
	struct buf b = answer(0, 1, 0);
	struct message m;

	(void)state;
	record(&b, SAME, RR_A, 300, "\1\2\3\4", 4);
	assert_true(message_read(bytes, b.len, &m));
	assert_true(m.whole && m.is_answer && m.has_question && m.rd && m.on_chain);
	assert_false(m.truncated || m.ad || m.cd || m.edns);
	assert_int_equal(m.id, 0x1234);
	assert_int_equal(m.qtype, RR_A);
	assert_true(name_equal(m.qname, (const uint8_t *)"\1a\2de"));
	assert_int_equal(m.address.family, 4);
	assert_memory_equal(m.address.bytes, "\1\2\3\4", 4);
	assert_true(name_equal(m.owner, (const uint8_t *)"\1a\2de"));
	assert_int_equal(m.ttl, 300);
	assert_int_equal(m.ede, -1);
}

static void an_alias_is_followed_to_the_address(void **state)
{
	struct buf b = answer(0, 2, 0);
	struct message m;

	(void)state;
	record(&b, SAME, RR_CNAME, 60, "\3WWW\xc0\x0c", 6);
	record(&b, "\3www\1a\2de", 10, RR_A, 60, "\1\2\3\4", 4);
	assert_true(message_read(bytes, b.len, &m));
	assert_true(m.whole && m.on_chain);
	assert_true(name_equal(m.owner, (const uint8_t *)"\3www\1a\2de"));
}

static void an_address_that_no_alias_leads_to_is_not_on_the_chain(void **state)
{
	struct buf b = answer(0, 1, 0);
	struct message m;

	(void)state;
	record(&b, "\3www\1a\2de", 10, RR_A, 60, "\1\2\3\4", 4);
	assert_true(message_read(bytes, b.len, &m));
	assert_int_equal(m.address.family, 4);
	assert_false(m.on_chain);
}

static void an_address_of_another_type_is_not_taken(void **state)
{
	struct buf b = answer(0, 1, 0);
	struct message m;

	(void)state;
	record(&b, SAME, RR_AAAA, 60, "0123456789abcdef", 16);
	assert_true(message_read(bytes, b.len, &m));
	assert_true(m.whole);
	assert_int_equal(m.address.family, 0);
}

static void the_first_extended_error_and_the_upper_bits_of_the_rcode_come_from_opt(void **state)
{
	struct buf b = answer(0, 0, 1);
	struct message m;

	(void)state;
	record(&b, "", 1, RR_OPT, 0x01008000,
	       "\0\12\0\2xx"
	       "\0\17\0\5\0\6bad"
	       "\0\17\0\2\0\7",
	       21);
	assert_true(message_read(bytes, b.len, &m));
	assert_true(m.whole && m.edns && m.dnssec_ok);
	assert_int_equal(m.ede, 6);
	assert_int_equal(m.rcode, 16);
}

static void an_option_that_runs_over_its_record_is_not_read(void **state)
{
	struct buf b = answer(2, 0, 1);
	struct message m;

	(void)state;
	record(&b, "", 1, RR_OPT, 0, "\0\17\0\3\0\6", 6);
	assert_true(message_read(bytes, b.len, &m));
	assert_false(m.whole);
	assert_int_equal(m.ede, -1);
	assert_int_equal(m.rcode, 2);
}

static void an_answer_without_a_question_is_read(void **state)
{
	const uint8_t header[12] = { 0, 1, 0x81, 0x01 };
	struct message m;

	(void)state;
	assert_true(message_read(header, sizeof(header), &m));
	assert_false(m.has_question);
	assert_int_equal(m.rcode, RCODE_FORMERR);
	assert_false(message_read(header, sizeof(header) - 1, &m));
}

static void two_questions_are_no_message(void **state)
{
	struct buf b = answer(0, 0, 0);
	struct message m;

	(void)state;
	bytes[5] = 2;
	assert_false(message_read(bytes, b.len, &m));
}

/* Reads from memory of exactly this length, so that a sanitizer sees a byte too much. */
static bool read_exactly(const uint8_t *data, size_t len, struct message *ret)
{
	uint8_t *copy = malloc(len ? len : 1);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, data, len);
	ok = message_read(copy, len, ret);
	free(copy);
	return ok;
}

static void a_message_cut_anywhere_is_not_whole(void **state)
{
	struct buf b = answer(0, 2, 1);
	struct message m;

	(void)state;
	record(&b, SAME, RR_CNAME, 60, "\3www\xc0\x0c", 6);
	record(&b, "\3www\xc0\x0c", 6, RR_A, 60, "\1\2\3\4", 4);
	record(&b, "", 1, RR_OPT, 0, "\0\17\0\2\0\6", 6);
	for (size_t len = 0; len < b.len; len++)
		assert_false(read_exactly(bytes, len, &m) && m.whole);
	assert_true(read_exactly(bytes, b.len, &m) && m.whole);
}

static void names_that_point_at_themselves_or_forward_are_refused(void **state)
{
	static const char *const pointers[] = { "\xc0\x16", "\xc0\x17", "\xc0\xff", "\xff\xff" };
	struct message m;

	(void)state;
	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
		struct buf b = answer(0, 1, 0);

		assert_int_equal(b.len, 0x16);
		record(&b, pointers[i], 2, RR_A, 60, "\1\2\3\4", 4);
		assert_true(read_exactly(bytes, b.len, &m));
		assert_false(m.whole);
	}
}

static void a_name_longer_than_255_bytes_is_refused(void **state)
{
	struct buf b = buf_over(bytes, sizeof(bytes));
	struct message m;

	(void)state;
	buf_put(&b, "\0\1\1\0\0\1\0\0\0\0\0\0", 12);
	for (unsigned i = 0; i < 127; i++)
		buf_put(&b, "\1x", 2);
	buf_put(&b, "\0\0\1\0\1", 5); /* 255 bytes: the longest */
	assert_true(read_exactly(bytes, b.len, &m));
	assert_int_equal(name_len(m.qname), 255);
	b.len -= 5;
	buf_put(&b, "\1x\0\0\1\0\1", 7);
	assert_false(read_exactly(bytes, b.len, &m));
}

static void all_extended_errors_are_read_with_their_texts(void **state)
{
	struct buf b = answer(RCODE_SERVFAIL, 0, 1);
	struct message_ede edes[4];
	struct message m;

	(void)state;
	record(&b, "", 1, RR_OPT, 0,
	       "\0\17\0\5\0\11bad"
	       "\0\12\0\0"
	       "\0\17\0\2\0\26",
	       19);
	assert_int_equal(message_edes(bytes, b.len, edes, 4), 2);
	assert_int_equal(edes[0].code, 9);
	assert_int_equal(edes[0].text_len, 3);
	assert_memory_equal(edes[0].text, "bad", 3);
	assert_int_equal(edes[1].code, 22);
	assert_int_equal(edes[1].text_len, 0);
	assert_int_equal(message_edes(bytes, b.len, edes, 1), 1);
	assert_true(message_read(bytes, b.len, &m));
	assert_int_equal(m.ede, 9);
}

static void a_query_is_read_as_it_was_put(void **state)
{
	struct buf b = buf_over(bytes, sizeof(bytes));
	struct message m;

	(void)state;
	message_put_query(&b, &(struct message_query){ .id = 7,
						       .qtype = RR_AAAA,
						       .rd = true,
						       .cd = true,
						       .edns = true,
						       .dnssec_ok = true,
						       .qname = (const uint8_t *)"\1a\2de" });
	assert_true(message_read(bytes, b.len, &m));
	assert_true(m.whole && m.has_question && m.rd && m.cd && m.edns && m.dnssec_ok);
	assert_false(m.is_answer || m.ad || m.truncated);
	assert_int_equal(m.id, 7);
	assert_int_equal(m.qtype, RR_AAAA);
	assert_int_equal(m.qclass, 1);
	assert_true(name_equal(m.qname, (const uint8_t *)"\1a\2de"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_extended_errors_are_read_with_their_texts),
		cmocka_unit_test(a_query_is_read_as_it_was_put),
		cmocka_unit_test(an_answer_gives_its_header_question_and_address),
		cmocka_unit_test(an_alias_is_followed_to_the_address),
		cmocka_unit_test(an_address_that_no_alias_leads_to_is_not_on_the_chain),
		cmocka_unit_test(an_address_of_another_type_is_not_taken),
		cmocka_unit_test(
			the_first_extended_error_and_the_upper_bits_of_the_rcode_come_from_opt),
		cmocka_unit_test(an_option_that_runs_over_its_record_is_not_read),
		cmocka_unit_test(an_answer_without_a_question_is_read),
		cmocka_unit_test(two_questions_are_no_message),
		cmocka_unit_test(a_message_cut_anywhere_is_not_whole),
		cmocka_unit_test(names_that_point_at_themselves_or_forward_are_refused),
		cmocka_unit_test(a_name_longer_than_255_bytes_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

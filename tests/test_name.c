/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/rrset.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/support/wire_name.h"

static void a_name_is_its_labels_in_lower_case(void **state)
{
	(void)state;
	assert_memory_equal(wire("WWW.De"), "\3www\2de", 8);
	assert_memory_equal(wire("."), "", 1);
	assert_int_equal(name_len(wire("www.de.")), 8);
	assert_int_equal(name_len(wire(".")), 1);
	assert_int_equal(name_labels(wire(".")), 0);
	assert_int_equal(name_labels(wire("a.de.")), 2);
}

static void escapes_are_read_and_written(void **state)
{
	char text[NAME_TEXT_LEN];

	(void)state;
	assert_memory_equal(wire("a\\.b.\\000\\255\\@.de."), "\3a.b\3\0\377@\2de", 12);
	assert_string_equal(name_text(wire("a\\.b.\\000\\255\\@.de."), text),
			    "a\\.b.\\000\\255\\@.de.");
	assert_string_equal(name_text(wire("."), text), ".");
	assert_string_equal(name_text(wire("De"), text), "de.");
}

static void every_byte_survives_text(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		uint8_t name[] = { 2, 'x', (uint8_t)c, 2, 'd', 'e', 0 };
		char text[NAME_TEXT_LEN];

		if (c >= 'A' && c <= 'Z')
			continue;
		assert_true(name_equal(wire(name_text(name, text)), name));
	}
}

static void what_is_no_name_is_refused(void **state)
{
	static const char *const bad[] = { "",	     "..",  ".de",   "a..de.",
					   "a.de..", "a\\", "a\\25", "a\\256" };
	uint8_t name[NAME_MAX_LEN];
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(e.text, 0, sizeof(e.text));
		assert_int_equal(name_parse(bad[i], name, &e), -EINVAL);
		assert_true(e.text[0]);
	}
}

static void labels_end_at_63_bytes_and_names_at_255(void **state)
{
	char text[400];
	uint8_t name[NAME_MAX_LEN];
	struct err e;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[63] = '\0';
	assert_int_equal(name_parse(text, name, &e), 0);
	assert_int_equal(name[0], 63);
	text[63] = 'a';
	text[64] = '\0';
	assert_int_equal(name_parse(text, name, &e), -EINVAL);
	/* 3 labels of 63 bytes and one of 61: 3 * 64 + 62 + 1 = 255. */
	text[63] = text[127] = text[191] = '.';
	text[64] = 'a';
	for (int dot = 0; dot < 2; dot++) {
		text[253] = dot ? '.' : '\0';
		text[254] = '\0';
		assert_int_equal(name_parse(text, name, &e), 0);
		assert_int_equal(name_len(name), 255);
		text[253] = 'a';
		text[254] = dot ? '.' : '\0';
		text[255] = '\0';
		assert_int_equal(name_parse(text, name, &e), -EINVAL);
	}
}

static void names_stand_in_canonical_order(void **state)
{
	/* The example of RFC 4034 section 6.1, the root before it. */
	static const char *const order[] = { ".",
					     "example.",
					     "a.example.",
					     "yljkjljk.a.example.",
					     "Z.a.example.",
					     "zABC.a.EXAMPLE.",
					     "z.example.",
					     "\\001.z.example.",
					     "*.z.example.",
					     "\\200.z.example." };
	const int n = sizeof(order) / sizeof(order[0]);

	(void)state;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++) {
			int got = name_compare(wire(order[i]), wire(order[j]));

			assert_int_equal((got > 0) - (got < 0), (i > j) - (i < j));
			assert_int_equal(name_equal(wire(order[i]), wire(order[j])), i == j);
		}
}

static void a_name_is_under_its_ancestors_only(void **state)
{
	(void)state;
	assert_true(name_under(wire("de."), wire("de.")));
	assert_true(name_under(wire("a.b.de."), wire("de.")));
	assert_true(name_under(wire("a.de."), wire(".")));
	assert_false(name_under(wire("de."), wire("a.de.")));
	assert_false(name_under(wire("xde."), wire("de.")));
	assert_false(name_under(wire("a.net."), wire("de.")));
	assert_false(name_under(wire("\\002de."), wire("de.")));
}

static void labels_are_skipped_and_put_in_front(void **state)
{
	uint8_t name[NAME_MAX_LEN];
	char label[64];

	(void)state;
	assert_true(name_equal(name_skip(wire("a.b.de."), 2), wire("de.")));
	assert_true(name_equal(name_skip(wire("a.de."), 9), wire(".")));
	assert_int_equal(name_prepend(name, "*", wire("de.")), 0);
	assert_true(name_equal(name, wire("*.de.")));
	assert_int_equal(name_prepend(name, "b", name), 0);
	assert_true(name_equal(name, wire("b.*.de.")));
	memset(label, 'a', 63);
	label[63] = '\0';
	name_copy(name, wire("."));
	for (int i = 0; i < 3; i++)
		assert_int_equal(name_prepend(name, label, name), 0);
	assert_int_equal(name_prepend(name, label, name), -ENAMETOOLONG);
	label[61] = '\0';
	assert_int_equal(name_prepend(name, label, name), 0);
	assert_int_equal(name_len(name), 255);
}

static void records_keep_canonical_order_and_no_copies(void **state)
{
	static const char *const want[] = { "", "a", "ab", "b" };
	static struct rrset rs, copy;
	const uint8_t *rdata;
	size_t pos = 0, len, n = 0;

	(void)state;
	rrset_init(&rs, wire("a.de."), RR_TXT, 60);
	rrset_add(&rs, "b", 1);
	rrset_add(&rs, "ab", 2);
	rrset_add(&rs, "", 0);
	rrset_add(&rs, "a", 1);
	rrset_add(&rs, "b", 1);
	assert_int_equal(rs.count, 4);
	rrset_copy(&copy, &rs);
	for (; (rdata = rrset_next(&copy, &pos, &len)); n++) {
		assert_int_equal(len, strlen(want[n]));
		assert_memory_equal(rdata, want[n], len);
	}
	assert_int_equal(n, 4);
	assert_true(name_equal(copy.owner, rs.owner));
}

static void a_record_that_finds_no_room_is_told(void **state)
{
	static struct rrset rs;
	static uint8_t big[RRSET_DATA_MAX];

	(void)state;
	rrset_init(&rs, wire("."), RR_TXT, 60);
	rrset_add(&rs, big, RRSET_DATA_MAX - 2);
	assert_false(rs.lacks);
	rrset_add(&rs, big, RRSET_DATA_MAX - 2); /* a second copy needs none */
	assert_false(rs.lacks);
	rrset_add(&rs, "", 0);
	assert_true(rs.lacks);
	assert_int_equal(rs.count, 1);
	rrset_init(&rs, wire("."), RR_TXT, 60);
	assert_false(rs.lacks);
	rrset_add(&rs, big, RRSET_DATA_MAX - 1);
	assert_true(rs.lacks);
	assert_int_equal(rs.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_its_labels_in_lower_case),
		cmocka_unit_test(escapes_are_read_and_written),
		cmocka_unit_test(every_byte_survives_text),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(labels_end_at_63_bytes_and_names_at_255),
		cmocka_unit_test(names_stand_in_canonical_order),
		cmocka_unit_test(a_name_is_under_its_ancestors_only),
		cmocka_unit_test(labels_are_skipped_and_put_in_front),
		cmocka_unit_test(records_keep_canonical_order_and_no_copies),
		cmocka_unit_test(a_record_that_finds_no_room_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Zones that come by a transfer: whole, or what has changed; and what is no transfer at all. */
#include <errno.h>
#include <string.h>

#include "harness/signing/incoming.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

#define SOA(serial) "x. 60 IN SOA ns.x. h.x. " #serial " 3600 600 86400 60"

/* A message with these records in its answer section. */
static int feed(struct incoming *in, const char *const *lines, struct err *e)
{
	ldns_pkt *message = ldns_pkt_new();
	int r;

	for (; *lines; lines++) {
		ldns_rr *rr;

		assert_int_equal(ldns_rr_new_frm_str(&rr, *lines, 0, NULL, NULL), LDNS_STATUS_OK);
		assert_true(ldns_pkt_push_rr(message, LDNS_SECTION_ANSWER, rr));
	}
	r = incoming_message(in, message, e);
	ldns_pkt_free(message);
	return r;
}

static void assert_zone(const struct zone_copy *c, const char *expected)
{
	FILE *f = tmpfile();
	struct err e;

	assert_int_equal(zone_copy_write(c, f, &e), 0);
	rewind(f);
	assert_string_equal(stream_text(f), expected);
	fclose(f);
}

#define IS_SOA(serial) "x.\t60\tIN\tSOA\tns.x. h.x. " #serial " 3600 600 86400 60\n"

/* Version 5, of two messages. */
static struct zone_copy *whole(void)
{
	static const char *const first[] = { SOA(5), "x. 60 IN NS ns.x.", NULL };
	static const char *const second[] = { "a.x. 60 IN A 192.0.2.1", SOA(5), NULL };
	struct incoming *in = incoming_new(NULL);
	struct zone_copy *c;
	struct err e;

	assert_int_equal(feed(in, first, &e), 0);
	assert_int_equal(feed(in, second, &e), 1);
	assert_false(incoming_is_difference(in));
	c = incoming_take_zone(in);
	incoming_free(in);
	return c;
}

static void a_whole_zone_is_all_between_two_soas(void **state)
{
	struct zone_copy *c = whole();

	(void)state;
	assert_int_equal(zone_copy_serial(c), 5);
	assert_zone(c, IS_SOA(5) "a.x.\t60\tIN\tA\t192.0.2.1\nx.\t60\tIN\tNS\tns.x.\n");
	zone_copy_free(c);
}

/* From 5 to 6 and on to 7, cut within. */
static void what_has_changed_makes_the_next_zone(void **state)
{
	static const char *const first[] = { SOA(7), SOA(5), "a.x. 60 IN A 192.0.2.1", SOA(6),
					     NULL };
	static const char *const second[] = { "a.x. 60 IN A 192.0.2.2", SOA(6),
					      "a.x. 60 IN A 192.0.2.2", SOA(7),
					      "b.x. 60 IN A 192.0.2.3", NULL };
	static const char *const last[] = { SOA(7), NULL };
	struct zone_copy *before = whole(), *c;
	struct incoming *in = incoming_new(before);
	unsigned removed, added;
	FILE *f = tmpfile();
	struct err e;

	(void)state;
	assert_int_equal(feed(in, first, &e), 0);
	assert_int_equal(feed(in, second, &e), 0);
	assert_int_equal(feed(in, last, &e), 1);
	assert_true(incoming_is_difference(in));
	c = incoming_take_zone(in);
	assert_int_equal(zone_copy_serial(c), 7);
	assert_zone(c, IS_SOA(7) "b.x.\t60\tIN\tA\t192.0.2.3\nx.\t60\tIN\tNS\tns.x.\n");
	assert_int_equal(zone_copy_write_difference(before, c, f, &removed, &added, &e), 0);
	rewind(f);
	assert_string_equal(stream_text(f),
			    "- a.x.\t60\tIN\tA\t192.0.2.1\n- " IS_SOA(
				    5) "+ b.x.\t60\tIN\tA\t192.0.2.3\n+ " IS_SOA(7));
	assert_int_equal(removed, 2);
	assert_int_equal(added, 2);
	fclose(f);
	zone_copy_free(c);
	incoming_free(in);
	zone_copy_free(before);
}

static void assert_bad(const struct zone_copy *before, const char *const *lines, const char *why)
{
	struct incoming *in = incoming_new(before);
	struct err e = { .text = "" };

	assert_int_equal(feed(in, lines, &e), -EBADMSG);
	assert_has(e.text, why);
	incoming_free(in);
}

static void what_is_no_transfer_is_refused(void **state)
{
	static const char *const headless[] = { "x. 60 IN NS ns.x.", NULL };
	static const char *const bare[] = { SOA(5), SOA(5), NULL };
	static const char *const other_end[] = { SOA(5), "x. 60 IN NS ns.x.", SOA(6), NULL };
	static const char *const not_there[] = { SOA(7), SOA(5), "z.x. 60 IN A 192.0.2.1", NULL };
	static const char *const not_ours[] = { SOA(7), SOA(4), NULL };
	static const char *const behind[] = { SOA(5), "x. 60 IN NS ns.x.", SOA(5), SOA(5), NULL };
	static const char *const nothing[] = { SOA(5), NULL };
	struct zone_copy *before = whole();

	(void)state;
	assert_bad(NULL, headless, "does not begin with the SOA");
	assert_bad(NULL, bare, "an SOA and nothing else");
	assert_bad(NULL, other_end, "ends with another SOA");
	assert_bad(before, not_there, "which is not there");
	assert_bad(before, not_ours, "which is not there");
	assert_bad(NULL, behind, "behind its end");
	assert_bad(before, nothing, "has the SOA alone");
	zone_copy_free(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_zone_is_all_between_two_soas),
		cmocka_unit_test(what_has_changed_makes_the_next_zone),
		cmocka_unit_test(what_is_no_transfer_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

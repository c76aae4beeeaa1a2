/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages that two servers sign, as the one who asks sees it (RFC 8945): what is right is taken, and nothing else. */
#include <errno.h>
#include <string.h>

#include <ldns/ldns.h>

#include "sim/authority/tsig.h"
#include "sim/base/buf.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

#define NOW UINT64_C(1767225600)
#define SECRET "c2VjcmV0IG9mIHR3byBzZXJ2ZXJz"
#define ROOM 1024

static struct tsig_key key(const char *secret)
{
	struct tsig_key k = { .name = "\1k", .algorithm = tsig_algorithm_find("hmac-sha256") };

	assert_true(tsig_key_secret(&k, secret));
	return k;
}

/* A question for the SOA of "x.". */
static size_t question(uint8_t *ret)
{
	static const uint8_t bytes[] = "\x12\x34\0\0\0\1\0\0\0\0\0\0\1x\0\0\6\0\1";

	memcpy(ret, bytes, sizeof(bytes) - 1);
	return sizeof(bytes) - 1;
}

struct talk {
	struct tsig asker, server;
	uint8_t data[ROOM];
	size_t len;
};

static void ask(struct talk *t, const struct tsig_key *asker, const struct tsig_key *server)
{
	struct query q = { .id = 0 };

	t->len = question(t->data);
	tsig_begin(&t->asker, asker);
	assert_true(tsig_put(&t->asker, t->data, &t->len, NOW));
	q.tsig_at = query_tsig_at(t->data, t->len);
	assert_true(q.tsig_at > 0);
	assert_true(tsig_check_key(server, t->data, t->len, &q, NOW, &t->server));
}

/* The next message of the answer. */
static void answer(struct talk *t)
{
	t->len = question(t->data);
	t->data[2] = 0x84;
	assert_true(tsig_put(&t->server, t->data, &t->len, NOW));
}

static int hear(struct talk *t, uint64_t now, struct err *e)
{
	return tsig_hear(&t->asker, t->data, t->len, query_tsig_at(t->data, t->len), now, e);
}

static void what_both_sign_is_taken(void **state)
{
	struct tsig_key k = key(SECRET);
	struct talk t;
	struct err e;

	(void)state;
	ask(&t, &k, &k);
	assert_int_equal(t.server.error, 0);
	for (int i = 0; i < 3; i++) {
		answer(&t);
		assert_int_equal(hear(&t, NOW, &e), 0);
	}
	tsig_done(&t.asker);
}

static void a_question_is_signed_as_others_do_it(void **state)
{
	struct tsig_key k = key(SECRET);
	struct talk t;
	ldns_pkt *p;

	(void)state;
	ask(&t, &k, &k);
	assert_int_equal(ldns_wire2pkt(&p, t.data, t.len), LDNS_STATUS_OK);
	assert_true(ldns_pkt_tsig_verify(p, t.data, t.len, "k.", SECRET, NULL));
	t.data[13]++;
	assert_false(ldns_pkt_tsig_verify(p, t.data, t.len, "k.", SECRET, NULL));
	ldns_pkt_free(p);
	tsig_done(&t.asker);
}

static void what_is_changed_on_its_way_or_late_is_refused(void **state)
{
	struct tsig_key k = key(SECRET);
	struct talk t;
	struct err e;

	(void)state;
	ask(&t, &k, &k);
	answer(&t);
	t.data[3] ^= 1;
	assert_int_equal(hear(&t, NOW, &e), -EBADMSG);
	assert_has(e.text, "is not right");
	tsig_done(&t.asker);
	ask(&t, &k, &k);
	answer(&t);
	assert_int_equal(hear(&t, NOW + 301, &e), -EBADMSG);
	assert_has(e.text, "not of this time");
	tsig_done(&t.asker);
}

static void who_has_another_secret_is_told_so(void **state)
{
	struct tsig_key k = key(SECRET), other = key("b3RoZXJz");
	struct talk t;
	struct err e;

	(void)state;
	ask(&t, &other, &k);
	assert_int_equal(t.server.error, TSIG_BADSIG);
	answer(&t);
	assert_int_equal(hear(&t, NOW, &e), -EBADMSG);
	assert_has(e.text, "BADSIG");
	tsig_done(&t.asker);
	ask(&t, &k, NULL);
	assert_int_equal(t.server.error, TSIG_BADKEY);
	tsig_done(&t.asker);
}

/* The first is always signed; a later one may leave it to one behind it, whose MAC is over both (section 5.3.1). */
static void one_in_the_middle_need_not_be_signed(void **state)
{
	struct tsig_key k = key(SECRET);
	uint8_t text[2 * ROOM], mac[TSIG_MAC_MAX];
	struct buf b = buf_over(text, sizeof(text));
	struct talk t;
	struct err e;

	(void)state;
	ask(&t, &k, &k);
	t.len = question(t.data);
	assert_int_equal(hear(&t, NOW, &e), -EBADMSG);
	assert_has(e.text, "not signed");
	tsig_done(&t.asker);
	ask(&t, &k, &k);
	answer(&t);
	assert_int_equal(hear(&t, NOW, &e), 0);
	buf_u16(&b, 32);
	buf_put(&b, t.server.mac, 32);
	for (int i = 0; i < 2; i++)
		b.len += question(text + b.len);
	text[b.len - question(mac) + 2] = 0x84;
	buf_u16(&b, 0);
	buf_u32(&b, (uint32_t)NOW);
	buf_u16(&b, 300);
	assert_true(tsig_key_mac(&k, text, b.len, mac));
	t.len = question(t.data);
	assert_int_equal(hear(&t, NOW, &e), 1);
	answer(&t);
	memcpy(t.data + t.len - 6 - 32, mac, 32);
	assert_int_equal(hear(&t, NOW, &e), 0);
	tsig_done(&t.asker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_both_sign_is_taken),
		cmocka_unit_test(a_question_is_signed_as_others_do_it),
		cmocka_unit_test(what_is_changed_on_its_way_or_late_is_refused),
		cmocka_unit_test(who_has_another_secret_is_told_so),
		cmocka_unit_test(one_in_the_middle_need_not_be_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

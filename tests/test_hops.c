/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/hops.h"

#include <string.h>

#include "tests/support/test.h"

/* ---- a wire that notes what it is given ---- */

struct sent {
	struct packet p;
	simtime at; /* 0: at once */
} sent[256];
static unsigned sent_count;

bool wire_send_later(struct wire *w, const struct packet *p, simtime at)
{
	(void)w;
	if (p->tcp)
		return false;
	sent[sent_count++] = (struct sent){ *p, at };
	return true;
}

int wire_send(struct wire *w, const struct packet *p, struct err *e)
{
	(void)w;
	(void)e;
	sent[sent_count++] = (struct sent){ *p, 0 };
	return 0;
}

/* ---- two resolvers ---- */

#define NOW (1000 * SECOND)

static const struct address host = { 4, { 198, 19, 0, 53 } }, cluster = { 4, { 198, 19, 0, 54 } };
static const struct address other = { 4, { 198, 19, 0, 55 } };
static const struct address six[] = { { 6, { 0xfd, [15] = 1 } },
				      { 6, { 0xfd, [15] = 2 } },
				      { 6, { 0xfd, [15] = 3 } } };
static struct hops *hops;
static struct err err;
static unsigned came, gone;

static void count(const struct packet *p, bool comes, void *arg)
{
	(void)p;
	(void)arg;
	*(comes ? &came : &gone) += 1;
}

static void begin(struct hops_link to_cluster)
{
	static const struct hops_link plain = { .delay = MSEC };

	to_cluster.delay = to_cluster.delay ?: MSEC;
	sent_count = came = gone = 0;
	assert_int_equal(hops_new(NULL, 1, &hops, &err), 0);
	assert_int_equal(hops_add(hops, &host, &six[0], &plain, &err), 0);
	assert_int_equal(hops_add(hops, &cluster, &six[1], &to_cluster, &err), 0);
	assert_int_equal(hops_add(hops, &other, &six[2], &plain, &err), 0);
	hops_tell(hops, count, NULL);
}

static int end(void **state)
{
	(void)state;
	hops_free(hops);
	hops = NULL;
	return 0;
}

static struct packet question(const struct address *from, uint16_t port, simtime at)
{
	static const uint8_t data[100];

	return (struct packet){ .side = SIDE_AUTHORITY,
				.from = { *from, port },
				.to = { cluster, 53 },
				.at = at,
				.data = data,
				.len = sizeof(data) };
}

static struct packet answer(uint16_t port, simtime at)
{
	struct packet p = question(&host, port, at);

	p.side = SIDE_CLIENT;
	p.from = (struct endpoint){ cluster, 53 };
	p.to = (struct endpoint){ host, port };
	return p;
}

static void take(const struct packet *p)
{
	assert_true(hops_owns(hops, p));
	assert_int_equal(hops_take(hops, p, &err), 0);
}

static void a_question_and_its_answer_come_after_the_links_delay(void **state)
{
	struct packet q = question(&host, 4000, NOW), a = answer(4000, NOW + 9 * MSEC);

	(void)state;
	begin((struct hops_link){ .delay = 5 * MSEC });
	take(&q);
	take(&a);
	assert_int_equal(sent_count, 2);
	assert_true(sent[0].at == NOW + 5 * MSEC && sent[0].p.side == SIDE_RESOLVER);
	assert_true(sent[1].at == NOW + 14 * MSEC && sent[1].p.side == SIDE_AUTHORITY);
	assert_int_equal(hops_counted(hops, 0, 1).questions, 1);
	assert_int_equal(hops_counted(hops, 0, 1).answers, 1);
	assert_int_equal(hops_counted(hops, 0, 1).bytes, 200);
}

static void what_is_for_or_from_somebody_else_is_not_theirs(void **state)
{
	struct packet q = question(&host, 4000, NOW);

	(void)state;
	begin((struct hops_link){ 0 });
	q.to.address = (struct address){ 4, { 198, 18, 0, 1 } };
	assert_false(hops_owns(hops, &q));
	q = question(&host, 4000, NOW);
	q.from.address = (struct address){ 4, { 10, 0, 0, 1 } };
	assert_false(hops_owns(hops, &q));
	q.from.address = six[0];
	q.to.address = six[1];
	assert_true(hops_owns(hops, &q));
}

static void a_cap_is_for_each_who_asks_and_for_a_second(void **state)
{
	(void)state;
	begin((struct hops_link){ .cap = 3 });
	for (uint16_t i = 0; i < 5; i++) {
		struct packet q = question(&host, 4000 + i, NOW + i * MSEC);
		struct packet o = question(&other, 4000 + i, NOW + i * MSEC);

		take(&q);
		take(&o);
	}
	assert_int_equal(sent_count, 6);
	assert_int_equal(hops_counted(hops, 0, 1).capped, 2);
	assert_int_equal(hops_counted(hops, 2, 1).capped, 2);
	assert_int_equal(gone, 4);
	for (uint16_t i = 0; i < 4; i++) {
		struct packet a = answer(4000 + i, NOW + SECOND - MSEC);
		struct packet q = question(&host, 4000 + i, NOW + SECOND);

		take(&a); /* answers are not capped */
		take(&q); /* another second */
	}
	assert_int_equal(sent_count, 6 + 4 + 3);
}

static void a_shared_cap_is_for_all_together(void **state)
{
	(void)state;
	begin((struct hops_link){ .cap = 3, .is_cap_shared = true });
	for (uint16_t i = 0; i < 2; i++) {
		struct packet q = question(&host, 4000 + i, NOW);
		struct packet o = question(&other, 4000 + i, NOW);

		take(&q);
		take(&o);
	}
	assert_int_equal(sent_count, 3);
	assert_int_equal(hops_counted(hops, 2, 1).capped, 1);
}

/* 128 bytes with headers are 1,024 bits: 10 ms each at 102,400 bits a second. */
static void what_waits_for_the_line_comes_later_and_too_much_of_it_is_dropped(void **state)
{
	(void)state;
	begin((struct hops_link){ .capacity = 102400, .queue = 25 * MSEC });
	for (uint16_t i = 0; i < 5; i++) {
		struct packet q = question(&host, 4000 + i, NOW);

		take(&q);
	}
	assert_int_equal(sent_count, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_true(sent[i].at == NOW + (i + 1) * 10 * MSEC + MSEC);
	assert_int_equal(hops_counted(hops, 0, 1).queued_out, 2);
}

static void of_many_the_share_gets_lost_that_was_wanted(void **state)
{
	(void)state;
	begin((struct hops_link){ .loss = 0.25 });
	for (unsigned i = 0; i < 4000; i++) {
		struct packet q = question(&host, 4000, NOW);

		sent_count = 0;
		take(&q);
	}
	assert_in_range(gone, 1000 - 140, 1000 + 140);
	assert_int_equal(hops_counted(hops, 0, 1).lost, gone);
}

static void messages_by_tcp_wait_here_and_go_back_on_their_connection(void **state)
{
	struct packet q = question(&host, 4000, NOW), a = answer(4000, NOW + 9 * MSEC);

	(void)state;
	begin((struct hops_link){ .loss = 1, .cap = 1, .delay = 5 * MSEC });
	q.tcp = a.tcp = true;
	q.connection = 77;
	take(&q);
	assert_int_equal(sent_count, 0);
	assert_true(hops_due(hops) == NOW + 5 * MSEC);
	assert_int_equal(hops_run(hops, NOW + 5 * MSEC, &err), 0);
	assert_int_equal(sent_count, 1);
	a.to.port = sent[0].p.from.port;
	take(&a);
	assert_int_equal(hops_run(hops, NOW + 14 * MSEC, &err), 0);
	assert_int_equal(sent_count, 2);
	assert_int_equal(sent[1].p.connection, 77);
	assert_int_equal(sent[1].p.to.port, 4000);
	take(&a); /* nobody waits for it any more */
	assert_true(hops_due(hops) == SIMTIME_NEVER);
}

static void questions_of_one_connection_go_on_from_ports_of_their_own(void **state)
{
	struct packet q = question(&host, 4000, NOW);

	(void)state;
	begin((struct hops_link){ 0 });
	q.tcp = true;
	for (q.connection = 1; q.connection <= 3; q.connection++)
		take(&q);
	assert_int_equal(hops_run(hops, NOW + MSEC, &err), 0);
	assert_int_equal(sent_count, 3);
	for (unsigned i = 0; i < 3; i++)
		for (unsigned k = 0; k < i; k++)
			assert_int_not_equal(sent[i].p.from.port, sent[k].p.from.port);
	for (unsigned i = 3; i-- > 0;) {
		struct packet a = answer(sent[i].p.from.port, NOW + 9 * MSEC);

		a.tcp = true;
		take(&a);
	}
	assert_int_equal(hops_run(hops, NOW + 10 * MSEC, &err), 0);
	assert_int_equal(sent_count, 6);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(sent[3 + i].p.connection, 3 - i);
		assert_int_equal(sent[3 + i].p.to.port, 4000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_question_and_its_answer_come_after_the_links_delay,
					  end),
		cmocka_unit_test_teardown(what_is_for_or_from_somebody_else_is_not_theirs, end),
		cmocka_unit_test_teardown(a_cap_is_for_each_who_asks_and_for_a_second, end),
		cmocka_unit_test_teardown(a_shared_cap_is_for_all_together, end),
		cmocka_unit_test_teardown(
			what_waits_for_the_line_comes_later_and_too_much_of_it_is_dropped, end),
		cmocka_unit_test_teardown(of_many_the_share_gets_lost_that_was_wanted, end),
		cmocka_unit_test_teardown(questions_of_one_connection_go_on_from_ports_of_their_own,
					  end),
		cmocka_unit_test_teardown(messages_by_tcp_wait_here_and_go_back_on_their_connection,
					  end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The authority between wire and answers: what waits, what is dropped, what counts as seen. The
 * wire is ours. */
#include "tests/support/world.h"
#include "tests/support/test.h"

#include "sim/authority/authority.h"
#include "sim/base/buf.h"

#define SENT_MAX 64

/* What the authority sent, in place of a wire. */
static struct sent {
	simtime at;
	struct packet packet;
	uint16_t id;
} sent[SENT_MAX];

static unsigned sent_count;
static simtime now;

bool wire_is_exact(const struct wire *w)
{
	(void)w;
	return true;
}

bool wire_send_later(struct wire *w, const struct packet *p, simtime at)
{
	(void)w;
	(void)p;
	(void)at;
	return false;
}

int wire_send(struct wire *w, const struct packet *p, struct err *e)
{
	(void)w;
	(void)e;
	assert_true(sent_count < SENT_MAX && p->len >= 12);
	sent[sent_count++] = (struct sent){ now, *p, get16(p->data) };
	return 0;
}

/* A root with two servers, 10 ms and 30 ms away; without keys it is unsigned. */
static struct tree *make_signed_tree(enum algorithm algorithm)
{
	struct tree *t = tree_new(1, WORLD_FROM);
	struct zone *root = tree_add(t, N("."), NULL);
	struct err e;

	world_server(root, "a.root-servers.test.", 1);
	world_server(root, "b.root-servers.test.", 2);
	root->servers[1].latency = 30 * MSEC;
	if (algorithm != ALG_NONE)
		world_sign(root, algorithm);
	root->zsk_signs_keys = true;
	root->faults = calloc(2, sizeof(*root->faults));
	t->faults = calloc(2, sizeof(struct fault));
	if (tree_prepare(t, &e) < 0)
		world_fail(e.text);
	return t;
}

static struct tree *make_tree(void)
{
	return make_signed_tree(ALG_NONE);
}

/* A fault of the first server. */
static void disturb(struct tree *t, const char *kind, simtime from, simtime until, double share,
		    simtime delay)
{
	struct zone *root = t->zones[0];

	t->faults[t->fault_count] = (struct fault){ .row = fault_find(kind),
						    .from = from,
						    .until = until,
						    .zone = root,
						    .servers = 1,
						    .share = share,
						    .values = { delay } };
	root->faults[root->fault_count++] = t->fault_count++;
}

/* How ask() does it. */
static bool by_tcp, on_new_connection;
static uint8_t type = RR_SOA;

/* That type of the root, with DO, to server `last`, at `now`. */
static void ask(struct authority *a, unsigned last, uint16_t id)
{
	uint8_t query[28] = { (uint8_t)(id >> 8),
			      (uint8_t)id,
			      0,
			      0,
			      0,
			      1,
			      [11] = 1,
			      [14] = type,
			      [16] = 1,
			      [19] = RR_OPT,
			      [20] = 0x04,
			      [24] = 0x80 };
	struct packet p = { .side = SIDE_AUTHORITY,
			    .tcp = by_tcp,
			    .opens = on_new_connection,
			    .from = { world_v4(9999), 4000 },
			    .to = { world_v4(last), 53 },
			    .at = now,
			    .data = query,
			    .len = sizeof(query) };
	struct err e;

	assert_int_equal(authority_query(a, &p, &e), 0);
}

/* Lets everything that is due happen until `until`. */
static void run_until(struct authority *a, simtime until)
{
	struct err e;

	while (authority_due(a) <= until) {
		now = authority_due(a);
		assert_int_equal(authority_run(a, now, &e), 0);
	}
	now = until;
}

static struct authority *make(struct tree *t)
{
	struct authority *a;
	struct err e;

	sent_count = 0;
	now = WORLD_NOW;
	assert_int_equal(authority_new(t, NULL, NULL, &a, &e), 0);
	return a;
}

static void answers_take_the_servers_round_trip(void **state)
{
	struct tree *t = make_tree();
	struct authority *a = make(t);

	(void)state;
	ask(a, 2, 1);
	ask(a, 1, 2);
	assert_true(authority_due(a) == WORLD_NOW + 10 * MSEC);
	run_until(a, WORLD_NOW + SECOND);
	assert_int_equal(sent_count, 2);
	assert_int_equal(sent[0].id, 2);
	assert_true(sent[0].at == WORLD_NOW + 10 * MSEC);
	assert_int_equal(sent[1].id, 1);
	assert_true(sent[1].at == WORLD_NOW + 30 * MSEC);
	assert_int_equal(sent[0].packet.from.port, 53);
	assert_int_equal(sent[0].packet.to.port, 4000);
	assert_true(authority_due(a) == SIMTIME_NEVER);
	authority_free(a);
	tree_free(t);
}

static void a_new_connection_takes_a_round_trip_more(void **state)
{
	struct tree *t = make_tree();
	struct authority *a = make(t);

	(void)state;
	by_tcp = on_new_connection = true;
	ask(a, 1, 1);
	on_new_connection = false;
	ask(a, 1, 2);
	by_tcp = false;
	run_until(a, WORLD_NOW + SECOND);
	assert_int_equal(sent_count, 2);
	assert_int_equal(sent[0].id, 2);
	assert_true(sent[0].at == WORLD_NOW + 10 * MSEC);
	assert_true(sent[1].at == WORLD_NOW + 20 * MSEC);
	assert_false(sent[1].packet.opens);
	authority_free(a);
	tree_free(t);
}

/* RFC 6928: ten segments come at once, and twice as many after each round trip. The two signatures
 * over the keys have 15,712 bytes. */
static void an_answer_over_the_window_takes_another_round_trip(void **state)
{
	static const struct {
		enum algorithm algorithm;
		simtime least;
	} want[] = { { ALG_SIZED_MLDSA44, 10 * MSEC }, { ALG_SIZED_SLHDSA128S, 20 * MSEC } };

	(void)state;
	by_tcp = true;
	type = RR_DNSKEY;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct tree *t = make_signed_tree(want[i].algorithm);
		struct authority *a = make(t);

		ask(a, 1, 1);
		run_until(a, WORLD_NOW + SECOND);
		assert_int_equal(sent_count, 1);
		assert_true(sent[0].packet.len > 2 * 2420);
		assert_true(sent[0].at == WORLD_NOW + want[i].least);
		authority_free(a);
		tree_free(t);
	}
	by_tcp = false;
	type = RR_SOA;
}

static void answers_of_one_instant_go_as_their_queries_came(void **state)
{
	struct tree *t = make_tree();
	struct authority *a = make(t);

	(void)state;
	for (uint16_t id = 1; id <= 20; id++)
		ask(a, 1, id);
	run_until(a, WORLD_NOW + SECOND);
	assert_int_equal(sent_count, 20);
	for (uint16_t id = 1; id <= 20; id++)
		assert_int_equal(sent[id - 1].id, id);
	authority_free(a);
	tree_free(t);
}

static void a_dark_server_drops_and_is_seen(void **state)
{
	struct tree *t = make_tree();
	struct authority *a;

	(void)state;
	disturb(t, "authority-delay", WORLD_NOW + HOUR, SIMTIME_NEVER, 1, SECOND);
	disturb(t, "authority-dark", WORLD_NOW + SECOND, WORLD_NOW + 2 * SECOND, 1, 0);
	a = make(t);
	ask(a, 1, 1);
	run_until(a, WORLD_NOW + SECOND);
	ask(a, 1, 2);
	ask(a, 2, 3);
	run_until(a, WORLD_NOW + 2 * SECOND);
	ask(a, 1, 4);
	run_until(a, WORLD_NOW + 3 * SECOND);
	assert_int_equal(sent_count, 3);
	assert_int_equal(sent[1].id, 3);
	assert_int_equal(sent[2].id, 4);
	assert_int_equal(authority_saw(a, 1).count, 1);
	assert_true(authority_saw(a, 1).first == WORLD_NOW + SECOND);
	assert_int_equal(authority_saw(a, 0).count, 0);
	assert_true(authority_saw(a, 0).first == SIMTIME_NEVER);
	authority_free(a);
	tree_free(t);
}

static void a_delay_is_added(void **state)
{
	struct tree *t = make_tree();
	struct authority *a;

	(void)state;
	disturb(t, "authority-delay", WORLD_NOW, WORLD_NOW + SECOND, 1, 700 * MSEC);
	a = make(t);
	ask(a, 1, 1);
	run_until(a, WORLD_NOW + SECOND);
	assert_int_equal(sent_count, 1);
	assert_true(sent[0].at == WORLD_NOW + 710 * MSEC);
	assert_int_equal(authority_saw(a, 0).count, 1);
	authority_free(a);
	tree_free(t);
}

static void half_is_dropped_and_the_same_half_each_time(void **state)
{
	struct tree *t = make_tree();
	uint64_t got[2] = { 0 };

	(void)state;
	disturb(t, "authority-drop", WORLD_NOW, SIMTIME_NEVER, 0.5, 0);
	for (int round = 0; round < 2; round++) {
		struct authority *a = make(t);

		for (uint16_t id = 0; id < 60; id++)
			ask(a, 1, id);
		run_until(a, WORLD_NOW + SECOND);
		for (unsigned i = 0; i < sent_count; i++)
			got[round] |= (uint64_t)1 << sent[i].id;
		assert_true(sent_count > 15 && sent_count < 45);
		assert_int_equal(authority_counts(a).dropped, 60 - sent_count);
		authority_free(a);
	}
	assert_true(got[0] == got[1]);
	tree_free(t);
}

/* Which of 60 queries are answered; `more`: the scenario has another fault before, and the servers
 * have been asked before. */
static uint64_t answered(bool more)
{
	struct tree *t = make_tree();
	struct authority *a;
	uint64_t ret = 0;

	if (more)
		disturb(t, "authority-delay", WORLD_NOW + HOUR, SIMTIME_NEVER, 1, SECOND);
	disturb(t, "authority-drop", WORLD_NOW + SECOND, SIMTIME_NEVER, 0.5, 0);
	a = make(t);
	for (uint16_t id = 0; more && id < 3; id++)
		ask(a, 1, id);
	run_until(a, WORLD_NOW + SECOND);
	sent_count = 0;
	for (uint16_t id = 0; id < 60; id++)
		ask(a, 1, id);
	run_until(a, WORLD_NOW + 2 * SECOND);
	for (unsigned i = 0; i < sent_count; i++)
		ret |= (uint64_t)1 << sent[i].id;
	authority_free(a);
	tree_free(t);
	return ret;
}

static void what_a_fault_draws_does_not_change_with_what_else_a_scenario_has(void **state)
{
	uint64_t alone = answered(false);

	(void)state;
	assert_true(alone != 0 && alone != ((uint64_t)1 << 60) - 1);
	assert_true(answered(true) == alone);
}

static void equal_faults_of_a_zone_draw_each_for_itself(void **state)
{
	struct tree *t = make_tree();
	uint64_t got[2] = { 0 };

	(void)state;
	for (unsigned i = 0; i < 2; i++)
		disturb(t, "authority-drop", WORLD_NOW + i * SECOND, WORLD_NOW + (i + 1) * SECOND,
			0.5, 0);
	for (unsigned i = 0; i < 2; i++) {
		struct authority *a = make(t);

		now = WORLD_NOW + i * SECOND;
		for (uint16_t id = 0; id < 60; id++)
			ask(a, 1, id);
		run_until(a, now + SECOND);
		for (unsigned k = 0; k < sent_count; k++)
			got[i] |= (uint64_t)1 << sent[k].id;
		authority_free(a);
	}
	assert_true(got[0] != got[1]);
	tree_free(t);
}

static void what_nobody_serves_is_silence_and_what_is_malformed_is_counted(void **state)
{
	struct tree *t = make_tree();
	struct authority *a = make(t);
	struct packet p = {
		.to = { world_v4(1), 53 }, .at = now, .data = (const uint8_t *)"short", .len = 5
	};
	struct err e;

	(void)state;
	ask(a, 77, 1);
	assert_true(authority_due(a) == SIMTIME_NEVER);
	assert_int_equal(authority_query(a, &p, &e), 0);
	p.data = (const uint8_t *)"\1\2\0\0\0\2\0\0\0\0\0\0";
	p.len = 12;
	assert_int_equal(authority_query(a, &p, &e), 0);
	run_until(a, WORLD_NOW + SECOND);
	assert_int_equal(sent_count, 1);
	assert_int_equal(sent[0].packet.data ? authority_counts(a).formerr : 0, 1);
	assert_int_equal(authority_counts(a).silent, 1);
	assert_int_equal(authority_counts(a).queries, 3);
	authority_free(a);
	tree_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_take_the_servers_round_trip),
		cmocka_unit_test(a_new_connection_takes_a_round_trip_more),
		cmocka_unit_test(an_answer_over_the_window_takes_another_round_trip),
		cmocka_unit_test(answers_of_one_instant_go_as_their_queries_came),
		cmocka_unit_test(a_dark_server_drops_and_is_seen),
		cmocka_unit_test(a_delay_is_added),
		cmocka_unit_test(half_is_dropped_and_the_same_half_each_time),
		cmocka_unit_test(what_a_fault_draws_does_not_change_with_what_else_a_scenario_has),
		cmocka_unit_test(equal_faults_of_a_zone_draw_each_for_itself),
		cmocka_unit_test(what_nobody_serves_is_silence_and_what_is_malformed_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

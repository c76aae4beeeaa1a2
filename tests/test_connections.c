/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP connections as whole messages, in a network namespace of our own. The resolver's part is
 * played by plain sockets. */
#include "sim/wire/connections.h"

#include <poll.h>

#include "sim/base/buf.h"
#include "sim/world/backlog.h"
#include "tests/support/own_net.h"
#include "tests/support/test.h"

#define RESOLVER "127.0.0.53"
#define SERVER "127.0.18.1"

static struct poller poller;
static struct pool pool;
static struct connections *connections;
static struct handle listener; /* of all authorities */
static struct err err;
static int resolver; /* listens */
static uint8_t message[MESSAGE_MAX + 1];

static int set_up(void **state)
{
	(void)state;
	connections = NULL;
	resolver = poller.epoll = -1;
	return 0;
}

/* Where the test is skipped it ends here. */
static void begin(void)
{
	need_own_net();
	pool_init(&pool, &own_net);
	assert_int_equal(poller_init(&poller, &err), 0);
	resolver = socket_at(RESOLVER, 53, SOCK_STREAM);
	assert_int_equal(listen(resolver, 16), 0);
	listener.kind = TCP_LISTENER;
	listener.fd = socket_at(SERVER, 53, SOCK_STREAM | SOCK_NONBLOCK);
	assert_int_equal(listen(listener.fd, 16), 0);
	assert_int_equal(poller_add(&poller, &listener, &err), 0);
	assert_int_equal(connections_new(&poller, &pool, &pool, &connections, &err), 0);
}

static int tear_down(void **state)
{
	(void)state;
	connections_free(connections);
	if (resolver < 0)
		return 0;
	close(resolver);
	close(listener.fd);
	pool_done(&pool);
	poller_done(&poller);
	return 0;
}

static void tick(uint64_t now)
{
	connections_tick(connections, now, 10);
	connections_close_idle(connections, 30);
}

/* Serves what the poller tells; true: a message has come. */
static bool serve(struct packet *ret)
{
	struct handle *h;
	uint32_t events;

	while ((h = poller_next(&poller, &events))) {
		if (h->kind == TCP_LISTENER)
			assert_true(connections_accept(connections, h));
		else if (connections_receive(connections, h, events, message, ret))
			return true;
		poller_skip(&poller);
	}
	return false;
}

/* The next message, and whatever happens before it. */
static bool next(struct packet *ret)
{
	for (int i = 0; i < 200; i++) {
		if (serve(ret))
			return true;
		assert_int_equal(poller_wait(&poller, 50000000), 0);
	}
	return false;
}

static void serve_until_count_is(unsigned wanted)
{
	struct packet p;

	for (int i = 0; i < 200 && connections_count(connections) != wanted; i++) {
		assert_int_equal(poller_wait(&poller, 50000000), 0);
		assert_false(serve(&p));
	}
	assert_int_equal(connections_count(connections), wanted);
}

static struct packet query_of(const char *ip, uint16_t port, const void *data, size_t len)
{
	return (struct packet){ .side = SIDE_CLIENT,
				.tcp = true,
				.from = end_at(ip, port),
				.to = end_at(RESOLVER, 53),
				.data = data,
				.len = len };
}

static void ask(const char *ip, uint16_t port, const char *text)
{
	struct packet p = query_of(ip, port, text, strlen(text));

	assert_int_equal(connections_send(connections, &p, &err), 0);
}

/* ---- the other side ---- */

static int take_call(struct endpoint *from)
{
	const struct timeval patience = { .tv_sec = 10 };
	union endpoint_name n;
	socklen_t len = sizeof(n);
	int fd = accept(resolver, &n.any, &len);

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (from)
		*from = endpoint_from_name(&n);
	return fd;
}

static int call_server(void)
{
	struct endpoint to = end_at(SERVER, 53);
	union endpoint_name n;
	socklen_t len = endpoint_to_name(&to, &n);
	int fd = socket_at(RESOLVER, 0, SOCK_STREAM);

	assert_int_equal(connect(fd, &n.any, len), 0);
	return fd;
}

static void say_bytes(int fd, const void *data, size_t len)
{
	assert_int_equal(send(fd, data, len, MSG_NOSIGNAL), len);
}

/* As DNS over TCP has it: the length first. */
static size_t frame(uint8_t *to, const char *text)
{
	put16(to, (uint16_t)strlen(text));
	memcpy(to + 2, text, strlen(text));
	return 2 + strlen(text);
}

static void say(int fd, const char *text)
{
	uint8_t data[256];

	say_bytes(fd, data, frame(data, text));
}

static void hear_bytes(int fd, uint8_t *data, size_t len)
{
	assert_int_equal(recv(fd, data, len, MSG_WAITALL), len);
}

static void hear(int fd, const char *text)
{
	uint8_t data[256];

	hear_bytes(fd, data, 2 + strlen(text));
	assert_int_equal(get16(data), strlen(text));
	assert_memory_equal(data + 2, text, strlen(text));
}

static void assert_got(const struct packet *p, const char *text)
{
	assert_true(p->tcp);
	assert_int_equal(p->len, strlen(text));
	assert_memory_equal(p->data, text, p->len);
}

/* ---- clients ---- */

static void a_question_opens_a_connection_from_the_clients_own_end(void **state)
{
	struct endpoint wanted, from;
	int call;

	(void)state;
	begin();
	wanted = end_at("127.1.2.3", 4000);
	ask("127.1.2.3", 4000, "question");
	call = take_call(&from);
	assert_true(endpoint_equal(&from, &wanted));
	hear(call, "question");
	assert_int_equal(connections_count(connections), 1);
	close(call);
}

static void after_the_answer_the_client_leaves_by_a_reset(void **state)
{
	struct endpoint me, there;
	struct packet p;
	uint8_t byte;
	int call;

	(void)state;
	begin();
	me = end_at("127.1.2.3", 4000);
	there = end_at(RESOLVER, 53);
	ask("127.1.2.3", 4000, "question");
	call = take_call(NULL);
	hear(call, "question");
	say(call, "answer");
	assert_true(next(&p));
	assert_int_equal(p.side, SIDE_CLIENT);
	assert_got(&p, "answer");
	assert_true(endpoint_equal(&p.to, &me));
	assert_true(endpoint_equal(&p.from, &there));
	assert_int_equal(connections_count(connections), 0);
	assert_int_equal(recv(call, &byte, 1, 0), -1);
	assert_int_equal(errno, ECONNRESET);
	close(call);
}

static void an_answer_in_single_bytes_is_put_together(void **state)
{
	uint8_t data[64];
	struct packet p;
	size_t len;
	int call;

	(void)state;
	begin();
	ask("127.1.2.3", 4000, "question");
	call = take_call(NULL);
	endpoint_set_option(call, IPPROTO_TCP, 1 /* TCP_NODELAY */, 1);
	len = frame(data, "answer");
	for (size_t i = 0; i < len - 1; i++) {
		say_bytes(call, data + i, 1);
		assert_int_equal(poller_wait(&poller, 0), 0);
		assert_false(serve(&p));
	}
	say_bytes(call, data + len - 1, 1);
	assert_true(next(&p));
	assert_got(&p, "answer");
	close(call);
}

static void a_resolver_that_hangs_up_ends_the_connection(void **state)
{
	(void)state;
	begin();
	ask("127.1.2.3", 4000, "question");
	close(take_call(NULL));
	serve_until_count_is(0);
}

static void a_refused_connection_is_gone_in_silence(void **state)
{
	struct packet p;

	(void)state;
	begin();
	p = query_of("127.1.2.3", 4000, "question", 8);
	p.to.port = 5300;
	assert_int_equal(connections_send(connections, &p, &err), 0);
	serve_until_count_is(0);
	assert_int_equal(losses_sum(&pool.losses.counts), 0);
}

static void a_client_whose_port_is_taken_is_lost_by_us(void **state)
{
	int taken;

	(void)state;
	begin();
	taken = socket_at("127.1.2.3", 4000, SOCK_STREAM);
	assert_int_equal(listen(taken, 1), 0);
	ask("127.1.2.3", 4000, "question");
	assert_int_equal(connections_count(connections), 0);
	assert_int_equal(pool.losses.counts.sockets, 1);
	close(taken);
}

static void a_message_longer_than_its_length_can_say_is_an_error(void **state)
{
	static uint8_t data[MESSAGE_MAX + 1];
	struct packet p;

	(void)state;
	begin();
	p = query_of("127.1.2.3", 4000, data, sizeof(data));
	assert_int_equal(connections_send(connections, &p, &err), -EMSGSIZE);
}

static void a_client_that_gave_up_is_gone_after_its_patience(void **state)
{
	int one, two;

	(void)state;
	begin();
	tick(100);
	ask("127.1.2.3", 4001, "one");
	one = take_call(NULL);
	tick(105);
	ask("127.1.2.3", 4002, "two");
	two = take_call(NULL);
	tick(110);
	assert_int_equal(connections_count(connections), 2);
	tick(111);
	assert_int_equal(connections_count(connections), 1);
	hear(two, "two");
	tick(116);
	assert_int_equal(connections_count(connections), 0);
	close(one);
	close(two);
}

/* Of a queue for one the kernel takes two; who calls then is not heard. */
static void who_finds_no_place_in_the_resolvers_queue_is_counted_and_not_lost_by_us(void **state)
{
	(void)state;
	begin();
	assert_int_equal(listen(resolver, 0), 0);
	for (uint16_t i = 0; i < 4; i++)
		ask("127.1.2.3", (uint16_t)(4001 + i), "question");
	assert_int_equal(connections_count(connections), 4);
	for (int i = 0; i < 200 && connections_awaited(connections) > 3; i++)
		usleep(1000);
	connections_give_up(connections);
	assert_int_equal(connections_untaken(connections), 4 - connections_count(connections));
	assert_true(connections_untaken(connections) > 0);
	assert_int_equal(losses_sum(&pool.losses.counts), 0);
}

/* The kernel tells of the queue; those whose handshake it lost at its end are among them. */
static void who_calls_where_the_queue_is_full_is_turned_away(void **state)
{
	struct backlog_listener full[BACKLOG_MOST];
	struct world world = own_net;
	int n;

	(void)state;
	begin();
	world.hosts[0].netns = own_net.internet;
	world.host_count = 1;
	assert_int_equal(backlog_full(&world, full, &err), 0);
	assert_int_equal(listen(resolver, 0), 0);
	for (uint16_t i = 0; i < 4; i++)
		ask("127.1.2.3", (uint16_t)(4001 + i), "question");
	for (int i = 0; (n = backlog_full(&world, full, &err)) == 0 && i < 2000; i++)
		usleep(1000);
	assert_int_equal(n, 1);
	assert_int_equal(full[0].port, 53);
	assert_int_equal(full[0].family, 4);
	assert_memory_equal(full[0].address, "\177\0\0\65", 4);
	full[0].port = 54;
	assert_int_equal(connections_turn_away(connections, full, n), 0);
	full[0].port = 53;
	assert_true(connections_turn_away(connections, full, n) > 0);
	assert_int_equal(connections_untaken(connections), 4 - connections_count(connections));
	for (int i = 0; i < 2000 && connections_awaited(connections); i++)
		usleep(1000);
	assert_int_equal(connections_awaited(connections), 0);
	assert_true(connections_count(connections) > 0);
}

/* ---- authorities ---- */

static void questions_in_one_segment_come_one_after_the_other(void **state)
{
	struct endpoint there;
	uint8_t data[128];
	struct packet p;
	size_t len;
	int call;

	(void)state;
	begin();
	there = end_at(SERVER, 53);
	call = call_server();
	len = frame(data, "one");
	len += frame(data + len, "second");
	say_bytes(call, data, len);
	assert_true(next(&p));
	assert_int_equal(p.side, SIDE_AUTHORITY);
	assert_true(endpoint_equal(&p.to, &there));
	assert_got(&p, "one");
	assert_true(next(&p));
	assert_got(&p, "second");
	assert_int_equal(connections_count(connections), 1);
	close(call);
}

/* The answer to a question, as an authority sends it. */
static int reply(const struct packet *query, const void *data, size_t len)
{
	struct packet p = *query;

	p.from = query->to;
	p.to = query->from;
	p.data = data;
	p.len = len;
	return connections_send(connections, &p, &err);
}

static void answers_go_back_on_the_connection_of_their_question(void **state)
{
	struct packet one, two;
	int a, b;

	(void)state;
	begin();
	a = call_server();
	b = call_server();
	say(a, "one");
	assert_true(next(&one));
	say(b, "two");
	assert_true(next(&two));
	assert_int_not_equal(one.connection, two.connection);
	assert_int_equal(reply(&two, "answer two", 10), 0);
	assert_int_equal(reply(&one, "answer one", 10), 0);
	hear(a, "answer one");
	hear(b, "answer two");
	assert_int_equal(connections_count(connections), 2);
	close(a);
	close(b);
	serve_until_count_is(0);
}

static void an_answer_to_a_connection_that_is_gone_goes_nowhere(void **state)
{
	struct packet old, p;
	uint8_t byte;
	int call;

	(void)state;
	begin();
	call = call_server();
	say(call, "one");
	assert_true(next(&old));
	close(call);
	serve_until_count_is(0);
	call = call_server();
	say(call, "two");
	assert_true(next(&p));
	assert_int_not_equal(p.connection, old.connection);
	assert_int_equal(reply(&old, "answer", 6), 0);
	assert_true(recv(call, &byte, 1, MSG_DONTWAIT) < 0);
	close(call);
}

static void an_authoritys_connection_is_the_other_sides_to_close(void **state)
{
	struct packet p;
	int call;

	(void)state;
	begin();
	call = call_server();
	say(call, "one");
	assert_true(next(&p));
	tick(1000);
	assert_int_equal(connections_count(connections), 1);
	close(call);
	serve_until_count_is(0);
}

/* As servers do in life (RFC 7766, section 6.2.3); a question that is open may take its time. */
static void an_authority_closes_what_is_idle(void **state)
{
	struct packet p;
	uint8_t byte;
	int call;

	(void)state;
	begin();
	call = call_server();
	say(call, "one");
	assert_true(next(&p));
	tick(100);
	assert_true(connections_due(connections, 10, 30) == UINT64_MAX);
	assert_int_equal(reply(&p, "answer", 6), 0);
	hear(call, "answer");
	assert_int_equal(connections_due(connections, 10, 30), 131);
	tick(130);
	assert_int_equal(connections_count(connections), 1);
	tick(131);
	assert_int_equal(connections_count(connections), 0);
	assert_int_equal(recv(call, &byte, 1, 0), 0);
	close(call);
}

static void what_a_socket_cannot_take_is_kept_and_sent_when_it_can(void **state)
{
	static uint8_t data[MESSAGE_MAX], got[2 + MESSAGE_MAX];
	const int messages = 200; /* 13 MB, more than any socket's buffer */
	struct packet p, other;
	int call, heard = 0;

	(void)state;
	begin();
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31 >> 3);
	call = call_server();
	say(call, "one");
	assert_true(next(&p));
	assert_int_equal(connections_in_flight(connections), 0);
	for (int i = 0; i < messages; i++)
		assert_int_equal(reply(&p, data, sizeof(data)), 0);
	assert_true(connections_in_flight(connections) > MESSAGE_MAX);
	while (heard < messages) {
		struct pollfd f = { .fd = call, .events = POLLIN };

		while (poll(&f, 1, 0) == 0) {
			assert_int_equal(poller_wait(&poller, 1000000), 0);
			assert_false(serve(&other));
		}
		/* A message may still be on its way in part. */
		for (size_t len = 0; len < sizeof(got);) {
			ssize_t n = recv(call, got + len, sizeof(got) - len, MSG_DONTWAIT);

			if (n > 0)
				len += (size_t)n;
			assert_int_equal(poller_wait(&poller, 0), 0);
			assert_false(serve(&other));
		}
		assert_int_equal(get16(got), sizeof(data));
		assert_memory_equal(got + 2, data, sizeof(data));
		heard++;
	}
	while (connections_in_flight(connections))
		usleep(1000);
	close(call);
}

static void the_one_unused_for_longest_is_dropped(void **state)
{
	struct packet p;
	uint8_t byte;
	int a, b;

	(void)state;
	begin();
	tick(1);
	a = call_server();
	say(a, "one");
	assert_true(next(&p));
	tick(2);
	b = call_server();
	say(b, "two");
	assert_true(next(&p));
	tick(3);
	say(a, "three");
	assert_true(next(&p));
	connections_drop_oldest(connections);
	assert_int_equal(connections_count(connections), 1);
	assert_int_equal(recv(b, &byte, 1, 0), 0);
	assert_int_equal(reply(&p, "answer", 6), 0);
	hear(a, "answer");
	connections_drop_oldest(connections);
	connections_drop_oldest(connections);
	assert_int_equal(connections_count(connections), 0);
	close(a);
	close(b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_question_opens_a_connection_from_the_clients_own_end),
		TEST(after_the_answer_the_client_leaves_by_a_reset),
		TEST(an_answer_in_single_bytes_is_put_together),
		TEST(a_resolver_that_hangs_up_ends_the_connection),
		TEST(a_refused_connection_is_gone_in_silence),
		TEST(a_client_whose_port_is_taken_is_lost_by_us),
		TEST(a_message_longer_than_its_length_can_say_is_an_error),
		TEST(a_client_that_gave_up_is_gone_after_its_patience),
		TEST(who_finds_no_place_in_the_resolvers_queue_is_counted_and_not_lost_by_us),
		TEST(who_calls_where_the_queue_is_full_is_turned_away),
		TEST(questions_in_one_segment_come_one_after_the_other),
		TEST(answers_go_back_on_the_connection_of_their_question),
		TEST(an_answer_to_a_connection_that_is_gone_goes_nowhere),
		TEST(an_authoritys_connection_is_the_other_sides_to_close),
		TEST(an_authority_closes_what_is_idle),
		TEST(what_a_socket_cannot_take_is_kept_and_sent_when_it_can),
		TEST(the_one_unused_for_longest_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

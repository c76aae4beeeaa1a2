/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients' UDP sockets, in a network namespace of our own. The resolver's part is played by a plain
 * socket. */
#include "sim/wire/clients.h"

#include "tests/support/own_net.h"
#include "tests/support/test.h"

#define MAX 300

static struct poller poller;
static struct pool pool;
static struct clients *clients;
static struct err err;
static int resolver; /* 127.0.0.53, port 53 */
static uint8_t message[MESSAGE_MAX + 1];

static void make_clients(unsigned max)
{
	assert_int_equal(clients_new(&poller, &pool, CLIENT, max, &clients, &err), 0);
}

static int set_up(void **state)
{
	(void)state;
	clients = NULL;
	resolver = poller.epoll = -1;
	return 0;
}

/* Where the test is skipped it ends here. */
static void begin(unsigned max)
{
	need_own_net();
	pool_init(&pool, &own_net);
	assert_int_equal(poller_init(&poller, &err), 0);
	resolver = socket_at("127.0.0.53", 53, SOCK_DGRAM);
	make_clients(max);
}

static int tear_down(void **state)
{
	(void)state;
	clients_free(clients);
	if (resolver < 0)
		return 0;
	close(resolver);
	pool_done(&pool);
	poller_done(&poller);
	return 0;
}

static void ask(struct endpoint from, struct endpoint to, const char *text)
{
	struct packet p = { .side = SIDE_CLIENT,
			    .from = from,
			    .to = to,
			    .data = (const uint8_t *)text,
			    .len = strlen(text) };

	assert_int_equal(clients_send(clients, &p, &err), 0);
}

static void ask_resolver(const char *ip, uint16_t port, const char *text)
{
	ask(end_at(ip, port), end_at("127.0.0.53", 53), text);
}

/* What has come to the resolver, and from where. */
static struct endpoint hear(int fd, const char *text)
{
	union endpoint_name n;
	socklen_t len = sizeof(n);
	char data[64];
	ssize_t got = recvfrom(fd, data, sizeof(data), 0, &n.any, &len);

	assert_int_equal(got, strlen(text));
	assert_memory_equal(data, text, strlen(text));
	return endpoint_from_name(&n);
}

static bool hears_nothing(int fd)
{
	char data[64];

	return recv(fd, data, sizeof(data), MSG_DONTWAIT) < 0;
}

/* May be refused: nobody listens there. */
static void answer(int fd, struct endpoint to, const char *text)
{
	union endpoint_name n;
	socklen_t len = endpoint_to_name(&to, &n);

	assert_int_equal(sendto(fd, text, strlen(text), 0, &n.any, len), strlen(text));
}

/* The next answer that a client gets; what is sent on a loopback is there at once. */
static bool next(struct packet *ret)
{
	struct handle *h;
	uint32_t events;

	for (int i = 0; i < 2; i++) {
		while ((h = poller_next(&poller, &events))) {
			assert_int_equal(h->kind, CLIENT);
			if (clients_receive(clients, h, message, ret))
				return true;
			poller_skip(&poller);
		}
		assert_int_equal(poller_wait(&poller, 0), 0);
	}
	return false;
}

static void assert_got(const struct packet *p, const char *text)
{
	assert_int_equal(p->len, strlen(text));
	assert_memory_equal(p->data, text, p->len);
}

static unsigned count(void)
{
	unsigned n = 0;

	while (clients_drop_oldest(clients))
		n++;
	return n;
}

static void a_question_comes_from_the_clients_own_address_and_port(void **state)
{
	struct endpoint wanted, from;

	(void)state;
	begin(MAX);
	wanted = end_at("127.1.2.3", 4000);
	ask_resolver("127.1.2.3", 4000, "question");
	from = hear(resolver, "question");
	assert_true(endpoint_equal(&from, &wanted));
}

static void an_answer_is_a_packet_to_the_client_that_asked(void **state)
{
	struct endpoint me, there;
	struct packet p;

	(void)state;
	begin(MAX);
	me = end_at("127.1.2.3", 4000);
	there = end_at("127.0.0.53", 53);
	ask_resolver("127.1.2.3", 4000, "question");
	answer(resolver, hear(resolver, "question"), "answer");
	assert_true(next(&p));
	assert_int_equal(p.side, SIDE_CLIENT);
	assert_false(p.tcp);
	assert_true(endpoint_equal(&p.to, &me));
	assert_true(endpoint_equal(&p.from, &there));
	assert_got(&p, "answer");
	assert_false(next(&p));
}

static void a_client_with_all_its_answers_goes_and_its_port_is_free(void **state)
{
	struct packet p;

	(void)state;
	begin(MAX);
	for (int i = 0; i < 3; i++) {
		ask_resolver("127.1.2.3", 4000, "question");
		answer(resolver, hear(resolver, "question"), "answer");
		assert_true(next(&p));
		close(socket_at("127.1.2.3", 4000, SOCK_DGRAM));
	}
	assert_int_equal(count(), 0);
}

/* Two questions, and from where they have come. */
static void ask_both(const char *other, uint16_t port, struct endpoint *first,
		     struct endpoint *second)
{
	begin(MAX);
	ask_resolver("127.1.2.3", port, "one");
	ask_resolver(other, port, "two");
	*first = hear(resolver, "one");
	*second = hear(resolver, "two");
}

static struct endpoint ask_twice(void)
{
	struct endpoint first, second;

	ask_both("127.1.2.3", 4000, &first, &second);
	return second;
}

static void a_client_that_asked_twice_waits_for_two_answers(void **state)
{
	struct endpoint from;
	struct packet p;

	(void)state;
	from = ask_twice();
	answer(resolver, from, "first");
	assert_true(next(&p));
	assert_got(&p, "first");
	answer(resolver, from, "second");
	assert_true(next(&p));
	assert_got(&p, "second");
	assert_int_equal(count(), 0);
}

static void two_answers_at_once_come_one_after_the_other(void **state)
{
	struct endpoint from;
	struct packet p;

	(void)state;
	from = ask_twice();
	answer(resolver, from, "first");
	answer(resolver, from, "second");
	assert_true(next(&p));
	assert_got(&p, "first");
	assert_true(next(&p));
	assert_got(&p, "second");
	assert_false(next(&p));
}

static void who_names_no_port_is_a_new_client_each_time(void **state)
{
	struct endpoint a, b;
	struct packet p;

	(void)state;
	ask_both("127.1.2.3", 0, &a, &b);
	assert_int_not_equal(a.port, 0);
	assert_int_not_equal(a.port, b.port);
	answer(resolver, b, "answer");
	assert_true(next(&p));
	assert_true(endpoint_equal(&p.to, &b));
	assert_int_equal(count(), 1);
}

static void one_port_at_two_addresses_are_two_clients(void **state)
{
	struct endpoint a, b;
	struct packet p;

	(void)state;
	ask_both("127.1.2.4", 4000, &a, &b);
	answer(resolver, b, "second");
	answer(resolver, a, "first");
	for (int i = 0; i < 2; i++) {
		assert_true(next(&p));
		assert_got(&p, endpoint_equal(&p.to, &a) ? "first" : "second");
	}
	assert_int_equal(count(), 0);
}

static void clients_ask_over_ipv6_too(void **state)
{
	struct endpoint me;
	struct packet p;
	int six;

	(void)state;
	begin(MAX);
	me = end_at("::1", 4000);
	six = socket_at("::1", 53, SOCK_DGRAM);
	ask(me, end_at("::1", 53), "question");
	answer(six, hear(six, "question"), "answer");
	assert_true(next(&p));
	assert_true(endpoint_equal(&p.to, &me));
	assert_int_equal(count(), 0);
	close(six);
}

static void many_clients_each_get_their_own_answer(void **state)
{
	char text[MAX][16];
	struct packet p;

	(void)state;
	begin(MAX);
	for (unsigned i = 0; i < MAX; i++) {
		snprintf(text[i], sizeof(text[i]), "%u", i);
		ask(end_at(i % 2 ? "127.1.2.3" : "127.1.2.4", (uint16_t)(5000 + i)),
		    end_at("127.0.0.53", 53), text[i]);
		answer(resolver, hear(resolver, text[i]), text[i]);
	}
	for (unsigned i = 0; i < MAX; i++) {
		assert_true(next(&p));
		assert_got(&p, text[p.to.port - 5000]);
	}
	assert_int_equal(count(), 0);
}

static void when_there_are_too_many_the_one_that_sent_longest_ago_goes(void **state)
{
	struct packet p;

	(void)state;
	begin(2);
	ask_resolver("127.1.2.3", 4001, "one");
	ask_resolver("127.1.2.3", 4002, "two");
	ask_resolver("127.1.2.3", 4001, "again");
	ask_resolver("127.1.2.3", 4003, "three");
	close(socket_at("127.1.2.3", 4002, SOCK_DGRAM)); /* gone: the port is free */
	assert_int_equal(pool.losses.counts.clients, 1);
	assert_false(losses_take(&pool.losses,
				 &(struct endpoint){ end_at("127.1.2.3", 4001).address, 4001 }));
	assert_true(losses_take(&pool.losses,
				&(struct endpoint){ end_at("127.1.2.3", 4002).address, 4002 }));
	assert_false(losses_take(&pool.losses,
				 &(struct endpoint){ end_at("127.1.2.3", 4002).address, 4002 }));
	hear(resolver, "one");
	hear(resolver, "two");
	answer(resolver, hear(resolver, "again"), "answer");
	answer(resolver, hear(resolver, "three"), "answer");
	assert_true(next(&p));
	assert_true(next(&p));
	assert_false(next(&p));
	assert_int_equal(count(), 1); /* the one that asked twice waits for another answer */
}

static void who_has_waited_longer_than_patience_goes_home(void **state)
{
	(void)state;
	begin(MAX);
	clients_tick(clients, 100, 10);
	ask_resolver("127.1.2.3", 4001, "one");
	ask_resolver("127.1.2.3", 4002, "two");
	clients_tick(clients, 105, 10);
	ask_resolver("127.1.2.3", 4001, "again");
	clients_tick(clients, 110, 10);
	close(socket_at("127.1.2.4", 4002, SOCK_DGRAM));
	clients_tick(clients, 111, 10);
	close(socket_at("127.1.2.3", 4002, SOCK_DGRAM));
	assert_int_equal(count(), 1);
}

static void what_an_address_does_not_allow_is_lost_by_us(void **state)
{
	int taken;

	(void)state;
	begin(MAX);
	taken = socket_at("127.1.2.3", 4000, SOCK_DGRAM);
	endpoint_set_option(taken, SOL_SOCKET, SO_REUSEADDR, 0);
	ask_resolver("127.1.2.3", 4000, "the port is taken");
	assert_int_equal(count(), 0);
	ask(end_at("127.1.2.3", 4001), end_at("192.0.2.1", 53), "no way leads there");
	assert_true(hears_nothing(resolver));
	assert_int_equal(pool.losses.counts.sockets, 1);
	assert_int_equal(pool.losses.counts.sends, 1);
	close(taken);
}

static void to_drop_the_oldest_of_nobody_does_nothing(void **state)
{
	(void)state;
	begin(MAX);
	assert_false(clients_drop_oldest(clients));
	ask_resolver("127.1.2.3", 4000, "question");
	assert_true(clients_drop_oldest(clients));
	assert_false(clients_drop_oldest(clients));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_question_comes_from_the_clients_own_address_and_port),
		TEST(an_answer_is_a_packet_to_the_client_that_asked),
		TEST(a_client_with_all_its_answers_goes_and_its_port_is_free),
		TEST(a_client_that_asked_twice_waits_for_two_answers),
		TEST(two_answers_at_once_come_one_after_the_other),
		TEST(who_names_no_port_is_a_new_client_each_time),
		TEST(one_port_at_two_addresses_are_two_clients),
		TEST(clients_ask_over_ipv6_too),
		TEST(many_clients_each_get_their_own_answer),
		TEST(when_there_are_too_many_the_one_that_sent_longest_ago_goes),
		TEST(who_has_waited_longer_than_patience_goes_home),
		TEST(what_an_address_does_not_allow_is_lost_by_us),
		TEST(to_drop_the_oldest_of_nobody_does_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "sim/world/link.h"
#include "sim/world/netns.h"

#include "tests/support/alone.h"
#include "tests/support/ends.h"

/* The resolver's part is played by plain blocking sockets in its namespace. */

static int resolver_socket(const struct world *w, const char *ip, uint16_t port, int type)
{
	const struct timeval patience = { .tv_sec = 2 };
	union endpoint_name n;
	socklen_t len = name_at(ip, port, &n);
	int fd, on = 1;

	netns_enter(w->hosts[0].netns, NULL);
	fd = socket(n.any.sa_family, type, 0);
	netns_enter(w->internet, NULL);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (bind(fd, &n.any, len) < 0)
		return -1;
	return fd;
}

static bool came_from(const union endpoint_name *n, const char *ip, uint16_t port)
{
	union endpoint_name wanted;
	socklen_t len = name_at(ip, port, &wanted);

	return !memcmp(n, &wanted, len);
}

static int begin(struct world *w, struct sockets **s)
{
	struct err e = { .text = "" };
	int r = make_world(w);

	if (r)
		return r;
	return sockets_new(w, NULL, true, s, &e) < 0 ? say(&e) : 0;
}

static int end(struct world *w, struct sockets *s)
{
	sockets_free(s);
	world_done(w);
	return 0;
}

/* The next packet, whatever else happens before. */
static bool next(struct sockets *s, struct packet *ret)
{
	for (int i = 0; i < 20; i++) {
		if (sockets_take(s, ret))
			return true;
		sockets_wait(s, 100 * MSEC);
	}
	return false;
}

static bool all_closed(struct sockets *s)
{
	for (int i = 0; i < 100 && sockets_connections(s); i++)
		sockets_wait(s, 20 * MSEC);
	return sockets_connections(s) == 0;
}

static bool holds(const struct packet *p, const char *text)
{
	return p->len == strlen(text) && !memcmp(p->data, text, p->len);
}

static int send_text(struct sockets *s, struct packet p, const char *text)
{
	struct err e = { .text = "" };

	p.data = (const uint8_t *)text;
	p.len = strlen(text);
	return sockets_send(s, &p, &e) < 0 ? say(&e) : 0;
}

/* Answers `query` where it came from. */
static int answer(struct sockets *s, const struct packet *query, const char *text)
{
	struct packet p = *query;

	p.from = query->to;
	p.to = query->from;
	return send_text(s, p, text);
}

/* ---- UDP ---- */

static int ask_authority(struct world *w, struct sockets *s, const char *resolver,
			 const char *authority)
{
	int fd = resolver_socket(w, resolver, 4000, SOCK_DGRAM);
	struct packet p;
	char text[16];
	union endpoint_name n;
	socklen_t len = name_at(authority, 53, &n);

	want(sendto(fd, "query", 5, 0, &n.any, len) == 5);
	want(next(s, &p));
	want(p.side == SIDE_AUTHORITY && !p.tcp && holds(&p, "query"));
	want(is_at(&p.from, resolver, 4000) && is_at(&p.to, authority, 53));
	want(answer(s, &p, "answer") == 0 && sockets_wait(s, 0) == 0);
	want(recvfrom(fd, text, sizeof(text), 0, &n.any, &len) == 6 && !memcmp(text, "answer", 6));
	want(came_from(&n, authority, 53));
	close(fd);
	return 0;
}

static int check_authority(void)
{
	struct sockets *s;
	struct world w;
	int r = begin(&w, &s);

	if (r)
		return r;
	r = ask_authority(&w, s, LINK_RESOLVER_V4, "198.18.0.1");
	r |= ask_authority(&w, s, LINK_RESOLVER_V4, "198.18.200.77");
	r |= ask_authority(&w, s, LINK_RESOLVER_V6, "fd00:5f::1");
	r |= ask_authority(&w, s, LINK_RESOLVER_V6, "fd00:5f:ffff::77");
	return end(&w, s) | r;
}

static void an_authority_answers_from_the_address_that_was_asked(void **state)
{
	(void)state;
	alone(check_authority);
}

#define MANY 100 /* more than one call takes or gives */

/* All are asked before any is taken, and answered before any is read; what goes to no port is lost alone. */
static int ask_often(struct world *w, struct sockets *s, const char *resolver,
		     const char *authority)
{
	int fd = resolver_socket(w, resolver, 4000, SOCK_DGRAM);
	char text[16], got[16];
	union endpoint_name n;
	socklen_t len = name_at(authority, 53, &n);
	struct packet p, lost;

	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "query %d", i);
		want(sendto(fd, text, strlen(text), 0, &n.any, len) == (ssize_t)strlen(text));
	}
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "query %d", i);
		want(next(s, &p) && holds(&p, text));
		lost = p;
		lost.from.port = 0;
		want(i != MANY / 2 || answer(s, &lost, "nowhere") == 0);
		want(answer(s, &p, text) == 0);
	}
	want(sockets_wait(s, 0) == 0 && sockets_losses(s).sends == 1);
	for (int i = 0; i < MANY; i++) {
		ssize_t came = recv(fd, got, sizeof(got), 0);

		snprintf(text, sizeof(text), "query %d", i);
		want(came == (ssize_t)strlen(text) && !memcmp(got, text, (size_t)came));
	}
	close(fd);
	return 0;
}

static int check_often(void)
{
	struct sockets *s;
	struct world w;
	int r = begin(&w, &s);

	if (r)
		return r;
	r = ask_often(&w, s, LINK_RESOLVER_V4, "198.18.0.1");
	return end(&w, s) | r;
}

static void many_datagrams_are_taken_and_given_at_once_in_their_order(void **state)
{
	(void)state;
	alone(check_often);
}

static int ask_resolver(struct world *w, struct sockets *s, const char *resolver,
			const char *client)
{
	struct packet p = { .side = SIDE_CLIENT,
			    .from = end_at(client, 5353),
			    .to = end_at(resolver, 53) };
	int fd = resolver_socket(w, resolver, 53, SOCK_DGRAM);
	char text[16];
	union endpoint_name n;
	socklen_t len = sizeof(n);

	want(send_text(s, p, "one") == 0 && send_text(s, p, "two") == 0);
	want(recvfrom(fd, text, sizeof(text), 0, &n.any, &len) == 3 && !memcmp(text, "one", 3));
	want(came_from(&n, client, 5353));
	want(sendto(fd, "1", 1, 0, &n.any, len) == 1 && sendto(fd, "2", 1, 0, &n.any, len) == 1);
	want(next(s, &p) && holds(&p, "1"));
	want(p.side == SIDE_CLIENT && is_at(&p.from, resolver, 53) && is_at(&p.to, client, 5353));
	want(next(s, &p) && holds(&p, "2"));
	/* Both are answered: the client is gone. */
	want(sendto(fd, "3", 1, 0, &n.any, len) == 1);
	want(sockets_wait(s, 50 * MSEC) == 0);
	close(fd);
	return 0;
}

static int check_client(void)
{
	struct sockets *s;
	struct world w;
	int r = begin(&w, &s);

	if (r)
		return r;
	r = ask_resolver(&w, s, LINK_RESOLVER_V4, "10.1.2.3");
	r |= ask_resolver(&w, s, LINK_RESOLVER_V4, "203.0.113.255");
	r |= ask_resolver(&w, s, LINK_RESOLVER_V6, "2001:db8::1");
	return end(&w, s) | r;
}

static void a_client_asks_from_its_own_address_and_leaves_with_its_last_answer(void **state)
{
	(void)state;
	alone(check_client);
}

static int check_impossible(void)
{
	struct packet p = { .side = SIDE_CLIENT, .to = end_at(LINK_RESOLVER_V4, 53) };
	struct sockets *s;
	struct world w;
	int r = begin(&w, &s);

	if (r)
		return r;
	for (int tcp = 0; tcp < 2; tcp++) {
		p.tcp = tcp;
		p.from = end_at("224.0.0.1", 4000);
		want(tcp || send_text(s, p, "x") == 0);
		p.from = end_at("255.255.255.255", 4000);
		want(tcp || send_text(s, p, "x") == 0);
		p.from = end_at("10.0.0.1", 4000); /* nobody listens there */
		want(send_text(s, p, "x") == 0);
	}
	want(all_closed(s));
	want(sockets_wait(s, 50 * MSEC) == 0 && !sockets_take(s, &p));
	return end(&w, s);
}

static void what_a_client_cannot_send_is_lost_without_harm(void **state)
{
	(void)state;
	alone(check_impossible);
}

static int check_many(void)
{
	struct rlimit files = { .rlim_cur = 400, .rlim_max = 400 };
	struct packet p = { .side = SIDE_CLIENT, .to = end_at(LINK_RESOLVER_V4, 53) };
	struct sockets *s;
	struct world w;
	int fd, r;
	union endpoint_name n;
	socklen_t len = sizeof(n);
	char text[16];

	setrlimit(RLIMIT_NOFILE, &files);
	r = begin(&w, &s);
	if (r)
		return r;
	fd = resolver_socket(&w, LINK_RESOLVER_V4, 53, SOCK_DGRAM);
	for (uint16_t i = 0; i < 1000; i++) {
		p.from = end_at("10.0.0.1", 2000 + i);
		want(send_text(s, p, "x") == 0);
		want(recvfrom(fd, text, sizeof(text), 0, &n.any, &len) == 1);
	}
	/* The last one still waits, the first one gave up. */
	want(sendto(fd, "y", 1, 0, &n.any, len) == 1);
	want(next(s, &p) && is_at(&p.to, "10.0.0.1", 2999));
	len = name_at("10.0.0.1", 2000, &n);
	want(sendto(fd, "y", 1, 0, &n.any, len) == 1);
	want(sockets_wait(s, 50 * MSEC) == 0);
	return end(&w, s);
}

static void more_clients_than_files_send_the_oldest_home(void **state)
{
	(void)state;
	alone(check_many);
}

/* ---- TCP ---- */

/* Whether `len` bytes come to `fd` while the sockets do their work. */
static bool brings(struct sockets *s, int fd, size_t len)
{
	uint8_t data[64];

	for (int i = 0; i < 100; i++) {
		if (recv(fd, data, sizeof(data), MSG_PEEK | MSG_DONTWAIT) == (ssize_t)len)
			return true;
		sockets_wait(s, 20 * MSEC);
	}
	return false;
}

static int connect_to(struct world *w, const char *resolver, const char *authority, uint16_t port)
{
	int fd = resolver_socket(w, resolver, 0, SOCK_STREAM);
	union endpoint_name n;
	socklen_t len = name_at(authority, port, &n);

	return connect(fd, &n.any, len) < 0 ? -1 : fd;
}

static int talk_to_authority(struct world *w, struct sockets *s, const char *resolver,
			     const char *authority)
{
	static const char stream[] = "\0\3one\0\0\0\5three\0\4fo";
	struct packet p[4];
	char text[64];
	int fd = connect_to(w, resolver, authority, 53);

	want(fd >= 0);
	/* Byte by byte, then several at once; an empty message is one too. */
	for (int i = 0; i < 4; i++) {
		want(write(fd, stream + i, 1) == 1);
		want(!sockets_wait(s, 5 * MSEC) && !sockets_take(s, p));
	}
	want(write(fd, stream + 4, sizeof(stream) - 1 - 4) == (ssize_t)sizeof(stream) - 1 - 4);
	want(next(s, &p[0]) && p[0].tcp && holds(&p[0], "one"));
	want(p[0].side == SIDE_AUTHORITY && is_at(&p[0].to, authority, 53));
	want(!memcmp(p[0].from.address.bytes, end_at(resolver, 0).address.bytes, 16));
	want(next(s, &p[1]) && p[1].len == 0);
	want(next(s, &p[2]) && holds(&p[2], "three"));
	want(!sockets_take(s, &p[3]));
	want(sockets_connections(s) == 1);
	want(answer(s, &p[2], "3") == 0 && answer(s, &p[0], "1") == 0);
	want(recv(fd, text, 6, MSG_WAITALL) == 6 && !memcmp(text,
							    "\0\1"
							    "3\0\1"
							    "1",
							    6));
	want(write(fd, "ur", 2) == 2);
	want(next(s, &p[3]) && holds(&p[3], "four"));
	close(fd);
	want(all_closed(s));
	want(answer(s, &p[3], "4") == 0); /* too late: dropped */
	return 0;
}

static int check_stream(void)
{
	struct sockets *s;
	struct world w;
	int r = begin(&w, &s);

	if (r)
		return r;
	r = talk_to_authority(&w, s, LINK_RESOLVER_V4, "198.18.3.3");
	r |= talk_to_authority(&w, s, LINK_RESOLVER_V6, "fd00:5f::33");
	return end(&w, s) | r;
}

/* Whether a resolver gets the port that is in `n` for itself, within three seconds. */
static bool is_free(const struct world *w, const union endpoint_name *n, socklen_t len)
{
	bool free = false;

	for (int i = 0; i < 300 && !free; i++) {
		int fd;

		netns_enter(w->hosts[0].netns, NULL);
		fd = socket(n->any.sa_family, SOCK_STREAM, 0);
		netns_enter(w->internet, NULL);
		free = bind(fd, &n->any, len) == 0;
		close(fd);
		if (!free)
			rest(10);
	}
	return free;
}

/* The kernel would keep the port for a minute, which is weeks to a resolver on a virtual clock. */
static int close_first(struct world *w, struct sockets *s, const char *resolver,
		       const char *authority)
{
	int fd = connect_to(w, resolver, authority, 53);
	union endpoint_name n;
	socklen_t len = sizeof(n);
	struct packet p;
	char text[3];

	want(fd >= 0 && getsockname(fd, &n.any, &len) == 0);
	want(write(fd, "\0\3one", 5) == 5);
	want(next(s, &p) && holds(&p, "one") && answer(s, &p, "1") == 0);
	want(recv(fd, text, sizeof(text), MSG_WAITALL) == sizeof(text));
	close(fd);
	want(all_closed(s));
	want(is_free(w, &n, len));
	return 0;
}

static int check_ports(void)
{
	struct sockets *s;
	struct world w;
	int r = begin(&w, &s);

	if (r)
		return r;
	r = close_first(&w, s, LINK_RESOLVER_V4, "198.18.3.3");
	r |= close_first(&w, s, LINK_RESOLVER_V6, "fd00:5f::33");
	return end(&w, s) | r;
}

static void the_port_of_who_called_and_closed_is_free_at_once(void **state)
{
	(void)state;
	alone(check_ports);
}

static void a_connection_carries_whole_messages_however_they_are_cut(void **state)
{
	(void)state;
	alone(check_stream);
}

static int check_large(void)
{
	static uint8_t large[65535], got[2 + 65535];
	const int tiny = 1, small = 65536;
	union endpoint_name n;
	socklen_t len;
	struct err e = { .text = "" };
	struct packet p;
	struct sockets *s;
	struct world w;
	int fd, r = begin(&w, &s);

	if (r)
		return r;
	fd = resolver_socket(&w, LINK_RESOLVER_V4, 0, SOCK_STREAM);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &tiny, sizeof(tiny));
	len = name_at("198.18.3.3", 53, &n);
	want(connect(fd, &n.any, len) == 0);
	want(write(fd, "\0\1q", 3) == 3 && next(s, &p));
	p.data = large;
	p.len = 8000;
	want(sockets_send(s, &p, &e) == 0);
	want(sockets_in_flight(s) > 4000); /* with the kernel, which cannot bring it there */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	want(recv(fd, got, 8002, MSG_WAITALL) == 8002);
	p.len = sizeof(large);
	for (int i = 0; i < 300; i++) {
		memset(large, i, sizeof(large));
		want(sockets_send(s, &p, &e) == 0);
	}
	want(sockets_in_flight(s) > 19000000); /* nobody reads: it cannot be there */
	for (int i = 0; i < 300; i++) {
		size_t have = 0;

		for (int tries = 0; have < sizeof(got); tries++) {
			ssize_t came = recv(fd, got + have, sizeof(got) - have, MSG_DONTWAIT);

			have += came > 0 ? (size_t)came : 0;
			want(tries < 10000);
			if (came <= 0)
				sockets_wait(s, MSEC);
		}
		want(got[0] == 0xff && got[1] == 0xff && got[2] == (uint8_t)i &&
		     got[65536] == (uint8_t)i);
	}
	for (int i = 0; i < 100 && sockets_in_flight(s); i++)
		sockets_wait(s, MSEC);
	want(sockets_in_flight(s) == 0);
	return end(&w, s);
}

static void what_a_slow_reader_leaves_is_in_flight_and_comes_in_the_end(void **state)
{
	(void)state;
	alone(check_large);
}

static int ask_by_stream(struct world *w, struct sockets *s, const char *resolver,
			 const char *client)
{
	struct packet p = { .side = SIDE_CLIENT,
			    .tcp = true,
			    .from = end_at(client, 5555),
			    .to = end_at(resolver, 53) };
	int fd = resolver_socket(w, resolver, 53, SOCK_STREAM), c;
	char text[16];
	union endpoint_name n;
	socklen_t len = sizeof(n);

	want(listen(fd, 5) == 0);
	/* The same port at once again: it is not kept by the connection before. */
	for (int i = 0; i < 3; i++) {
		want(send_text(s, p, "query") == 0);
		c = accept(fd, &n.any, &len);
		want(c >= 0 && came_from(&n, client, 5555));
		want(brings(s, c, 7) && recv(c, text, 7, 0) == 7 && !memcmp(text, "\0\5query", 7));
		want(sockets_connections(s) == 1);
		want(write(c, "\0\6answer", 8) == 8);
		struct packet got;
		want(next(s, &got) && got.tcp && holds(&got, "answer") && got.side == SIDE_CLIENT);
		want(is_at(&got.to, client, 5555) && is_at(&got.from, resolver, 53));
		want(sockets_connections(s) == 0);
		want(recv(c, text, 1, 0) == -1 && errno == ECONNRESET);
		close(c);
	}
	close(fd);
	want(send_text(s, p, "query") == 0); /* refused */
	want(all_closed(s));
	return 0;
}

static int check_client_stream(void)
{
	struct sockets *s;
	struct world w;
	int r = begin(&w, &s);

	if (r)
		return r;
	r = ask_by_stream(&w, s, LINK_RESOLVER_V4, "10.5.5.5");
	r |= ask_by_stream(&w, s, LINK_RESOLVER_V6, "2001:db8::55");
	return end(&w, s) | r;
}

static void a_client_uses_a_connection_for_one_question(void **state)
{
	(void)state;
	alone(check_client_stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_authority_answers_from_the_address_that_was_asked),
		cmocka_unit_test(many_datagrams_are_taken_and_given_at_once_in_their_order),
		cmocka_unit_test(
			a_client_asks_from_its_own_address_and_leaves_with_its_last_answer),
		cmocka_unit_test(what_a_client_cannot_send_is_lost_without_harm),
		cmocka_unit_test(more_clients_than_files_send_the_oldest_home),
		cmocka_unit_test(a_connection_carries_whole_messages_however_they_are_cut),
		cmocka_unit_test(the_port_of_who_called_and_closed_is_free_at_once),
		cmocka_unit_test(what_a_slow_reader_leaves_is_in_flight_and_comes_in_the_end),
		cmocka_unit_test(a_client_uses_a_connection_for_one_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

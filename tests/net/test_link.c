/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "sim/world/netns.h"
#include "tests/support/alone.h"
#include "tests/support/ends.h"

/* ---- packets ---- */

static int udp_at(int netns, const char *ip, uint16_t port)
{
	union endpoint_name n;
	socklen_t len = name_at(ip, port, &n);
	int fd, on = 1;

	if (netns_enter(netns, NULL) < 0)
		return -1;
	fd = socket(n.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, &on, sizeof(on));
	return bind(fd, &n.any, len) < 0 ? -1 : fd;
}

static bool comes(int fd, const char *from)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	union endpoint_name n, wanted;
	socklen_t len = sizeof(n);
	char byte;

	name_at(from, 0, &wanted);
	if (poll(&p, 1, 1000) != 1 || recvfrom(fd, &byte, 1, 0, &n.any, &len) != 1)
		return false;
	if (n.any.sa_family == AF_INET)
		return n.v4.sin_addr.s_addr == wanted.v4.sin_addr.s_addr;
	return !memcmp(&n.v6.sin6_addr, &wanted.v6.sin6_addr, 16);
}

static bool goes(int fd, const char *to, uint16_t port)
{
	union endpoint_name n;
	socklen_t len = name_at(to, port, &n);

	return sendto(fd, "x", 1, 0, &n.any, len) == 1;
}

/* A datagram there and one back, between `ip` in one place and a resolver. */
static int exchange_with(const struct world *w, unsigned host, int netns, const char *ip,
			 const char *resolver)
{
	int there = udp_at(netns, ip, 4000), here = udp_at(w->hosts[host].netns, resolver, 4000);

	want(there >= 0 && here >= 0);
	want(goes(there, resolver, 4000));
	want(comes(here, ip));
	want(goes(here, ip, 4000));
	want(comes(there, resolver));
	close(there);
	close(here);
	return 0;
}

static int exchange(const struct world *w, int netns, const char *ip, const char *resolver)
{
	return exchange_with(w, 0, netns, ip, resolver);
}

static int check_reach(void)
{
	struct world w;
	int r = make_world(&w);

	if (r)
		return r;
	r = exchange(&w, w.internet, "198.18.0.1", LINK_RESOLVER_V4);
	r |= exchange(&w, w.internet, "198.18.255.254", LINK_RESOLVER_V4);
	r |= exchange(&w, w.internet, "fd00:5f:1234::9", LINK_RESOLVER_V6);
	r |= exchange(&w, w.clients, "10.1.2.3", LINK_RESOLVER_V4);
	r |= exchange(&w, w.clients, "203.0.113.200", LINK_RESOLVER_V4);
	r |= exchange(&w, w.clients, "2001:db8::7", LINK_RESOLVER_V6);
	r |= exchange(&w, w.clients, "fd00:77::1", LINK_RESOLVER_V6);
	world_done(&w);
	return r;
}

static void any_authority_and_any_client_reaches_the_resolver(void **state)
{
	(void)state;
	alone(check_reach);
}

#define SECOND_V4 "198.19.0.54"
#define SECOND_V6 "fd00:53::54"

/* What one resolver sends to another comes to "internet", and what is sent from there in another's name
 * comes to it. */
static int check_more(void)
{
	struct err e = { .text = "" };
	struct world w;
	int r = make_world(&w);

	if (r)
		return r;
	want(world_add(&w, NULL, &e) == 1 && world_add(&w, NULL, &e) == 2);
	want(world_check(&w, &e) == 0);
	r = exchange_with(&w, 1, w.internet, "198.18.0.1", SECOND_V4);
	r |= exchange_with(&w, 2, w.clients, "10.1.2.3", "198.19.0.55");
	r |= exchange_with(&w, 1, w.clients, "2001:db8::7", SECOND_V6);
	r |= exchange(&w, w.internet, "198.18.0.1", LINK_RESOLVER_V4);
	r |= exchange(&w, w.clients, "2001:db8::7", LINK_RESOLVER_V6);
	r |= exchange(&w, w.internet, SECOND_V4, LINK_RESOLVER_V4);
	r |= exchange(&w, w.internet, SECOND_V6, LINK_RESOLVER_V6);
	r |= exchange_with(&w, 1, w.internet, LINK_RESOLVER_V4, SECOND_V4);
	world_done(&w);
	return r;
}

static void each_resolver_is_reached_and_reaches_others_by_way_of_the_internet(void **state)
{
	(void)state;
	alone(check_more);
}

static int check_source(void)
{
	struct world w;
	int r = make_world(&w), authority, upstream;

	if (r)
		return r;
	authority = udp_at(w.internet, "198.18.4.4", 53);
	upstream = udp_at(w.hosts[0].netns, "0.0.0.0", 0);
	want(goes(upstream, "198.18.4.4", 53) && comes(authority, LINK_RESOLVER_V4));
	authority = udp_at(w.internet, "fd00:5f::44", 53);
	upstream = udp_at(w.hosts[0].netns, "::", 0);
	want(goes(upstream, "fd00:5f::44", 53) && comes(authority, LINK_RESOLVER_V6));
	world_done(&w);
	return 0;
}

static void an_unbound_socket_of_the_resolver_asks_from_its_own_address(void **state)
{
	(void)state;
	alone(check_source);
}

/* Everything that passes the resolver's interfaces from now on. */
static int listen_to_all(const struct world *w)
{
	netns_enter(w->hosts[0].netns, NULL);
	return socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
}

static int frames(int fd)
{
	struct sockaddr_ll from;
	socklen_t len = sizeof(from);
	char frame[2048];
	int n = 0;

	while (recvfrom(fd, frame, sizeof(frame), 0, (struct sockaddr *)&from, &len) >= 0) {
		n++;
		len = sizeof(from);
	}
	return n;
}

static int check_silence(void)
{
	struct world w;
	int r = make_world(&w), all;

	if (r)
		return r;
	all = listen_to_all(&w);
	want(all >= 0);
	rest(1500);
	want(frames(all) == 0);
	want(exchange(&w, w.clients, "10.1.2.3", LINK_RESOLVER_V4) == 0);
	want(exchange(&w, w.internet, "fd00:5f::1", LINK_RESOLVER_V6) == 0);
	want(frames(all) == 4);
	world_done(&w);
	return 0;
}

static void the_cables_carry_nothing_but_what_is_sent(void **state)
{
	(void)state;
	alone(check_silence);
}

/* ---- no way out ---- */

static int run(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static pid_t foreigner(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWNET) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		return -1;
	close(ready[0]);
	return pid;
}

static int check_closed(void)
{
	struct err e = { .text = "" };
	char command[128];
	struct world w;
	pid_t pid;
	int r = make_world(&w);

	if (r)
		return r;
	if (run("ip -V >/dev/null 2>&1") != 0)
		return SKIPPED;
	want(world_check(&w, &e) == 0);
	netns_enter(w.clients, NULL);
	want(run("ip link add extra type bridge && ip link set extra up") == 0);
	want(world_check(&w, &e) == -EXDEV && strstr(e.text, "extra") && strstr(e.text, "clients"));
	netns_enter(w.clients, NULL);
	want(run("ip link del extra") == 0);
	want(world_check(&w, &e) == 0);

	pid = foreigner();
	want(pid > 0);
	netns_enter(w.hosts[0].netns, NULL);
	snprintf(command, sizeof(command),
		 "ip link add leak type veth peer name out netns /proc/%d/ns/net", (int)pid);
	want(run(command) == 0);
	want(world_check(&w, &e) == -EXDEV && strstr(e.text, "leak") && strstr(e.text, "resolver"));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	world_done(&w);
	return 0;
}

static void a_way_out_of_the_world_is_found(void **state)
{
	(void)state;
	alone(check_closed);
}

/* ---- without privilege ---- */

static int check_unprivileged(void)
{
	return become_user(65534) ? SKIPPED : check_reach();
}

static void a_user_without_privilege_gets_the_same_world(void **state)
{
	(void)state;
	alone(check_unprivileged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_authority_and_any_client_reaches_the_resolver),
		cmocka_unit_test(
			each_resolver_is_reached_and_reaches_others_by_way_of_the_internet),
		cmocka_unit_test(an_unbound_socket_of_the_resolver_asks_from_its_own_address),
		cmocka_unit_test(the_cables_carry_nothing_but_what_is_sent),
		cmocka_unit_test(a_way_out_of_the_world_is_found),
		cmocka_unit_test(a_user_without_privilege_gets_the_same_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/link.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/inet6.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/route.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sim/world/link_way.h"
#include "sim/world/netlink.h"

/* ---- the plan: what lies where ---- */

#define NAME_LEN 16

/* An end of a cable, named after where it leads. */
struct plug {
	enum place place;
	char name[NAME_LEN];
	char mac[18];
};

#define CABLES 2 /* of a resolver: to internet and to clients */

static struct plug plug_of(unsigned host, enum place place, const char *name, unsigned number)
{
	struct plug p = { .place = place };

	if (host && place != PLACE_RESOLVER)
		snprintf(p.name, sizeof(p.name), "%s%u", name, host);
	else
		snprintf(p.name, sizeof(p.name), "%s", name);
	snprintf(p.mac, sizeof(p.mac), "02:5f:00:00:%02x:%02x", host & 0xff, number & 0xff);
	return p;
}

static void lay_out(unsigned host, struct plug ret[CABLES][2])
{
	ret[0][0] = plug_of(host, PLACE_INTERNET, "resolver", 1);
	ret[0][1] = plug_of(host, PLACE_RESOLVER, "internet", 2);
	ret[1][0] = plug_of(host, PLACE_CLIENTS, "resolver", 3);
	ret[1][1] = plug_of(host, PLACE_RESOLVER, "clients", 4);
}

const char *link_address(unsigned host, bool v6, char ret[LINK_ADDRESS_LEN])
{
	snprintf(ret, LINK_ADDRESS_LEN, v6 ? "fd00:53::%x" : "198.19.0.%u",
		 v6 ? 0x53 + host : 53 + host);
	return ret;
}

static const struct way places_ways[] = {
	{ PLACE_INTERNET, "198.18.0.0/16", NULL, NULL, false, 0 },
	{ PLACE_INTERNET, "fd00:5f::/32", NULL, NULL, false, 0 },
	{ PLACE_CLIENTS, "0.0.0.0/0", NULL, NULL, false, 0 },
	{ PLACE_CLIENTS, "::/0", NULL, NULL, false, 0 },
};

/* What one resolver sends to another. */
static const struct way joined_ways[] = {
	{ PLACE_INTERNET, "198.19.0.0/16", NULL, NULL, false, LINK_JOINED },
	{ PLACE_INTERNET, "fd00:53::/32", NULL, NULL, false, LINK_JOINED },
};

/* ---- building ---- */

static void rtnl_link_putp(struct rtnl_link **l)
{
	rtnl_link_put(*l);
}

static void rtnl_addr_putp(struct rtnl_addr **a)
{
	rtnl_addr_put(*a);
}

static void rtnl_neigh_putp(struct rtnl_neigh **n)
{
	rtnl_neigh_put(*n);
}

static void rtnl_route_putp(struct rtnl_route **r)
{
	rtnl_route_put(*r);
}

/* What the host may have set for all its namespaces and that would be in our way. Best effort: the
 * file may be read-only (a container), and the defaults do as well. */
static void set_quiet(const char *name, const char *value)
{
	char path[128];
	_cleanup_(closep) int fd = -1;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, value, strlen(value)) < 0)
		return;
}

static int link_up(struct nl_sock *s, struct rtnl_link *link, struct err *e)
{
	_cleanup_(rtnl_link_putp) struct rtnl_link *change = rtnl_link_alloc();
	int r;

	if (!change)
		return err_set(e, -ENOMEM, "out of memory");
	rtnl_link_set_flags(change, IFF_UP);
	r = rtnl_link_change(s, link, change, 0);
	return r < 0 ? netlink_failed(r, "set up", rtnl_link_get_name(link), e) : 0;
}

static int lo_up(struct nl_sock *s, struct err *e)
{
	_cleanup_(rtnl_link_putp) struct rtnl_link *lo = NULL;
	int r = rtnl_link_get_kernel(s, 0, "lo", &lo);

	return r < 0 ? netlink_failed(r, "find", "lo", e) : link_up(s, lo, e);
}

static int set_mac(struct rtnl_link *link, const char *mac, struct err *e)
{
	_cleanup_(nl_addr_putp) struct nl_addr *a = NULL;
	int r = netlink_parse(mac, &a, e);

	if (r < 0)
		return r;
	rtnl_link_set_addr(link, a);
	return 0;
}

static int add_cable(const int netns[PLACES], const struct plug cable[2], struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	_cleanup_(rtnl_link_putp) struct rtnl_link *near = NULL, *far = NULL;
	int r = netlink_open(netns[cable[0].place], &s, e);

	if (r < 0)
		return r;
	near = rtnl_link_veth_alloc();
	if (!near)
		return err_set(e, -ENOMEM, "out of memory");
	far = rtnl_link_veth_get_peer(near);
	rtnl_link_set_name(near, cable[0].name);
	rtnl_link_set_name(far, cable[1].name);
	rtnl_link_set_ns_fd(far, netns[cable[1].place]);
	r = set_mac(near, cable[0].mac, e);
	if (!r)
		r = set_mac(far, cable[1].mac, e);
	if (r < 0)
		return r;
	r = rtnl_link_add(s, near, NLM_F_CREATE | NLM_F_EXCL);
	if (r == -NLE_OPNOTSUPP)
		return err_set(e, -EOPNOTSUPP,
			       "the kernel has no veth links: as root, 'modprobe veth'");
	return r < 0 ? netlink_failed(r, "make the link", cable[0].name, e) : 0;
}

/* Says who is at the far end, for good: there is never an ARP or a neighbour solicitation. */
static int add_far_end(struct nl_sock *s, int ifindex, const char *ip, const char *mac,
		       struct err *e)
{
	_cleanup_(nl_addr_putp) struct nl_addr *dst = NULL, *ll = NULL;
	_cleanup_(rtnl_neigh_putp) struct rtnl_neigh *n = rtnl_neigh_alloc();
	int r;

	if (!n)
		return err_set(e, -ENOMEM, "out of memory");
	r = netlink_parse(ip, &dst, e);
	if (!r)
		r = netlink_parse(mac, &ll, e);
	if (r < 0)
		return r;
	rtnl_neigh_set_ifindex(n, ifindex);
	rtnl_neigh_set_dst(n, dst);
	rtnl_neigh_set_lladdr(n, ll);
	rtnl_neigh_set_state(n, NUD_PERMANENT);
	r = rtnl_neigh_add(s, n, NLM_F_CREATE | NLM_F_REPLACE);
	if (r == -NLE_AF_NOSUPPORT || r == -NLE_OPNOTSUPP)
		return err_set(e, -EOPNOTSUPP,
			       "the kernel has no IPv6: boot it without 'ipv6.disable=1'");
	return r < 0 ? netlink_failed(r, "add the neighbour", ip, e) : 0;
}

/* Up, and mute: without a link-local address there is no duplicate detection, no router
 * solicitation and no multicast report (RFC 4862, 3810). */
static int plug_in(const int netns[PLACES], const struct plug *plug, const struct plug *far,
		   struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	_cleanup_(rtnl_link_putp) struct rtnl_link *link = NULL, *change = rtnl_link_alloc();
	int r = netlink_open(netns[plug->place], &s, e);

	if (r < 0)
		return r;
	if (!change)
		return err_set(e, -ENOMEM, "out of memory");
	r = rtnl_link_get_kernel(s, 0, plug->name, &link);
	if (r < 0)
		return netlink_failed(r, "find", plug->name, e);
	rtnl_link_inet6_set_addr_gen_mode(change, rtnl_link_inet6_str2addrgenmode("none"));
	r = rtnl_link_change(s, link, change, 0);
	if (r < 0)
		return netlink_failed(r, "keep addresses off", plug->name, e);
	r = link_up(s, link, e);
	if (!r)
		r = add_far_end(s, rtnl_link_get_ifindex(link), FAR_END_V4, far->mac, e);
	if (!r)
		r = add_far_end(s, rtnl_link_get_ifindex(link), FAR_END_V6, far->mac, e);
	return r;
}

/* What the kernel does a little later by itself is waited for in steps of a millisecond. */
#define PATIENCE 60000 /* so many, where many namespaces come and go beside this one */
static const struct timespec moment = { .tv_nsec = 1000000 };

/* A link whose other end comes up later gets its queue from a kernel worker, some moments after
 * that; what is sent before is lost without a word. */
static int await_carrier(const int netns[PLACES], const struct plug *plug, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	int r = netlink_open(netns[plug->place], &s, e);

	for (int i = 0; !r && i < PATIENCE; i++) {
		_cleanup_(rtnl_link_putp) struct rtnl_link *link = NULL;
		const char *queue;

		r = rtnl_link_get_kernel(s, 0, plug->name, &link);
		if (r < 0)
			return netlink_failed(r, "find", plug->name, e);
		queue = rtnl_link_get_qdisc(link);
		if (rtnl_link_get_operstate(link) == IF_OPER_UP && queue && strcmp(queue, "noop"))
			return 0;
		nanosleep(&moment, NULL);
	}
	return r ? r : err_set(e, -EIO, "link '%s' does not come up", plug->name);
}

/* An IPv6 address begins to be one of ours in a kernel worker, too, even without duplicate
 * detection: when packets to it are delivered here. */
static int await_address(struct nl_sock *s, struct nl_addr *address, const char *text,
			 struct err *e)
{
	for (int i = 0; i < PATIENCE; i++) {
		_cleanup_(rtnl_route_putp) struct rtnl_route *route = NULL;
		int r = rtnl_route_lookup(s, address, &route);

		if (r < 0 && r != -NLE_OBJ_NOTFOUND)
			return netlink_failed(r, "find the way to", text, e);
		if (!r && rtnl_route_get_type(route) == RTN_LOCAL)
			return 0;
		nanosleep(&moment, NULL);
	}
	return err_set(e, -EIO, "the address '%s' does not come up", text);
}

/* On lo: an address on the cable would make the kernel speak of it (multicast reports). */
static int add_address(struct nl_sock *s, const char *text, struct err *e)
{
	_cleanup_(nl_addr_putp) struct nl_addr *local = NULL;
	_cleanup_(rtnl_addr_putp) struct rtnl_addr *a = rtnl_addr_alloc();
	int r;

	if (!a)
		return err_set(e, -ENOMEM, "out of memory");
	r = netlink_parse(text, &local, e);
	if (r < 0)
		return r;
	rtnl_addr_set_ifindex(a, 1);
	rtnl_addr_set_local(a, local);
	rtnl_addr_set_flags(a, IFA_F_NODAD);
	r = rtnl_addr_add(s, a, NLM_F_CREATE | NLM_F_REPLACE);
	return r < 0 ? netlink_failed(r, "add the address", text, e)
		     : await_address(s, local, text, e);
}

static int prepare_place(int netns, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	int r = netlink_open(netns, &s, e);

	if (r < 0)
		return r;
	set_quiet("ipv4/conf/all/rp_filter", "0");
	set_quiet("ipv4/conf/default/rp_filter", "0");
	set_quiet("ipv6/conf/all/disable_ipv6", "0");
	set_quiet("ipv6/conf/default/disable_ipv6", "0");
	set_quiet("ipv6/conf/default/accept_dad", "0");
	set_quiet("ipv6/conf/default/router_solicitations", "0");
	return lo_up(s, e);
}

static int add_ways(const int netns[PLACES], const struct way *ways, size_t count, struct err *e)
{
	int r = 0;

	for (size_t i = 0; !r && i < count; i++) {
		_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;

		r = netlink_open(netns[ways[i].place], &s, e);
		if (!r)
			r = link_add_way(s, &ways[i], e);
	}
	return r;
}

static int lay_cables(const int netns[PLACES], struct plug cables[CABLES][2], struct err *e)
{
	int r = 0;

	for (size_t i = 0; !r && i < CABLES; i++) {
		r = add_cable(netns, cables[i], e);
		if (!r)
			r = plug_in(netns, &cables[i][0], &cables[i][1], e);
		if (!r)
			r = plug_in(netns, &cables[i][1], &cables[i][0], e);
		if (!r)
			r = await_carrier(netns, &cables[i][0], e);
		if (!r)
			r = await_carrier(netns, &cables[i][1], e);
	}
	return r;
}

/* Who a resolver's addresses are at the far ends of its cables. */
static int add_neighbours(const int netns[PLACES], const struct plug cable[2], const char *four,
			  const char *six, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	_cleanup_(rtnl_link_putp) struct rtnl_link *link = NULL;
	int r = netlink_open(netns[cable[0].place], &s, e);

	if (r < 0)
		return r;
	r = rtnl_link_get_kernel(s, 0, cable[0].name, &link);
	if (r < 0)
		return netlink_failed(r, "find", cable[0].name, e);
	r = add_far_end(s, rtnl_link_get_ifindex(link), four, cable[1].mac, e);
	return r ? r : add_far_end(s, rtnl_link_get_ifindex(link), six, cable[1].mac, e);
}

static int furnish_resolver(int netns, const char *four, const char *six, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	int r = netlink_open(netns, &s, e);

	if (!r)
		r = add_address(s, four, e);
	return r ? r : add_address(s, six, e);
}

/* A resolver's own addresses, as prefixes of one. */
struct own {
	char four[LINK_ADDRESS_LEN], six[LINK_ADDRESS_LEN];
	char only_four[LINK_ADDRESS_LEN + 4], only_six[LINK_ADDRESS_LEN + 4];
};

static struct own own_of(unsigned host)
{
	struct own o;

	link_address(host, false, o.four);
	link_address(host, true, o.six);
	snprintf(o.only_four, sizeof(o.only_four), "%s/32", o.four);
	snprintf(o.only_six, sizeof(o.only_six), "%s/128", o.six);
	return o;
}

int link_add(const int netns[PLACES], unsigned host, struct err *e)
{
	struct own o = own_of(host);
	struct plug cables[CABLES][2];
	const struct way ways[] = {
		{ PLACE_INTERNET, o.only_four, cables[0][0].name, NULL, true, 0 },
		{ PLACE_INTERNET, o.only_six, cables[0][0].name, NULL, true, 0 },
		{ PLACE_RESOLVER, "198.18.0.0/16", "internet", o.four, false, 0 },
		{ PLACE_RESOLVER, "fd00:5f::/32", "internet", o.six, false, 0 },
		{ PLACE_RESOLVER, "0.0.0.0/0", "clients", o.four, false, 0 },
		{ PLACE_RESOLVER, "::/0", "clients", o.six, false, 0 },
		{ PLACE_CLIENTS, o.only_four, cables[1][0].name, NULL, true, 0 },
		{ PLACE_CLIENTS, o.only_six, cables[1][0].name, NULL, true, 0 },
	};
	int r = prepare_place(netns[PLACE_RESOLVER], e);

	lay_out(host, cables);
	if (!r)
		r = lay_cables(netns, cables, e);
	if (!r)
		r = furnish_resolver(netns[PLACE_RESOLVER], o.only_four, o.only_six, e);
	for (size_t i = 0; !r && i < CABLES; i++)
		r = add_neighbours(netns, cables[i], o.four, o.six, e);
	return r ? r : add_ways(netns, ways, ARRAY_SIZE(ways), e);
}

int link_join(const int netns[PLACES], unsigned host, struct err *e)
{
	struct own o = own_of(host);
	struct plug cables[CABLES][2];
	const struct way ways[] = {
		{ PLACE_RESOLVER, "198.19.0.0/16", "internet", o.four, false, 0 },
		{ PLACE_RESOLVER, "fd00:53::/32", "internet", o.six, false, 0 },
	};
	int r = host ? 0 : add_ways(netns, joined_ways, ARRAY_SIZE(joined_ways), e);

	lay_out(host, cables);
	if (!r)
		r = add_ways(netns, ways, ARRAY_SIZE(ways), e);
	return r ? r : link_add_rules(netns[PLACE_INTERNET], cables[0][0].name, e);
}

int link_build(const int netns[PLACES], struct err *e)
{
	int r = prepare_place(netns[PLACE_INTERNET], e);

	if (!r)
		r = prepare_place(netns[PLACE_CLIENTS], e);
	if (!r)
		r = link_add(netns, 0, e);
	return r ? r : add_ways(netns, places_ways, ARRAY_SIZE(places_ways), e);
}

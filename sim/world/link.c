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
#include <string.h>
#include <time.h>

#include "sim/world/netlink.h"

/* ---- the plan: what lies where ---- */

/* An end of a cable, named after where it leads. */
struct plug {
	enum place place;
	const char *name;
	const char *mac;
};

static const struct plug cables[][2] = {
	{ { PLACE_INTERNET, "resolver", "02:5f:00:00:00:01" },
	  { PLACE_RESOLVER, "internet", "02:5f:00:00:00:02" } },
	{ { PLACE_CLIENTS, "resolver", "02:5f:00:00:00:03" },
	  { PLACE_RESOLVER, "clients", "02:5f:00:00:00:04" } },
};

/* Who is at the other end of any cable. Its MAC is known beforehand, so that one neighbour entry
 * serves a whole prefix and nobody ever has to ask (ARP, RFC 4861) for one. */
#define FAR_END_V4 "169.254.0.1"
#define FAR_END_V6 "fe80::1"

/* A prefix that is reached by a plug, or that is the place's own. The first rows of "clients" come
 * before its default, which answers for every address there is, the far end's too. */
static const struct way {
	enum place place;
	const char *prefix;
	const char *plug; /* NULL: answered for here */
	const char *source; /* preferred, NULL: none */
} ways[] = {
	{ PLACE_INTERNET, "198.18.0.0/16", NULL, NULL },
	{ PLACE_INTERNET, "fd00:5f::/32", NULL, NULL },
	{ PLACE_INTERNET, "198.19.0.0/16", "resolver", NULL },
	{ PLACE_INTERNET, "fd00:53::/32", "resolver", NULL },
	{ PLACE_RESOLVER, "198.18.0.0/16", "internet", LINK_RESOLVER_V4 },
	{ PLACE_RESOLVER, "fd00:5f::/32", "internet", LINK_RESOLVER_V6 },
	{ PLACE_RESOLVER, "0.0.0.0/0", "clients", LINK_RESOLVER_V4 },
	{ PLACE_RESOLVER, "::/0", "clients", LINK_RESOLVER_V6 },
	{ PLACE_CLIENTS, "198.19.0.0/16", "resolver", NULL },
	{ PLACE_CLIENTS, "fd00:53::/32", "resolver", NULL },
	{ PLACE_CLIENTS, "0.0.0.0/0", NULL, NULL },
	{ PLACE_CLIENTS, "::/0", NULL, NULL },
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
#define PATIENCE 5000
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

static int add_nexthop(struct nl_sock *s, struct rtnl_route *route, const char *plug, struct err *e)
{
	const char *far = rtnl_route_get_family(route) == AF_INET ? FAR_END_V4 : FAR_END_V6;
	_cleanup_(rtnl_link_putp) struct rtnl_link *link = NULL;
	_cleanup_(nl_addr_putp) struct nl_addr *gateway = NULL;
	struct rtnl_nexthop *hop;
	int r = rtnl_link_get_kernel(s, 0, plug ? plug : "lo", &link);

	if (r < 0)
		return netlink_failed(r, "find", plug ? plug : "lo", e);
	hop = rtnl_route_nh_alloc();
	if (!hop)
		return err_set(e, -ENOMEM, "out of memory");
	rtnl_route_nh_set_ifindex(hop, rtnl_link_get_ifindex(link));
	rtnl_route_add_nexthop(route, hop);
	if (!plug)
		return 0;
	r = netlink_parse(far, &gateway, e);
	if (r < 0)
		return r;
	rtnl_route_nh_set_gateway(hop, gateway);
	rtnl_route_nh_set_flags(hop, RTNH_F_ONLINK);
	/* Acknowledge at once: a delayed ACK would be 40 ms of waiting for what has arrived. */
	rtnl_route_set_metric(route, RTAX_QUICKACK, 1);
	return 0;
}

/* The ways of "clients" are all in the table that is looked at first: its local default would win
 * over anything in the main one. */
static int add_way(struct nl_sock *s, const struct way *way, struct err *e)
{
	_cleanup_(rtnl_route_putp) struct rtnl_route *route = rtnl_route_alloc();
	_cleanup_(nl_addr_putp) struct nl_addr *dst = NULL, *src = NULL;
	bool local = !way->plug || way->place == PLACE_CLIENTS;
	int r;

	if (!route)
		return err_set(e, -ENOMEM, "out of memory");
	r = netlink_parse(way->prefix, &dst, e);
	if (!r && way->source)
		r = netlink_parse(way->source, &src, e);
	if (r < 0)
		return r;
	rtnl_route_set_family(route, (uint8_t)nl_addr_get_family(dst));
	rtnl_route_set_dst(route, dst);
	rtnl_route_set_table(route, local ? RT_TABLE_LOCAL : RT_TABLE_MAIN);
	rtnl_route_set_type(route, way->plug ? RTN_UNICAST : RTN_LOCAL);
	rtnl_route_set_scope(route, way->plug ? RT_SCOPE_UNIVERSE : RT_SCOPE_HOST);
	if (src)
		rtnl_route_set_pref_src(route, src);
	r = add_nexthop(s, route, way->plug, e);
	if (r < 0)
		return r;
	r = rtnl_route_add(s, route, NLM_F_CREATE | NLM_F_EXCL);
	return r < 0 ? netlink_failed(r, "add the route to", way->prefix, e) : 0;
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

static int furnish_place(const int netns[PLACES], enum place p, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	int r = netlink_open(netns[p], &s, e);

	if (!r && p == PLACE_RESOLVER)
		r = add_address(s, LINK_RESOLVER_V4 "/32", e);
	if (!r && p == PLACE_RESOLVER)
		r = add_address(s, LINK_RESOLVER_V6 "/128", e);
	for (size_t i = 0; !r && i < ARRAY_SIZE(ways); i++)
		if (ways[i].place == p)
			r = add_way(s, &ways[i], e);
	return r;
}

int link_build(const int netns[PLACES], struct err *e)
{
	int r = 0;

	for (int p = 0; !r && p < PLACES; p++)
		r = prepare_place(netns[p], e);
	for (size_t i = 0; !r && i < ARRAY_SIZE(cables); i++) {
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
	for (int p = 0; !r && p < PLACES; p++)
		r = furnish_place(netns, (enum place)p, e);
	return r;
}

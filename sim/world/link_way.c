/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/link_way.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netlink/route/link.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>

static void rtnl_link_putp(struct rtnl_link **l)
{
	rtnl_link_put(*l);
}

static void rtnl_rule_putp(struct rtnl_rule **r)
{
	rtnl_rule_put(*r);
}

static void rtnl_route_putp(struct rtnl_route **r)
{
	rtnl_route_put(*r);
}

static int add_nexthop(struct nl_sock *s, struct rtnl_route *route, const struct way *way,
		       struct err *e)
{
	const char *plug = way->plug;
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
	r = way->is_far_end ? 0 : netlink_parse(far, &gateway, e);
	if (r < 0)
		return r;
	if (gateway) {
		rtnl_route_nh_set_gateway(hop, gateway);
		rtnl_route_nh_set_flags(hop, RTNH_F_ONLINK);
	}
	/* Acknowledge at once: a delayed ACK would be 40 ms of waiting for what has arrived. */
	rtnl_route_set_metric(route, RTAX_QUICKACK, 1);
	return 0;
}

/* The ways of "clients" are all in the table that is looked at first: its local default would win
 * over anything in the main one. */
int link_add_way(struct nl_sock *s, const struct way *way, struct err *e)
{
	_cleanup_(rtnl_route_putp) struct rtnl_route *route = rtnl_route_alloc();
	_cleanup_(nl_addr_putp) struct nl_addr *dst = NULL, *src = NULL;
	bool local = !way->plug || way->place == PLACE_CLIENTS;
	uint32_t table = local ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
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
	rtnl_route_set_table(route, way->table ? way->table : table);
	rtnl_route_set_type(route, way->plug ? RTN_UNICAST : RTN_LOCAL);
	rtnl_route_set_scope(route, !way->plug	      ? RT_SCOPE_HOST
				    : way->is_far_end ? RT_SCOPE_LINK
						      : RT_SCOPE_UNIVERSE);
	if (src)
		rtnl_route_set_pref_src(route, src);
	r = add_nexthop(s, route, way, e);
	if (r < 0)
		return r;
	r = rtnl_route_add(s, route, NLM_F_CREATE | NLM_F_EXCL);
	return r < 0 ? netlink_failed(r, "add the route to", way->prefix, e) : 0;
}

static int add_rule(struct nl_sock *s, const char *plug, uint8_t family, struct err *e)
{
	_cleanup_(rtnl_rule_putp) struct rtnl_rule *rule = rtnl_rule_alloc();
	int r;

	if (!rule)
		return err_set(e, -ENOMEM, "out of memory");
	rtnl_rule_set_family(rule, family);
	rtnl_rule_set_iif(rule, plug);
	rtnl_rule_set_table(rule, LINK_JOINED);
	rtnl_rule_set_action(rule, FR_ACT_TO_TBL);
	rtnl_rule_set_prio(rule, LINK_JOINED);
	r = rtnl_rule_add(s, rule, NLM_F_CREATE | NLM_F_EXCL);
	return r < 0 ? netlink_failed(r, "add a routing rule for", plug, e) : 0;
}

int link_add_rules(int internet, const char *plug, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	int r = netlink_open(internet, &s, e);

	if (!r)
		r = add_rule(s, plug, AF_INET, e);
	return r ? r : add_rule(s, plug, AF_INET6, e);
}

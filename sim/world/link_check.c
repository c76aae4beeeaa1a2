/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/link.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <netlink/cache.h>
#include <netlink/msg.h>
#include <netlink/route/link.h>
#include <stdint.h>
#include <string.h>

#include "sim/world/netlink.h"
#include "sim/world/netns.h"

/* The first two places, and all others. */
static const char *place_name(unsigned i)
{
	return i == 0 ? "internet" : i == 1 ? "clients" : "resolver";
}

static void nl_cache_freep(struct nl_cache **c)
{
	nl_cache_free(*c);
}

static int read_nsid(struct nl_msg *msg, void *arg)
{
	struct nlattr *a = nlmsg_find_attr(nlmsg_hdr(msg), sizeof(struct rtgenmsg), NETNSA_NSID);

	if (a)
		*(int32_t *)arg = (int32_t)nla_get_u32(a);
	return NL_OK;
}

/* By which number the socket's namespace knows another one; -1 when it has nothing to do with
 * it. */
static int ask_nsid(struct nl_sock *s, int netns, int32_t *ret, struct err *e)
{
	struct rtgenmsg general = { .rtgen_family = AF_UNSPEC };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETNSID, 0);
	int r;

	*ret = -1;
	if (!msg)
		return err_set(e, -ENOMEM, "out of memory");
	nlmsg_append(msg, &general, sizeof(general), NLMSG_ALIGNTO);
	nla_put_u32(msg, NETNSA_FD, (uint32_t)netns);
	nl_socket_modify_cb(s, NL_CB_VALID, NL_CB_CUSTOM, read_nsid, ret);
	r = nl_send_auto(s, msg);
	nlmsg_free(msg);
	if (r >= 0)
		r = nl_recvmsgs_default(s);
	if (r >= 0)
		r = nl_wait_for_ack(s);
	return r < 0 ? netlink_failed(r, "ask for", "network namespace", e) : 0;
}

static int check_link(struct rtnl_link *link, const int32_t *known, unsigned count,
		      const char *place, struct err *e)
{
	const char *name = rtnl_link_get_name(link), *type = rtnl_link_get_type(link);
	int32_t peer;

	if (rtnl_link_get_flags(link) & IFF_LOOPBACK)
		return 0;
	if (type && !strcmp(type, "veth")) {
		if (rtnl_link_get_link_netnsid(link, &peer) < 0)
			return 0; /* both ends are here */
		for (unsigned i = 0; i < count; i++)
			if (known[i] == peer)
				return 0;
		return err_set(e, -EXDEV, "link '%s' of '%s' leads out of the world", name, place);
	}
	/* Kernels give new namespaces tunnel devices, which are down. */
	if (!(rtnl_link_get_flags(link) & IFF_UP))
		return 0;
	return err_set(e, -EXDEV, "'%s' has an interface '%s' (%s) that may lead out of the world",
		       place, name, type ? type : "a device");
}

/* A route can use nothing but an interface of its own namespace: when none of them leads out, no
 * route does. */
static int check_place(const int *netns, unsigned count, unsigned p, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	_cleanup_(nl_socket_freep) struct nl_sock *asking = NULL;
	_cleanup_(nl_cache_freep) struct nl_cache *links = NULL;
	int32_t known[LINK_HOSTS + 2];
	int r = netlink_open(netns[p], &s, e);

	if (!r)
		r = netlink_open(netns[p], &asking, e);
	for (unsigned i = 0; !r && i < count; i++) {
		r = ask_nsid(asking, netns[i], &known[i], e);
		if (!r && known[i] < 0)
			known[i] = -2; /* no peer has this */
	}
	if (r < 0)
		return r;
	r = rtnl_link_alloc_cache(s, AF_UNSPEC, &links);
	if (r < 0)
		return netlink_failed(r, "list the links of", place_name(p), e);
	r = 0;
	for (struct nl_object *o = nl_cache_get_first(links); o && !r; o = nl_cache_get_next(o))
		r = check_link((struct rtnl_link *)o, known, count, place_name(p), e);
	return r;
}

int link_check(const int *netns, unsigned count, struct err *e)
{
	int r = 0, back;

	for (unsigned p = 0; !r && p < count; p++)
		r = check_place(netns, count, p, e);
	back = netns_enter(netns[0], r ? NULL : e);
	return r ? r : back;
}

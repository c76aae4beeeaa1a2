/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/netlink.h"

#include <errno.h>
#include <linux/rtnetlink.h>

#include "sim/world/netns.h"

int netlink_failed(int code, const char *what, const char *name, struct err *e)
{
	int r = -EIO;

	if (code == -NLE_OPNOTSUPP || code == -NLE_AF_NOSUPPORT)
		r = -EOPNOTSUPP;
	else if (code == -NLE_PERM || code == -NLE_NOACCESS)
		r = -EPERM;
	else if (code == -NLE_NOMEM)
		r = -ENOMEM;
	return err_set(e, r, "cannot %s '%s': %s", what, name, nl_geterror(code));
}

int netlink_open(int netns, struct nl_sock **ret, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = NULL;
	int r = netns_enter(netns, e);

	if (r < 0)
		return r;
	s = nl_socket_alloc();
	if (!s)
		return err_set(e, -ENOMEM, "out of memory");
	r = nl_connect(s, NETLINK_ROUTE);
	if (r < 0)
		return netlink_failed(r, "open", "netlink", e);
	*ret = TAKE(s);
	return 0;
}

int netlink_parse(const char *text, struct nl_addr **ret, struct err *e)
{
	int r = nl_addr_parse(text, AF_UNSPEC, ret);

	return r < 0 ? netlink_failed(r, "read the address", text, e) : 0;
}

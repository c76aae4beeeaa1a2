/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/backlog.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <netlink/msg.h>
#include <string.h>

#include "sim/world/netlink.h"
#include "sim/world/netns.h"

struct found {
	struct backlog_listener *list;
	int count;
};

/* As the kernel has it: one more than it was asked for is taken. */
static int note(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *head = nlmsg_hdr(msg);
	const struct inet_diag_msg *m = nlmsg_data(head);
	struct found *f = arg;
	struct backlog_listener *l;

	if (nlmsg_datalen(head) < (int)sizeof(*m) || m->idiag_rqueue <= m->idiag_wqueue ||
	    f->count == BACKLOG_MOST)
		return NL_OK;
	l = &f->list[f->count++];
	l->family = m->idiag_family == AF_INET6 ? 6 : 4;
	l->port = ntohs(m->id.idiag_sport);
	memset(l->address, 0, sizeof(l->address));
	memcpy(l->address, m->id.idiag_src, l->family == 6 ? 16 : 4);
	return NL_OK;
}

static int ask(struct nl_sock *s, uint8_t family, struct err *e)
{
	struct inet_diag_req_v2 req = { .sdiag_family = family,
					.sdiag_protocol = IPPROTO_TCP,
					.idiag_states = 1 << TCP_LISTEN };
	int r = nl_send_simple(s, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &req, sizeof(req));

	if (r >= 0)
		r = nl_recvmsgs_default(s);
	return r < 0 ? netlink_failed(r, "list", "listeners", e) : 0;
}

static int look(int netns, struct found *f, struct err *e)
{
	_cleanup_(nl_socket_freep) struct nl_sock *s = nl_socket_alloc();
	int r = netns_enter(netns, e);

	if (r < 0)
		return r;
	if (!s)
		return err_set(e, -ENOMEM, "out of memory");
	nl_socket_modify_cb(s, NL_CB_VALID, NL_CB_CUSTOM, note, f);
	r = nl_connect(s, NETLINK_SOCK_DIAG);
	if (r < 0)
		return netlink_failed(r, "open", "sock_diag", e);
	r = ask(s, AF_INET, e);
	return r == 0 ? ask(s, AF_INET6, e) : r;
}

int backlog_full(const struct world *w, struct backlog_listener ret[BACKLOG_MOST], struct err *e)
{
	struct found f = { .list = ret };
	int r = 0, back;

	for (unsigned i = 0; i < w->host_count && r == 0; i++)
		r = look(w->hosts[i].netns, &f, e);
	back = netns_enter(w->internet, r < 0 ? NULL : e);
	if (r < 0 || back < 0)
		return r < 0 ? r : back;
	return f.count;
}

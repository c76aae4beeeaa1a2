/* SPDX-License-Identifier: BSD-2-Clause */
/* netlink.h - how link*.c speak to the kernel: libnl's objects with owners, its errors in our
 * words.
 *
 * For these files alone; whoever else wants a link asks link.h. */
#pragma once

#include <netlink/addr.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

/* A socket for the namespace `netns`, into which it leads the caller. */
int netlink_open(int netns, struct nl_sock **ret, struct err *e);

/* An address as text, IPv4, IPv6 or MAC, or a prefix. */
int netlink_parse(const char *text, struct nl_addr **ret, struct err *e);

/* Turns an error of libnl, which has numbers of its own, into an errno and "cannot WHAT 'NAME':
 * …". */
int netlink_failed(int code, const char *what, const char *name, struct err *e);

static inline void nl_socket_freep(struct nl_sock **s)
{
	nl_socket_free(*s);
}

static inline void nl_addr_putp(struct nl_addr **a)
{
	nl_addr_put(*a);
}

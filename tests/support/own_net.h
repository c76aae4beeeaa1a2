/* SPDX-License-Identifier: BSD-2-Clause */
/* own_net.h - a network namespace of the test's own: a loopback, on which all of 127.0.0.0/8 and
 * ::1 are there, and no way out. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/wire/endpoint.h"
#include "sim/world/world.h"
#include "tests/support/ends.h"
#include "tests/support/need.h"
#include "tests/support/test.h"

/* All its namespaces are the one that the test lives in. */
static struct world own_net;

static inline int own_net_enter(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int s, v6;

	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return -errno;
	v6 = open("/proc/sys/net/ipv6/conf/all/disable_ipv6", O_WRONLY | O_CLOEXEC);
	if (v6 >= 0 && write(v6, "0", 1) < 0)
		fprintf(stderr, "IPv6 stays as it is\n");
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s < 0 || ioctl(s, SIOCSIFFLAGS, &lo) < 0)
		return -errno;
	close(s);
	if (v6 >= 0)
		close(v6);
	s = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	own_net = (struct world){
		.internet = s, .clients = s, .hosts = { { .netns = s } }, .init_pipe = -1
	};
	return s < 0 ? -errno : 0;
}

/* Goes there, once for the whole program. need.h says what comes of it where none can be
 * had. */
static inline void need_own_net(void)
{
	static int result = 1;

	if (result > 0)
		result = own_net_enter();
	if (result)
		lacking("no network namespace can be made here: %s", strerror(-result));
}

/* A blocking socket that stands at an end. */
static inline int socket_at(const char *ip, uint16_t port, int type)
{
	union endpoint_name n;
	socklen_t len = name_at(ip, port, &n);
	int fd = socket(n.any.sa_family, type | SOCK_CLOEXEC, 0);
	const struct timeval patience = { .tv_sec = 10 };

	assert_true(fd >= 0);
	endpoint_set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(bind(fd, &n.any, len), 0);
	return fd;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* listeners.h - the sockets that take what is sent to any authority: UDP and TCP, IPv4 and IPv6,
 * each bound to no address. */
#pragma once

#include "sim/wire/packet.h"
#include "sim/wire/poller.h"

#define LISTENERS_BATCH 32

struct listeners_batch; /* datagrams that one call took, or will give, to the kernel */

struct listeners {
	struct handle udp[2], tcp[2]; /* [is IPv6] */
	struct listeners_batch *in[2], *out[2];
};

void listeners_init(struct listeners *l);

/* Call in the internet namespace. `udp` false: only TCP. */
int listeners_open(struct listeners *l, struct poller *p, bool udp, struct err *e);
/* The same of UDP alone, and nobody is told when there is something. */
int listeners_open_datagrams(struct listeners *l, struct err *e);
void listeners_done(struct listeners *l);

/* Datagrams that found a receive buffer full. */
uint64_t listeners_dropped(const struct listeners *l);

/* The next datagram that a UDP listener has, udp[0] or udp[1]; the address it was sent to is the packet's
 * (IP_PKTINFO). `message` has room for MESSAGE_MAX + 1 bytes and is where its data goes. The kernel is asked for many at
 * once, and again when those are taken. */
bool listeners_receive(struct listeners *l, const struct handle *h, uint8_t *message,
		       struct packet *ret);

/* A datagram from an authority's address: the kernel has it after listeners_flush(), or when a batch is full. How many it
 * did not take, of those that were sent before it, too. */
unsigned listeners_send(struct listeners *l, const struct packet *p);
unsigned listeners_flush(struct listeners *l);

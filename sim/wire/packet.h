/* SPDX-License-Identifier: BSD-2-Clause */
/* packet.h - a DNS message on its way, and where it comes from and goes to.
 *
 * What all parts of the wire hand to each other, and the wire to the rest of the house. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/simtime.h"
#include "sim/base/transport.h"
#include "sim/wire/endpoint.h"

#define MESSAGE_MAX 65535

/* SIDE_RESOLVER only sends: a question of one resolver that another one gets. */
enum side { SIDE_AUTHORITY, SIDE_CLIENT, SIDE_RESOLVER };

struct packet {
	enum side side; /* which part of the world it comes to or goes out from */
	bool tcp;
	enum transport transport; /* of a client's connection that lasts; TRANSPORT_UDP otherwise */
	bool over; /* no message: that connection has ended, or never came to be */
	bool unreachable; /* no message: `data` was sent to a port of `from` where nobody listens, or is the
			     ID of a question that HTTP will not answer */
	bool opens; /* TCP: the first question on its connection */
	uint32_t connection; /* TCP: which one; set by the wire */
	struct endpoint from, to;
	simtime at; /* when it was sent (by the resolver, or by us) */
	const uint8_t *data; /* lent until the next wire_take() */
	size_t len;
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* frame.h - one captured frame, taken apart down to what UDP or TCP carries.
 *
 * Ethernet with any number of VLAN tags, Linux cooked v1 and v2, raw IP, null and loop; IPv4 and
 * IPv6 with extension headers. Fragments are no frames: fragment.h puts them together. Reads what
 * was captured of a frame, which may be less than was sent. */
#pragma once

#include "zones/tree.h"

struct frame {
	bool tcp;
	struct address from, to;
	uint16_t from_port, to_port;
	uint32_t seq; /* TCP only, as the three below */
	bool syn, fin, rst;
	const uint8_t *data; /* the payload: lent as the frame's bytes are */
	size_t len;
};

/* Whether frames of this kind (libpcap's DLT_ numbers) can be read. */
bool frame_knows(int link);

/* false: neither UDP nor TCP, a fragment, or too short. */
bool frame_read(int link, const uint8_t *bytes, size_t len, struct frame *ret);

/* A part of an IP packet. */
struct frame_fragment {
	struct address from, to;
	uint32_t id;
	uint8_t protocol;
	uint16_t offset; /* bytes */
	bool more; /* parts behind it */
	const uint8_t *data; /* lent as the frame's bytes are */
	size_t len;
};

/* false: it is none, or is too short. */
bool frame_read_fragment(int link, const uint8_t *bytes, size_t len, struct frame_fragment *ret);

/* What a packet carries that was put together; `ret` has the addresses. As frame_read(). */
bool frame_read_payload(uint8_t protocol, const uint8_t *bytes, size_t len, struct frame *ret);

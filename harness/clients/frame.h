/* SPDX-License-Identifier: BSD-2-Clause */
/* frame.h - one captured frame, taken apart down to what UDP or TCP carries.
 *
 * Ethernet with any number of VLAN tags, Linux cooked v1 and v2, raw IP, null and loop; IPv4 and
 * IPv6 with extension headers. Fragments are not put together: they are no frames. Reads what
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

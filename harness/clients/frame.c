/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/frame.h"

#include <netinet/in.h>
#include <string.h>

#include <pcap/dlt.h>

#include "sim/base/buf.h"

#define ETHER_IPV4 0x0800
#define ETHER_IPV6 0x86dd

struct bytes {
	const uint8_t *p;
	size_t len;
};

static bool skip(struct bytes *b, size_t n)
{
	if (b->len < n)
		return false;
	b->p += n;
	b->len -= n;
	return true;
}

/* Leaves the IP packet in `b`. Its first four bits tell the version where the link does not. */
static bool skip_typed(struct bytes *b, size_t type_at, size_t header)
{
	uint16_t type;

	if (b->len < header)
		return false;
	type = get16(b->p + type_at);
	skip(b, header);
	while ((type == 0x8100 || type == 0x88a8 || type == 0x9100) && b->len >= 4) {
		type = get16(b->p + 2); /* behind the tag, IEEE 802.1Q */
		skip(b, 4);
	}
	return type == ETHER_IPV4 || type == ETHER_IPV6;
}

static bool skip_link(int link, struct bytes *b)
{
	switch (link) {
	case DLT_EN10MB:
		return skip_typed(b, 12, 14);
	case DLT_LINUX_SLL:
		return skip_typed(b, 14, 16);
	case DLT_LINUX_SLL2:
		return skip_typed(b, 0, 20);
	case DLT_NULL:
	case DLT_LOOP:
		return skip(b, 4);
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		return true;
	}
	return false;
}

bool frame_knows(int link)
{
	switch (link) {
	case DLT_EN10MB:
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
	case DLT_NULL:
	case DLT_LOOP:
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		return true;
	}
	return false;
}

static void clip(struct bytes *b, size_t len)
{
	if (b->len > len) /* Ethernet pads short frames */
		b->len = len;
}

/* Leaves what the packet carries in `b`; the protocol, or -1. */
static int skip_ipv4(struct bytes *b, struct frame *f)
{
	const uint8_t *p = b->p;
	size_t header;

	if (b->len < 20)
		return -1;
	header = (size_t)(p[0] & 15) * 4;
	if (header < 20 || get16(p + 6) & 0x3fff) /* more fragments, or not the first */
		return -1;
	f->from.family = f->to.family = 4;
	memcpy(f->from.bytes, p + 12, 4);
	memcpy(f->to.bytes, p + 16, 4);
	if (get16(p + 2)) /* 0: the card cut a larger one into segments after the capture */
		clip(b, get16(p + 2));
	return skip(b, header) ? p[9] : -1;
}

/* Extension headers, RFC 8200 section 4; -1 for a fragment that is not the whole packet. */
static int skip_extensions(struct bytes *b, uint8_t next)
{
	for (;;) {
		size_t len = 8;

		if (b->len < 8 && next != IPPROTO_UDP && next != IPPROTO_TCP)
			return -1;
		switch (next) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			len = (b->p[1] + 1u) * 8;
			break;
		case IPPROTO_AH:
			len = (b->p[1] + 2u) * 4;
			break;
		case IPPROTO_FRAGMENT:
			if (get16(b->p + 2) & 0xfff9)
				return -1;
			break;
		default:
			return next;
		}
		next = b->p[0];
		if (!skip(b, len))
			return -1;
	}
}

static int skip_ipv6(struct bytes *b, struct frame *f)
{
	const uint8_t *p = b->p;

	if (b->len < 40)
		return -1;
	f->from.family = f->to.family = 6;
	memcpy(f->from.bytes, p + 8, 16);
	memcpy(f->to.bytes, p + 24, 16);
	if (get16(p + 4))
		clip(b, 40u + get16(p + 4));
	skip(b, 40);
	return skip_extensions(b, p[6]);
}

static bool read_udp(struct bytes b, struct frame *f)
{
	if (b.len < 8 || get16(b.p + 4) < 8)
		return false;
	clip(&b, get16(b.p + 4));
	f->from_port = get16(b.p);
	f->to_port = get16(b.p + 2);
	f->data = b.p + 8;
	f->len = b.len - 8;
	return true;
}

static bool read_tcp(struct bytes b, struct frame *f)
{
	const uint8_t *p = b.p;
	size_t header;

	if (b.len < 20)
		return false;
	header = (size_t)(p[12] >> 4) * 4;
	if (header < 20 || !skip(&b, header))
		return false;
	f->tcp = true;
	f->from_port = get16(p);
	f->to_port = get16(p + 2);
	f->seq = get32(p + 4);
	f->fin = p[13] & 1;
	f->syn = p[13] & 2;
	f->rst = p[13] & 4;
	f->data = b.p;
	f->len = b.len;
	return true;
}

bool frame_read_payload(uint8_t protocol, const uint8_t *bytes, size_t len, struct frame *ret)
{
	struct bytes b = { bytes, len };

	if (protocol == IPPROTO_UDP)
		return read_udp(b, ret);
	if (protocol == IPPROTO_TCP)
		return read_tcp(b, ret);
	return false;
}

bool frame_read(int link, const uint8_t *bytes, size_t len, struct frame *ret)
{
	struct bytes b = { bytes, len };
	int protocol = -1;

	memset(ret, 0, sizeof(*ret));
	if (!skip_link(link, &b) || !b.len)
		return false;
	if (b.p[0] >> 4 == 4)
		protocol = skip_ipv4(&b, ret);
	else if (b.p[0] >> 4 == 6)
		protocol = skip_ipv6(&b, ret);
	return protocol >= 0 && frame_read_payload((uint8_t)protocol, b.p, b.len, ret);
}

/* ---- fragments ---- */

static bool read_fragment4(struct bytes b, struct frame_fragment *f)
{
	const uint8_t *p = b.p;
	size_t header;

	if (b.len < 20)
		return false;
	header = (size_t)(p[0] & 15) * 4;
	if (header < 20 || !(get16(p + 6) & 0x3fff))
		return false;
	f->from.family = f->to.family = 4;
	memcpy(f->from.bytes, p + 12, 4);
	memcpy(f->to.bytes, p + 16, 4);
	f->id = get16(p + 4);
	f->protocol = p[9];
	f->offset = (uint16_t)((get16(p + 6) & 0x1fff) * 8);
	f->more = p[6] & 0x20;
	if (get16(p + 2))
		clip(&b, get16(p + 2));
	if (!skip(&b, header))
		return false;
	f->data = b.p;
	f->len = b.len;
	return true;
}

/* Its header stands behind those for the routers on the way, RFC 8200 section 4.5. */
static bool read_fragment6(struct bytes b, struct frame_fragment *f)
{
	uint8_t next;

	if (b.len < 40)
		return false;
	next = b.p[6];
	f->from.family = f->to.family = 6;
	memcpy(f->from.bytes, b.p + 8, 16);
	memcpy(f->to.bytes, b.p + 24, 16);
	if (get16(b.p + 4))
		clip(&b, 40u + get16(b.p + 4));
	skip(&b, 40);
	while (next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS) {
		if (b.len < 8)
			return false;
		next = b.p[0];
		if (!skip(&b, (b.p[1] + 1u) * 8))
			return false;
	}
	if (next != IPPROTO_FRAGMENT || b.len < 8 || !(get16(b.p + 2) & 0xfff9))
		return false;
	f->protocol = b.p[0];
	f->offset = get16(b.p + 2) & 0xfff8;
	f->more = b.p[3] & 1;
	f->id = get32(b.p + 4);
	skip(&b, 8);
	f->data = b.p;
	f->len = b.len;
	return true;
}

bool frame_read_fragment(int link, const uint8_t *bytes, size_t len, struct frame_fragment *ret)
{
	struct bytes b = { bytes, len };

	memset(ret, 0, sizeof(*ret));
	if (!skip_link(link, &b) || !b.len)
		return false;
	if (b.p[0] >> 4 == 4)
		return read_fragment4(b, ret);
	return b.p[0] >> 4 == 6 && read_fragment6(b, ret);
}

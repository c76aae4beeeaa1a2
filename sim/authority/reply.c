/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/reply.h"

#include <string.h>

#define HEADER 12
#define POINTER 0xc000
#define POINTER_MAX 0x3fff

/* Remembers that `name`, lent, stands at `at`. */
static void know(struct reply *r, const uint8_t *name, size_t len, size_t at)
{
	if (r->name_count == REPLY_NAMES || at > POINTER_MAX)
		return;
	r->names[r->name_count++] =
		(struct reply_name){ .name = name, .len = (uint16_t)len, .at = (uint16_t)at };
}

/* The same for a name and all names above it. */
static void know_all(struct reply *r, const uint8_t *name, size_t len, size_t new, size_t at)
{
	for (size_t i = 0; i < new; i += name[i] + 1u)
		know(r, name + i, len - i, at + i);
}

bool reply_init(struct reply *r, const struct query *q, void *data, size_t limit)
{
	static const uint8_t header[HEADER];

	r->b = buf_over(data, limit);
	r->query = q;
	r->flags = 0;
	r->section = SECTION_ANSWER;
	memset(r->counts, 0, sizeof(r->counts));
	r->name_count = 0;
	r->room_used = 0;
	r->ede = -1;
	r->nsid = NULL;
	r->report_channel = NULL;
	buf_put(&r->b, header, HEADER);
	buf_put(&r->b, q->question, q->question_len);
	if (q->question_len) {
		size_t len = q->question_len - 4;

		know_all(r, q->qname, len, len - 1, HEADER);
	}
	return !r->b.failed;
}

struct reply_mark reply_mark(const struct reply *r)
{
	struct reply_mark m = { r->b.len, r->room_used, r->name_count, { 0 } };

	memcpy(m.counts, r->counts, sizeof(m.counts));
	return m;
}

void reply_reset(struct reply *r, const struct reply_mark *m)
{
	r->b.len = m->len;
	r->b.failed = false;
	r->room_used = m->room_used;
	r->name_count = m->name_count;
	memcpy(r->counts, m->counts, sizeof(r->counts));
}

static const struct reply_name *known(const struct reply *r, const uint8_t *name, size_t len)
{
	for (unsigned i = 0; i < r->name_count; i++) {
		const struct reply_name *n = &r->names[i];

		if (n->len == len && !memcmp(n->name, name, len))
			return n;
	}
	return NULL;
}

/* RFC 1035 section 4.1.4. */
static void put_name(struct reply *r, const uint8_t *name)
{
	size_t len = name_len(name), new = 0, at = r->b.len;
	const struct reply_name *end = NULL;

	while (name[new] && !(end = known(r, name + new, len - new)))
		new += name[new] + 1u;
	buf_put(&r->b, name, new);
	if (end)
		buf_u16(&r->b, (uint16_t)(POINTER | end->at));
	else
		buf_u8(&r->b, 0);
	if (new && r->room_used + len <= sizeof(r->room)) {
		uint8_t *copy = memcpy(r->room + r->room_used, name, len);

		r->room_used += len;
		know_all(r, copy, len, new, at);
	}
}

/* Only in types of RFC 1035 names may be compressed (RFC 3597 section 4). */
static void put_rdata(struct reply *r, uint16_t type, const uint8_t *rdata, size_t len)
{
	size_t mname;

	switch (type) {
	case RR_NS:
	case RR_CNAME:
	case RR_PTR:
		put_name(r, rdata);
		break;
	case RR_MX:
		buf_put(&r->b, rdata, 2);
		put_name(r, rdata + 2);
		break;
	case RR_SOA:
		mname = name_len(rdata);
		put_name(r, rdata);
		put_name(r, rdata + mname);
		buf_put(&r->b, rdata + len - 20, 20);
		break;
	default:
		buf_put(&r->b, rdata, len);
	}
}

bool reply_rrset(struct reply *r, const struct rrset *rs, uint32_t ttl)
{
	struct reply_mark before = reply_mark(r);
	const uint8_t *rdata;
	size_t pos = 0, len;

	while ((rdata = rrset_next(rs, &pos, &len))) {
		size_t at;

		put_name(r, rs->owner);
		buf_u16(&r->b, rs->type);
		buf_u16(&r->b, r->query->qclass);
		buf_u32(&r->b, ttl);
		at = r->b.len;
		buf_u16(&r->b, 0);
		put_rdata(r, rs->type, rdata, len);
		if (r->b.failed) {
			reply_reset(r, &before);
			return false;
		}
		put16(r->b.data + at, (uint16_t)(r->b.len - at - 2));
		r->counts[r->section]++;
	}
	return true;
}

/* RFC 6891 section 6.1.2. */
static void put_opt(struct reply *r, unsigned rcode, uint16_t udp_size)
{
	size_t nsid = r->nsid ? strlen(r->nsid) : 0;
	size_t channel = r->report_channel ? name_len(r->report_channel) : 0;

	buf_u8(&r->b, 0);
	buf_u16(&r->b, RR_OPT);
	buf_u16(&r->b, udp_size);
	buf_u8(&r->b, (uint8_t)(rcode >> 4));
	buf_u8(&r->b, 0);
	buf_u16(&r->b, r->query->dnssec_ok ? 0x8000 : 0);
	buf_u16(&r->b, (uint16_t)((r->ede < 0 ? 0 : REPLY_EDE) + (nsid ? REPLY_NSID + nsid : 0) +
				  (channel ? REPLY_CHANNEL + channel : 0)));
	if (nsid) {
		buf_u16(&r->b, OPTION_NSID);
		buf_u16(&r->b, (uint16_t)nsid);
		buf_put(&r->b, r->nsid, nsid);
	}
	if (r->ede >= 0) {
		buf_u16(&r->b, OPTION_EDE);
		buf_u16(&r->b, 2);
		buf_u16(&r->b, (uint16_t)r->ede);
	}
	if (channel) {
		buf_u16(&r->b, OPTION_REPORT_CHANNEL);
		buf_u16(&r->b, (uint16_t)channel);
		buf_put(&r->b, r->report_channel, channel);
	}
	r->counts[SECTION_ADDITIONAL]++;
}

void reply_finish(struct reply *r, unsigned rcode, uint16_t udp_size, size_t cap)
{
	const struct query *q = r->query;
	uint16_t copied = q->flags & (FLAG_OPCODE | FLAG_RD | FLAG_CD);
	uint8_t *header = r->b.data;

	r->b.cap = cap;
	if (q->edns)
		put_opt(r, rcode, udp_size);
	put16(header, q->id);
	put16(header + 2, (uint16_t)(FLAG_QR | copied | r->flags | (rcode & 15)));
	put16(header + 4, q->question_len != 0);
	for (unsigned i = 0; i < 3; i++)
		put16(header + 6 + 2 * i, r->counts[i]);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/message.h"

#include <string.h>

#include "sim/base/buf.h"

#define CLASS_IN 1
#define OPTION_EDE 15

/* What is being read, and how far. */
struct reader {
	const uint8_t *data;
	size_t len, pos;
	struct message_ede *edes; /* NULL: nobody wants them */
	unsigned ede_count, ede_max;
};

struct record_head {
	uint16_t type, class, rdlen;
	uint32_t ttl;
	size_t rdata; /* where it begins; it lies within the message */
};

/* Reads the name at *pos, which moves behind it. */
static bool read_name(const struct reader *r, size_t *pos, uint8_t ret[NAME_MAX_LEN])
{
	size_t at = *pos, limit = *pos, behind = 0, n = 0;

	for (;;) {
		if (at >= r->len)
			return false;

		uint8_t c = r->data[at];

		if (c >= 0xc0) {
			if (at + 2 > r->len)
				return false;
			if (!behind)
				behind = at + 2;
			at = (size_t)(c & 0x3f) << 8 | r->data[at + 1];
			if (at >= limit)
				return false;
			limit = at;
			continue;
		}
		if (c > 63 || at + 1 + c > r->len || n + 1 + c + (c > 0) > NAME_MAX_LEN)
			return false;
		ret[n++] = c;
		for (unsigned i = 1; i <= c; i++)
			ret[n++] = name_lower(r->data[at + i]);
		at += 1u + c;
		if (!c)
			break;
	}
	*pos = behind ? behind : at;
	return true;
}

static bool read_head(struct reader *r, uint8_t owner[NAME_MAX_LEN], struct record_head *ret)
{
	const uint8_t *p;

	if (!read_name(r, &r->pos, owner) || r->len - r->pos < 10)
		return false;
	p = r->data + r->pos;
	*ret = (struct record_head){
		.type = get16(p),
		.class = get16(p + 2),
		.ttl = get32(p + 4),
		.rdlen = get16(p + 8),
		.rdata = r->pos + 10,
	};
	if (r->len - ret->rdata < ret->rdlen)
		return false;
	r->pos = ret->rdata + ret->rdlen;
	return true;
}

/* `chain` is the name that the CNAMEs so far lead to. */
static bool take_answer(const struct reader *r, const struct record_head *h, const uint8_t *owner,
			uint8_t chain[NAME_MAX_LEN], struct message *m)
{
	size_t pos = h->rdata, size = m->qtype == RR_A ? 4 : 16;

	if (h->class != CLASS_IN)
		return true;
	if (h->type == RR_CNAME && name_equal(owner, chain))
		return read_name(r, &pos, chain) && pos == h->rdata + h->rdlen;
	if (h->type != m->qtype || (h->type != RR_A && h->type != RR_AAAA))
		return true;
	if (h->rdlen != size)
		return false;
	if (m->address.family)
		return true;
	m->address.family = h->type == RR_A ? 4 : 6;
	memcpy(m->address.bytes, r->data + h->rdata, size);
	name_copy(m->owner, owner);
	m->ttl = h->ttl;
	m->on_chain = name_equal(owner, chain);
	return true;
}

static void take_ede(struct reader *r, const uint8_t *option, size_t len, struct message *m)
{
	if (m->ede < 0)
		m->ede = get16(option);
	if (get16(option) < 64)
		m->edes |= 1ULL << get16(option);
	if (r->ede_count < r->ede_max)
		r->edes[r->ede_count++] =
			(struct message_ede){ get16(option), option + 2, len - 2 };
}

static bool take_opt(struct reader *r, const struct record_head *h, struct message *m)
{
	const uint8_t *p = r->data + h->rdata;
	size_t left = h->rdlen;

	m->edns = true;
	m->dnssec_ok = h->ttl & 0x8000;
	m->rcode |= (uint16_t)(h->ttl >> 24 << 4);
	while (left >= 4) {
		size_t len = get16(p + 2);

		if (left - 4 < len)
			return false;
		if (get16(p) == OPTION_EDE && len >= 2)
			take_ede(r, p + 4, len, m);
		p += 4 + len;
		left -= 4 + len;
	}
	return left == 0;
}

static void take_ttl(const struct record_head *h, struct message *m)
{
	if (h->class == CLASS_IN && (m->least_ttl < 0 || h->ttl < m->least_ttl))
		m->least_ttl = h->ttl;
}

static bool read_records(struct reader *r, struct message *m)
{
	unsigned answers = get16(r->data + 6);
	unsigned others = get16(r->data + 8) + get16(r->data + 10);
	uint8_t owner[NAME_MAX_LEN], chain[NAME_MAX_LEN];
	struct record_head h;
	bool negative;

	name_copy(chain, m->qname);
	for (; answers; answers--)
		if (!read_head(r, owner, &h) || !take_answer(r, &h, owner, chain, m))
			return false;
		else
			take_ttl(&h, m);
	negative = m->least_ttl < 0;
	for (; others; others--) {
		if (!read_head(r, owner, &h))
			return false;
		if (h.type == RR_SOA && negative)
			take_ttl(&h, m);
		if (h.type == RR_OPT && !m->edns && !take_opt(r, &h, m))
			return false;
	}
	return true;
}

static bool read_question(struct reader *r, struct message *m)
{
	unsigned count = get16(r->data + 4);

	if (count != 1)
		return count == 0;
	if (!read_name(r, &r->pos, m->qname) || r->len - r->pos < 4)
		return false;
	m->has_question = true;
	m->qtype = get16(r->data + r->pos);
	m->qclass = get16(r->data + r->pos + 2);
	r->pos += 4;
	return true;
}

static bool read_message(struct reader *r, struct message *ret)
{
	const uint8_t *data = r->data;

	if (r->len < MESSAGE_HEADER_LEN)
		return false;
	*ret = (struct message){
		.id = get16(data),
		.opcode = data[2] >> 3 & 15,
		.rcode = data[3] & 15,
		.is_answer = data[2] & 0x80,
		.truncated = data[2] & 0x02,
		.rd = data[2] & 0x01,
		.ad = data[3] & 0x20,
		.cd = data[3] & 0x10,
		.ede = -1,
		.least_ttl = -1,
	};
	if (!read_question(r, ret))
		return false;
	ret->whole = read_records(r, ret);
	return true;
}

bool message_read(const uint8_t *data, size_t len, struct message *ret)
{
	struct reader r = { .data = data, .len = len, .pos = MESSAGE_HEADER_LEN };

	return read_message(&r, ret);
}

unsigned message_edes(const uint8_t *data, size_t len, struct message_ede *ret, unsigned max)
{
	struct reader r = {
		.data = data, .len = len, .pos = MESSAGE_HEADER_LEN, .edes = ret, .ede_max = max
	};
	struct message m;

	read_message(&r, &m);
	return r.ede_count;
}

void message_put_query(struct buf *b, const struct message_query *q)
{
	buf_u16(b, q->id);
	buf_u8(b, q->rd ? 0x01 : 0);
	buf_u8(b, (uint8_t)((q->ad ? 0x20 : 0) | (q->cd ? 0x10 : 0)));
	buf_u32(b, 0x00010000);
	buf_u32(b, q->edns ? 1 : 0);
	buf_put(b, q->qname, name_len(q->qname));
	buf_u16(b, q->qtype);
	buf_u16(b, CLASS_IN);
	if (!q->edns)
		return;
	buf_u8(b, 0); /* OPT, RFC 6891 section 6.1.2 */
	buf_u16(b, RR_OPT);
	buf_u16(b, 1232);
	buf_u32(b, q->dnssec_ok ? 0x8000 : 0);
	buf_u16(b, 0);
}

void message_fill(struct packet *p, uint8_t bytes[MESSAGE_QUERY_MAX], const struct message_query *q)
{
	struct buf b = buf_over(bytes, MESSAGE_QUERY_MAX);

	message_put_query(&b, q);
	p->data = b.data;
	p->len = b.len;
}

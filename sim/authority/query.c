/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/query.h"

#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/cleanup.h"
#include "zones/rrset.h"

#define HEADER 12
#define CLASS_IN 1
#define CLASS_CH 3
#define EDNS_DO 0x8000

/* Takes the question apart. It has nothing in front of it to point to, so there is no compression
 * in it. */
static bool parse_question(const uint8_t *data, size_t len, struct query *q)
{
	size_t at = HEADER, n = 0;

	for (;;) {
		size_t label = at < len ? data[at] : 64;

		if (label > 63 || at + 1 + label > len || n + 1 + label > NAME_MAX_LEN)
			return false;
		q->qname[n++] = (uint8_t)label;
		at++;
		if (!label)
			break;
		while (label--)
			q->qname[n++] = name_lower(data[at++]);
		if (n >= NAME_MAX_LEN)
			return false;
	}
	if (len - at < 4)
		return false;
	q->qtype = get16(data + at);
	q->qclass = get16(data + at + 2);
	q->question = data + HEADER;
	q->question_len = at + 4 - HEADER;
	return true;
}

/* Moves past a name, which may end in a pointer to somewhere before it. */
static bool skip_name(const uint8_t *data, size_t len, size_t *at)
{
	while (*at < len) {
		size_t start = *at;
		uint8_t label = data[(*at)++];

		if (!label)
			return true;
		if (label >= 0xc0) {
			size_t target = *at < len ? (label & 0x3fu) << 8 | data[*at] : len;

			(*at)++;
			return target >= HEADER && target < start;
		}
		if (label > 63)
			return false;
		*at += label;
	}
	return false;
}

/* RFC 6891 section 6.1.2: options are code, length and that many bytes. */
static bool parse_options(const uint8_t *p, size_t len, struct query *q)
{
	while (len >= 4) {
		size_t option = 4u + get16(p + 2);

		if (option > len)
			return false;
		q->nsid |= get16(p) == OPTION_NSID;
		p += option;
		len -= option;
	}
	return !len;
}

static bool parse_opt(struct query *q, bool at_root, const uint8_t *fixed, size_t rdlen)
{
	if (q->edns || !at_root || !parse_options(fixed + 10, rdlen, q))
		return false;
	q->edns = true;
	q->udp_size = get16(fixed + 2);
	q->version = fixed[5];
	q->dnssec_ok = get16(fixed + 6) & EDNS_DO;
	return true;
}

/* RFC 1035 section 3.3.13: two names, then five numbers. */
static void parse_serial(const uint8_t *data, size_t end, size_t at, struct query *q)
{
	if (!skip_name(data, end, &at) || !skip_name(data, end, &at) || at + 20 != end)
		return;
	q->has_serial = true;
	q->serial = get32(data + at);
}

/* One record behind the question. OPT counts in the additional section only. */
static bool parse_record(const uint8_t *data, size_t len, size_t *at, bool additional,
			 struct query *q)
{
	bool at_root = *at < len && !data[*at];
	size_t begins = *at;
	const uint8_t *fixed;
	size_t rdlen;

	if (!skip_name(data, len, at) || *at > len || len - *at < 10)
		return false;
	fixed = data + *at;
	rdlen = get16(fixed + 8);
	if (len - *at - 10 < rdlen)
		return false;
	*at += 10 + rdlen;
	if (q->qtype == RR_IXFR && !additional && get16(fixed) == RR_SOA)
		parse_serial(data, *at, *at - rdlen, q);
	if (q->tsig_at)
		return false; /* it is the last */
	if (get16(fixed) == RR_TSIG)
		q->tsig_at = additional ? begins : 0;
	if (get16(fixed) != RR_OPT)
		return additional || get16(fixed) != RR_TSIG;
	return additional && parse_opt(q, at_root, fixed, rdlen);
}

static bool parse_records(const uint8_t *data, size_t len, struct query *q)
{
	unsigned before = get16(data + 6) + get16(data + 8), all = before + get16(data + 10);
	size_t at = HEADER + q->question_len;

	for (unsigned i = 0; i < all; i++)
		if (!parse_record(data, len, &at, i >= before, q))
			return false;
	return at == len;
}

/* The types that ask for more than a record (RFC 6895 section 3.1), but for ANY and transfers. */
static bool is_meta(uint16_t type)
{
	return type >= 249 && type <= 254 && type != RR_AXFR && type != RR_IXFR;
}

/* RFC 4892 section 2 and what BIND has called it before. */
static bool is_who(const uint8_t *qname)
{
	static const char *const names[] = { "\2id\6server", "\7version\6server",
					     "\10hostname\4bind", "\7version\4bind" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (name_equal(qname, (const uint8_t *)names[i]))
			return true;
	return false;
}

int query_parse(const uint8_t *data, size_t len, struct query *ret)
{
	*ret = (struct query){ 0 };
	if (len < HEADER)
		return -1;
	ret->id = get16(data);
	ret->flags = get16(data + 2);
	if (ret->flags & FLAG_QR)
		return -1;
	if (ret->flags & FLAG_OPCODE)
		return RCODE_NOTIMP;
	if (get16(data + 4) != 1 || !parse_question(data, len, ret))
		return RCODE_FORMERR;
	if (!parse_records(data, len, ret)) {
		ret->edns = false;
		return RCODE_FORMERR;
	}
	if (ret->version)
		return RCODE_BADVERS;
	if (ret->qtype == RR_OPT)
		return RCODE_FORMERR;
	ret->asks_who = ret->qclass == CLASS_CH && is_who(ret->qname) &&
			(ret->qtype == RR_TXT || ret->qtype == RR_ANY);
	if (ret->qclass != CLASS_IN && !ret->asks_who)
		return RCODE_REFUSED;
	return is_meta(ret->qtype) ? RCODE_NOTIMP : RCODE_NOERROR;
}

static bool skip_questions(const uint8_t *data, size_t len, size_t *at)
{
	for (unsigned n = get16(data + 4); n; n--) {
		if (!skip_name(data, len, at) || *at > len || len - *at < 4)
			return false;
		*at += 4;
	}
	return true;
}

size_t query_tsig_at(const uint8_t *data, size_t len)
{
	size_t at = HEADER, begins = 0, rdlen;
	uint16_t type = 0;
	unsigned n;

	if (len < HEADER || !skip_questions(data, len, &at))
		return 0;
	for (n = get16(data + 6) + get16(data + 8) + get16(data + 10); n; n--) {
		begins = at;
		if (!skip_name(data, len, &at) || at > len || len - at < 10)
			return 0;
		type = get16(data + at);
		rdlen = get16(data + at + 8);
		if (len - at - 10 < rdlen)
			return 0;
		at += 10 + rdlen;
	}
	return at == len && type == RR_TSIG ? begins : 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* message.h - the little of a DNS message that clients and readers of captures need.
 *
 * The bytes come from strangers: nothing is read past their end, and a compression pointer is
 * followed only to a place before the last one, so that reading a name ends. Names come out in
 * lower case. */
#pragma once

#include "sim/base/buf.h"
#include "sim/base/names.h"
#include "sim/wire/packet.h"
#include "zones/tree.h"

#define MESSAGE_HEADER_LEN 12

struct message {
	uint16_t id;
	uint8_t opcode;
	uint16_t rcode; /* with the upper bits of an OPT record, RFC 6891 section 6.1.3 */
	bool is_answer, truncated, rd, ad, cd;

	bool has_question; /* one; there may be none */
	uint8_t qname[NAME_MAX_LEN];
	uint16_t qtype, qclass;

	bool whole; /* all records that the header counts are there and well-formed; what follows is
		     * what the records up to the first bad one say */
	bool edns, dnssec_ok;
	int ede; /* first info code of RFC 8914, -1 for none */
	uint64_t edes; /* bit n: code n is among them, of codes below 64 */

	/* The first address of the type asked for in the answer section; family 0: none. */
	struct address address;
	uint8_t owner[NAME_MAX_LEN];
	uint32_t ttl;
	bool on_chain; /* CNAMEs lead from the name asked for to `owner`, or they are the same */
	int64_t least_ttl; /* of the answer section, or of the SOA in authority where that is empty; -1:
			    * neither is there */
};

/* An extended error, RFC 8914: its text is not ended by a zero, and may be any bytes. */
struct message_ede {
	uint16_t code;
	const uint8_t *text; /* in the message */
	size_t text_len;
};

/* All extended errors of a message, in their order: as many as fit are written, their number is
 * returned. */
unsigned message_edes(const uint8_t *data, size_t len, struct message_ede *ret, unsigned max);

/* A query for one name, in class IN. */
struct message_query {
	uint16_t id, qtype;
	bool rd, ad, cd, edns, dnssec_ok;
	const uint8_t *qname;
};

/* The most that one takes. */
#define MESSAGE_QUERY_MAX (MESSAGE_HEADER_LEN + NAME_MAX_LEN + 4 + 11)

void message_put_query(struct buf *b, const struct message_query *q);

/* The same as what a packet carries; `bytes` is lent to it. */
void message_fill(struct packet *p, uint8_t bytes[MESSAGE_QUERY_MAX],
		  const struct message_query *q);

/* false: too short for a header, more than one question, or a question that cannot be read. */
bool message_read(const uint8_t *data, size_t len, struct message *ret);

/* SPDX-License-Identifier: BSD-2-Clause */
/* query.h - a DNS query off the wire, taken apart with suspicion. */
#pragma once

#include <stdbool.h>

#include "sim/base/names.h"
#include "zones/name.h"

enum { FLAG_QR = 0x8000, FLAG_AA = 0x0400, FLAG_TC = 0x0200, FLAG_RD = 0x0100, FLAG_CD = 0x0010 };
#define FLAG_OPCODE 0x7800
#define OPTION_NSID 3
#define OPTION_EDE 15 /* RFC 8914 section 2 */
#define OPTION_REPORT_CHANNEL 18 /* RFC 9567 section 5 */

struct query {
	uint16_t id, flags;
	const uint8_t *question; /* its bytes, as they came: lent from the message */
	size_t question_len; /* 0: there is none, or it is malformed */
	uint8_t qname[NAME_MAX_LEN]; /* in lower case; only when question_len is not 0 */
	uint16_t qtype, qclass;
	bool asks_who; /* class CH: for the server's own name (RFC 4892) */
	bool edns; /* there is an OPT record: */
	uint8_t version;
	bool dnssec_ok;
	bool nsid; /* the server's name is wanted in the answer's OPT (RFC 5001) */
	uint16_t udp_size;
	bool has_serial; /* IXFR: the client has this version (RFC 1995 section 3) */
	uint32_t serial;
	size_t tsig_at; /* where the record that signs it begins (RFC 8945); 0: there is none */
	size_t reserved; /* bytes that its answer has to leave free at the end */
};

/* What the bytes are: RCODE_NOERROR for a question that can be looked for, or the error to answer
 * with. -1: nothing can be answered (shorter than a header, or a response). */
int query_parse(const uint8_t *data, size_t len, struct query *ret);

/* Where the record that signs any message begins, which is its last (RFC 8945, section 5.1); 0: there is none, or the message is
 * malformed. */
size_t query_tsig_at(const uint8_t *data, size_t len);

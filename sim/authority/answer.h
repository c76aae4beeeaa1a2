/* SPDX-License-Identifier: BSD-2-Clause */
/* answer.h - a query comes in, the message that an authoritative server sends back goes out.
 *
 * The algorithm of RFC 1034 section 4.3.2 with RFC 2308, 4035 section 3.1, 5155 section 7.2, 6672
 * section 3.1, and EDNS0 (RFC 6891). No socket and no clock: bytes, a server's address and an instant
 * in, bytes out. */
#pragma once

#include "sim/base/buf.h"
#include "zones/tree.h"

/* What became of a query. ANSWER_REFUSED: no zone was looked at, and the rcode says why: REFUSED,
 * NOTIMP or BADVERS. ANSWER_SILENT: not even FORMERR can be sent (shorter than a header, or itself
 * a response). ANSWER_TRANSFER: it asks for all of a zone, and nothing is made yet (transfer.h). */
enum answer_kind { ANSWER_OK, ANSWER_FORMERR, ANSWER_REFUSED, ANSWER_SILENT, ANSWER_TRANSFER };

struct answer {
	enum answer_kind kind;
	struct fault_set faults; /* that the message carries */
	/* that answered; NULL for FORMERR and REFUSED. Lent as by tree_at() */
	const struct zone *zone;
	unsigned server; /* index into zone->servers */
	uint8_t qname[NAME_MAX_LEN];
	uint16_t qtype;
	uint8_t rcode;
	bool truncated;
	bool lacking; /* no message holds what belongs into it, or that could not be made */
	bool dnssec_ok; /* the query asks for signatures (DO, RFC 3225) */
};

/* Answers `query`, which came to `server` by UDP or TCP, into `out`. Never fails: a message that
 * does not fit is truncated (RFC 2181 section 9, TC set; over TCP it is `lacking`), a malformed one
 * gets FORMERR or silence. */
void answer_make(struct tree *t, const struct address *server, const uint8_t *query, size_t len,
		 bool tcp, simtime now, struct buf *out, struct answer *ret);

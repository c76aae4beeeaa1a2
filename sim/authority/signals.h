/* SPDX-License-Identifier: BSD-2-Clause */
/* signals.h - what resolvers tell the servers of a zone about the keys that they trust: a query for _ta-4a5c-4f66,
 * the tags of the trust anchors in hexadecimal (RFC 8145 section 5). Its type is NULL; but who asks for no more than is needed (QNAME
 * minimisation) may not come so far.
 *
 * Inside sim/authority only. */
#pragma once

#include "sim/authority/answer.h"
#include "sim/record/record.h"
#include "sim/wire/packet.h"

#define SIGNALS_SOURCES 64

/* What was told last, by whom. All zeros: nothing yet. */
struct signals {
	struct {
		struct address from;
		uint64_t told; /* a hash of zone and tags */
	} sources[SIGNALS_SOURCES];
	unsigned count;
};

/* A query has come. The first signal of a source, and one that is another than that before it, is an event of the
 * record (kind "anchors"). */
void signals_take(struct signals *s, const struct packet *p, const struct answer *a,
		  struct record *rec);

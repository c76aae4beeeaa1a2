/* SPDX-License-Identifier: BSD-2-Clause */
/* reply.h - a DNS response while it is written: sections, compressed names, a limit.
 *
 * Records go in section by section. An RRset goes in whole or not at all. */
#pragma once

#include "sim/base/buf.h"
#include "sim/authority/query.h"
#include "zones/rrset.h"

enum section { SECTION_ANSWER, SECTION_AUTHORITY, SECTION_ADDITIONAL };

#define REPLY_NAMES 64

struct reply {
	struct buf b;
	const struct query *query;
	uint16_t flags;
	enum section section; /* where the next RRset goes */
	uint16_t counts[3];
	struct reply_name { /* a name that stands in the message, to point to */
		const uint8_t *name;
		uint16_t len, at;
	} names[REPLY_NAMES];
	unsigned name_count;
	uint8_t room[2048]; /* for the names */
	size_t room_used;
	int ede; /* an extended error for OPT (RFC 8914); -1: none */
	const char *nsid; /* and the server's name (RFC 5001), lent; NULL: none */
	const uint8_t *report_channel; /* and an agent's domain (RFC 9567), lent; NULL: none */
};

/* A place in a reply, to come back to. */
struct reply_mark {
	size_t len, room_used;
	unsigned name_count;
	uint16_t counts[3];
};

/* Begins with header and question; `limit` is for the message without OPT. false: it has no room
 * even for these. */
bool reply_init(struct reply *r, const struct query *q, void *data, size_t limit);

struct reply_mark reply_mark(const struct reply *r);
void reply_reset(struct reply *r, const struct reply_mark *m);

/* Adds an RRset with this TTL to the section; its class is the question's. false: it does not fit, and nothing was added. */
__attribute__((warn_unused_result)) bool reply_rrset(struct reply *r, const struct rrset *rs,
						     uint32_t ttl);

/* Ends the message: header, and OPT when the query had one, for which `cap` has room behind the
 * limit. */
void reply_finish(struct reply *r, unsigned rcode, uint16_t udp_size, size_t cap);

#define REPLY_OPT 11 /* bytes of OPT, of an extended error and of a name's head in it */
#define REPLY_EDE 6
#define REPLY_NSID 4
#define REPLY_CHANNEL 4

/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_ask.h - the TTLs of a zone, asked of those who publish them.
 *
 * Of the zone's server the TTL of the DNSKEY RRset, and that of proofs of absence (RFC 2308 section
 * 5); of the parent's that of the DS RRset, or of the proof that there is none. Only an
 * authoritative answer counts: in a resolver's, TTLs have been counting down. A server is an
 * address or a name, with :PORT or #PORT behind it where that is not 53; an IPv6 address has
 * brackets before :PORT. */
#pragma once

#include "zones/rollover/rollover.h"

/* What was learnt; -1: not told. */
struct rollover_asked {
	simtime dnskey, ds, negative;
	simtime soa; /* of the SOA RRset: some of the zone's others may have more */
};

/* `parent` NULL: `server` is asked for the DS RRset too, and need not know it. -EINVAL: no such
 * server can be named. -EIO: it does not answer, or not for the zone. */
int rollover_ask(const char *zone, const char *server, const char *parent,
		 struct rollover_asked *ret, struct err *e);

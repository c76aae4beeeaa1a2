/* SPDX-License-Identifier: BSD-2-Clause */
/* finding.h - what can be seen to be wrong in captured answers, and what that says of who is to blame.
 *
 * A reason is what one packet shows ("this RRSIG is not that key's"), a cause is what an operator
 * asks for ("signature fault"). Names in a finding are lent by the facts (facts.h). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/base/simtime.h"
#include "zones/address.h"

enum cause {
	CAUSE_SIGNATURE,
	CAUSE_EXPIRY,
	CAUSE_DS,
	CAUSE_DENIAL,
	CAUSE_UNREACHABLE,
	CAUSE_CAPPED,
	CAUSE_LOOP,
	CAUSE_NAMES_GONE,
	CAUSE_LOCAL,
	CAUSE_UNKNOWN,
};

#define CAUSE_COUNT (CAUSE_UNKNOWN + 1)

enum reason {
	REASON_BOGUS, /* the signature is not the key's */
	REASON_NO_SUCH_KEY, /* its tag is of none of the keys */
	REASON_NO_RRSIG,
	REASON_WRONG_SIGNER,
	REASON_WRONG_LABELS,
	REASON_TOO_MANY, /* keys of one tag times signatures */
	REASON_ALGORITHM, /* one of the DS's algorithms signs nothing */
	REASON_EXPIRED,
	REASON_NOT_YET,
	REASON_DS_NO_KEY, /* no key is that of a DS */
	REASON_NO_DNSKEY, /* none at all, under a DS */
	REASON_CACHED_DS, /* of a DS that was sent before, and may be in the cache yet */
	REASON_NO_KSK_SIGNATURE, /* the DNSKEY RRset is not signed by the key of a DS */
	REASON_NO_PROOF, /* a denial without NSEC or NSEC3 */
	REASON_BAD_PROOF, /* ldns: they prove something else */
	REASON_DENIES_WHAT_IS, /* a bitmap lacks a type that was answered */
	REASON_TOO_WIDE, /* an NSEC3 covers the owner of another one */
	REASON_ITERATIONS,
	REASON_SILENT, /* no answer */
	REASON_SLOW,
	REASON_SILENT_TCP, /* truncated, and nothing by TCP */
	REASON_RCODE, /* REFUSED, SERVFAIL … */
	REASON_FORWARDER_SILENT, /* the resolver that is forwarded to */
	REASON_FORWARDER_RCODE,
	REASON_MALFORMED,
	REASON_CAP,
	REASON_LOOP,
	REASON_GONE, /* NXDOMAIN of a name that is there at another server or time */
	REASON_GOOD_UPSTREAM, /* all that it asked for came, and was good */
	REASON_REFUSES, /* the resolver itself does */
	REASON_STALLED, /* it answers nobody, and waits for nobody */
};

#define REASON_COUNT (REASON_STALLED + 1)

/* A place in a capture. */
struct sighting {
	unsigned file; /* which of them (evidence.h) */
	uint64_t frame;
	simtime at;
	struct address server; /* family 0: nobody's */
};

struct finding {
	enum reason reason;
	const uint8_t *zone; /* whose fault it is; NULL: no zone's */
	const uint8_t *owner; /* of the RRset, or the name that was asked for */
	uint16_t type;
	int tag, algorithm; /* of the signature; -1: none */
	simtime limit; /* when it expired or begins */
	unsigned number; /* an RCODE, iterations, checks, packets a second */
	const uint8_t *qname; /* of the question that brought it */
	struct sighting seen,
		keys; /* and where the DNSKEY or DS stood that it was held against; frame 0: nowhere */
};

/* "signature-fault": for programs. */
const char *cause_name(enum cause c);
const char *reason_name(enum reason r);
enum cause reason_cause(enum reason r);

/* How much it explains: of two the one with more is why a resolver failed. */
unsigned reason_weight(enum reason r);

/* "the RRSIG over de. SOA by key tag 33834 is not that key's": one line, no full stop. */
void finding_print(const struct finding *f, FILE *out);

/* Likewise, what is wrong with the zone as a whole: "de. is signed with a key that is not its tag
 * 33834's". */
void finding_print_headline(const struct finding *f, FILE *out);

/* SPDX-License-Identifier: BSD-2-Clause */
/* signature.h - captured RRsets in the hands of ldns: whether a signature over them is good, by the keys
 * that a resolver had then. */
#pragma once

#include "harness/evidence/facts.h"

enum verdict {
	VERDICT_GOOD,
	VERDICT_BAD,
	VERDICT_UNCHECKED, /* the keys were not seen, or nobody here knows the algorithm */
};

struct signatures; /* what was judged before: the same bytes are not judged twice */

/* NULL: no memory. */
struct signatures *signatures_new(void);
void signatures_free(struct signatures *s);
DEFINE_FREEP(struct signatures, signatures)

/* An RRset and the RRSIGs over it. Of a bad one `ret` says why (reason, zone, tag, algorithm, limit,
 * number, keys); of several signatures the one that came nearest to being good. */
enum verdict signature_judge(struct signatures *s, struct facts *f, const ldns_rr_list *rrset,
			     const ldns_rr_list *rrsigs, simtime at, struct finding *ret);

/* A DNSKEY RRset under the DS that a resolver had then: whether one of the keys is that of a DS, and
 * has signed. */
enum verdict signature_judge_keys(struct signatures *s, struct facts *f, const ldns_rr_list *keys,
				  const ldns_rr_list *rrsigs, simtime at, struct finding *ret);

/* Whether one of the keys is that of a DS. */
bool signature_has_ds(const ldns_rr_list *keys, const ldns_rr_list *ds);

/* The tag in a DS; -1: it cannot be read. */
int signature_ds_tag(const ldns_rr *ds);

/* An algorithm of the zone's DS that no RRSIG is by, RFC 6840 section 5.11; -1: each has one. */
int signature_lacks(struct facts *f, const uint8_t *zone, const ldns_rr_list *rrsigs, simtime at);

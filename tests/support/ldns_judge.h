/* SPDX-License-Identifier: BSD-2-Clause */
/* ldns_judge.h - our RRsets in the hands of ldns, which shares no code with zones/. */
#pragma once

#include <string.h>

#include <ldns/ldns.h>

#include "sim/base/buf.h"
#include "zones/rrset.h"

/* One record of `rs` as ldns reads it from the wire; NULL when it refuses. */
static inline ldns_rr *judge_record(const struct rrset *rs, const uint8_t *rdata, size_t len)
{
	static uint8_t wire[NAME_MAX_LEN + 10 + RRSET_DATA_MAX];
	struct buf b = buf_over(wire, sizeof(wire));
	ldns_rr *rr = NULL;
	size_t pos = 0;

	buf_put(&b, rs->owner, name_len(rs->owner));
	buf_u16(&b, rs->type);
	buf_u16(&b, 1);
	buf_u32(&b, rs->ttl);
	buf_u16(&b, (uint16_t)len);
	buf_put(&b, rdata, len);
	if (b.failed || ldns_wire2rr(&rr, wire, b.len, &pos, LDNS_SECTION_ANSWER))
		return NULL;
	return rr;
}

static inline ldns_rr_list *judge_list(const struct rrset *rs)
{
	ldns_rr_list *list = ldns_rr_list_new();
	const uint8_t *rdata;
	size_t pos = 0, len;

	while ((rdata = rrset_next(rs, &pos, &len)))
		ldns_rr_list_push_rr(list, judge_record(rs, rdata, len));
	return list;
}

/* Whether at least one of the signatures is good with one of the keys, dates left aside. */
static inline bool judge_accepts(const struct rrset *rs, const struct rrset *signatures,
				 const struct rrset *dnskey)
{
	ldns_rr_list *records = judge_list(rs), *rrsigs = judge_list(signatures),
		     *keys = judge_list(dnskey);
	bool good = false;

	for (size_t i = 0; i < ldns_rr_list_rr_count(rrsigs); i++) {
		ldns_rr_list *used = ldns_rr_list_new();

		if (ldns_verify_rrsig_keylist_notime(records, ldns_rr_list_rr(rrsigs, i), keys,
						     used) == LDNS_STATUS_OK)
			good = true;
		ldns_rr_list_free(used);
	}
	ldns_rr_list_deep_free(records);
	ldns_rr_list_deep_free(rrsigs);
	ldns_rr_list_deep_free(keys);
	return good;
}

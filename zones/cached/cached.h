/* SPDX-License-Identifier: BSD-2-Clause */
/* cached.h - what caches may rightly hold of a zone that was really published: its history of DS, DNSKEY and
 * signatures, as entries.
 *
 * An entry is a DS RRset, a DNSKEY RRset, or all those RRsets that the same keys have signed: what was given out from
 * one instant to another, and may be kept for its TTL from then on, but no longer than its signature is valid (RFC
 * 4035 section 5.3.3). Who signed is what ldns finds to verify, never a key tag: of several key pairs with
 * one tag the one counts that is in the DNSKEY RRset. Where signatures come before their keys, a key that turns up made
 * those of RRsets that are gone, too, if it made those of the same entry that are still there. It is fed in the
 * order of time, and told nothing twice: of a million RRsets those that have changed. cached_judge.h says what turns
 * bogus. Pure. */
#pragma once

#include <stdbool.h>

#include <ldns/ldns.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"
#include "sim/base/simtime.h"
#include "zones/cached/cached_keys.h"

enum cached_set { CACHED_DS, CACHED_DNSKEY, CACHED_RRSETS };

#define CACHED_NAME 256

struct cached_entry {
	enum cached_set set;
	struct cached_some keys; /* in it: DNSKEYs, or DS; of RRSETS: none */
	struct cached_some signers; /* whose signatures verify; of a DS: none */
	uint32_t ttl; /* the longest */
	simtime from, until; /* was given out; until: SIMTIME_NEVER, it still is */
	simtime held; /* until when a cache may have what is no longer given out */
	unsigned count,
		most; /* RRsets that are given out now, and that were at once before `counted` */
	simtime counted; /* since then it is so many: all changes of an instant are one */
	char owner[CACHED_NAME]; /* of the RRset that was the first */
	uint16_t type;
	int tag; /* in its signature, whoever made it, or of the DS; -1: it has none */
	unsigned unknown; /* signatures beside the signers', by no key that was there until then */
};

/* A signature that does not hold at an instant at which it is given out. */
struct cached_lapse {
	simtime from, until;
	char owner[CACHED_NAME];
	uint16_t type;
	int tag;
	unsigned count; /* RRsets, one after the other or at once */
};

/* How long before its end a signature was replaced. */
struct cached_renewal {
	bool any;
	simtime margin, at; /* negative: it had ended */
	char owner[CACHED_NAME];
	uint16_t type;
};

struct cached {
	ldns_rdf *apex;
	struct cached_ring ring;
	simtime propagation; /* so long the slowest server gives out what was replaced; 0 at first */
	struct cached_entry *entries; /* in the order in which they came */
	unsigned count;
	struct cached_lapse *lapses;
	unsigned lapse_count;
	struct cached_renewal renewal; /* the worst */
};

/* What is known of the signatures of an RRset. */
struct cached_signed {
	struct cached_some signers;
	simtime begins, ends; /* of those that verify; 0 and SIMTIME_NEVER: there is none */
	unsigned
		unknown; /* signatures that none of the keys made that were ever in the DNSKEY RRset */
	int tag;
};

/* `zone` is its name. -EINVAL, -ENOMEM. */
int cached_new(const char *zone, struct cached **ret, struct err *e);
void cached_free(struct cached *c);
DEFINE_FREEP(struct cached, cached)

/* What the parent has from `at` on; an empty list: no DS, which may be kept for `ttl`. The same as before is
 * no change. -EINVAL: it is none of this zone's; -E2BIG, -ENOMEM. */
int cached_take_ds(struct cached *c, simtime at, const ldns_rr_list *ds, uint32_t ttl,
		   struct err *e);

/* The DNSKEY RRset from `at` on, which may be empty, with its signatures. `ret_new`: it has a key that was
 * never there, so that RRsets with unknown signatures want another look. */
int cached_take_dnskey(struct cached *c, simtime at, const ldns_rr_list *keys,
		       const ldns_rr_list *sigs, struct cached_signed *ret, bool *ret_new,
		       struct err *e);

/* Who signed an RRset, `now` being the instant around which its dates are read. -EOPNOTSUPP: ldns cannot say. */
int cached_verify(const struct cached *c, const ldns_rr_list *rrset, const ldns_rr_list *sigs,
		  simtime now, struct cached_signed *ret, struct err *e);

/* An RRset is given out from `at` on; gives the number of its entry. Of a DNSKEY RRset no entry is wanted. */
int cached_come(struct cached *c, simtime at, const struct cached_signed *s, const char *owner,
		uint16_t type, uint32_t ttl, unsigned *ret, struct err *e);

/* It is as it was, but a key has turned up, by which one of its signatures is: its entry is another one, and was from
 * the beginning. For a zone that is signed before its keys are published (RFC 6781 section 4.1.4). */
int cached_found_out(struct cached *c, simtime at, unsigned entry, const struct cached_signed *s,
		     const char *owner, uint16_t type, uint32_t ttl, unsigned *ret, struct err *e);

/* It no longer is as it was. `ends`: of its signature. */
int cached_go(struct cached *c, simtime at, unsigned entry, const char *owner, uint16_t type,
	      uint32_t ttl, simtime ends, struct err *e);

/* A signature of it has ended, or has not begun, from one instant to another. Those that touch are one. */
int cached_lapsed(struct cached *c, simtime from, simtime until, const char *owner, uint16_t type,
		  int tag, struct err *e);

/* The signature of an RRset, or of the DNSKEY RRset, was replaced at an instant: notes how late that was. */
int cached_renewed(struct cached *c, simtime at, simtime ends, const char *owner, uint16_t type,
		   int tag, struct err *e);

/* An entry that an earlier process knew, in its order. -ENOMEM. */
int cached_restore(struct cached *c, const struct cached_entry *entry, struct err *e);

/* Until when some cache may have it; SIMTIME_NEVER: as long as it is given out. */
simtime cached_held(const struct cached_entry *entry);

/* How many RRsets were given out at once, at most. */
unsigned cached_most(const struct cached_entry *entry);

/* The entry of the DS or the DNSKEY RRset that is given out; NULL: none was. */
const struct cached_entry *cached_now(const struct cached *c, enum cached_set set);

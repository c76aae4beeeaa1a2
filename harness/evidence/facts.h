/* SPDX-License-Identifier: BSD-2-Clause */
/* facts.h - what captured answers tell of the zones that they are from: DNSKEY, DS, NS and CNAME
 * RRsets by time, where zones are cut, who serves them, which names are there.
 *
 * Learnt from all of a capture first; asked of it afterwards, for an instant. Names are lent until
 * facts_free(), and the same name is always at the same place. */
#pragma once

#include <stdbool.h> /* before ldns, which else has a bool of its own */

#include <ldns/ldns.h>

#include "harness/evidence/finding.h"
#include "sim/base/cleanup.h"
#include "zones/name.h"

#define RECORDS_MAX                                                                                \
	400 /* of a section that are looked at: a message of a stranger may hold thousands */

struct facts;

/* An RRset as it was seen. */
struct version {
	struct sighting first, last;
	uint32_t ttl;
	ldns_rr_list *rrs; /* empty: it was denied (DS alone) */
	struct version *next; /* the one seen after it */
};

enum security { SECURITY_SECURE, SECURITY_INSECURE, SECURITY_NOT_KNOWN };

/* NULL: no memory. */
struct facts *facts_new(void);
void facts_free(struct facts *f);
DEFINE_FREEP(struct facts, facts)

/* A name in wire form, in any case, kept. NULL: no memory. */
const uint8_t *facts_name(struct facts *f, const uint8_t *name);
const uint8_t *facts_rdf_name(struct facts *f, const ldns_rdf *name);

/* An answer, for what it says. -ENOMEM. */
int facts_learn(struct facts *f, const ldns_pkt *p, const struct sighting *s);

/* That a name was answered with a type. -ENOMEM. */
int facts_note(struct facts *f, const uint8_t *name, uint16_t type);

/* What a cache has of an RRset at an instant: the version that it was sent last, where its TTL has
 * not run out, or the one that it is sent soon after; else any. NULL: it was never seen. */
const struct version *facts_held(const struct facts *f, const uint8_t *owner, uint16_t type,
				 simtime at);

/* All versions, the oldest first. */
const struct version *facts_versions(const struct facts *f, const uint8_t *owner, uint16_t type);

/* The deepest zone that encloses a name, of those that were seen; `type` DS: its parent's side. */
const uint8_t *facts_zone_of(struct facts *f, const uint8_t *name, uint16_t type);

/* Whether the zone is below a DS then. */
enum security facts_security(struct facts *f, const uint8_t *zone, simtime at);

/* The first DS of a zone then, for its tag; NULL: none. */
const ldns_rr *facts_ds(const struct facts *f, const uint8_t *zone, simtime at);

/* A DS RRset that was sent before the one that is held then, whose TTL has not run out: a cache may go on
 * with it. NULL: none. */
const struct version *facts_older_ds(const struct facts *f, const uint8_t *zone, simtime at);

/* The name of a server by its address, and the deepest zone enclosing `qname` that it serves: NULL where it is not
 * known. */
const uint8_t *facts_server_name(const struct facts *f, const struct address *a);
const uint8_t *facts_server_zone(struct facts *f, const struct address *a, const uint8_t *qname);

/* A server's name, as somebody else than the answers has it: it stays what an answer said. -ENOMEM. */
int facts_name_server(struct facts *f, const struct address *a, const uint8_t *name);

/* Whether a name, or one that stands for it ("*.de."), was answered with that type; type 0: at all,
 * a referral too. */
bool facts_is_there(const struct facts *f, const uint8_t *name, uint16_t type);

/* Whether an address of the name was seen. */
bool facts_has_address(const struct facts *f, const uint8_t *name);

/* Lower case wire form of a name of ldns's; NULL when it is none. Gives `ret`. */
uint8_t *facts_wire(const ldns_rdf *name, uint8_t ret[NAME_MAX_LEN]);

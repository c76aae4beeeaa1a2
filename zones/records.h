/* SPDX-License-Identifier: BSD-2-Clause */
/* records.h - records that a scenario tells one by one, in presentation form.
 *
 *	x.de. 300 IN MX 10 mail		names without a last dot are the zone's
 *	*.x.de. 60 TXT "anything"	a wildcard
 *	old.x.de. DNAME new.x.net.	all names below it
 *	www 30 TYPE65280 \# 2 abcd	RFC 3597
 *
 * They stand in the zone's plan until tree_prepare() makes names of them. A name with records of its
 * own has no others; the apex keeps what makes it one. */
#pragma once

#include "zones/tree.h"

struct ldns_struct_rr;
struct image_record;

/* A record that a scenario tells. */
struct record_plan {
	uint8_t owner[NAME_MAX_LEN];
	uint16_t type, len;
	uint32_t ttl;
	uint8_t *rdata; /* canonical (RFC 4034 section 6.2) */
	char *place; /* where it is told: "x.lua:12" */
	unsigned number; /* in the order of telling */
	bool of_file;
};

/* Adds a record to the plan of the zone; without a TTL it has that of addresses. -EINVAL: it is no
 * record, of another zone, of a type that the zone makes itself. */
int records_add(struct zone *z, const char *text, const char *place, struct err *e);

/* The same of a record that is read already, out of a file: those at the names of servers are left out,
 * which have their addresses alone. NS and DS below the apex are a delegation. `rr` is made canonical. */
int records_take(struct zone *z, struct ldns_struct_rr *rr, const char *place, struct err *e);

/* Whether ldns has read all fields that its type has: RDATA in the form of unknown types (RFC 3597) may end
 * before them. -EINVAL. */
int records_check_fields(const struct ldns_struct_rr *rr, struct err *e);

/* The same of one out of an image: `rdata` is canonical and of its type. */
int records_put(struct zone *z, const struct image_record *from, struct err *e);

/* Takes those out again that `leaves` says; how many. */
unsigned records_leave(struct zone *z, bool (*leaves)(const struct record_plan *r, const void *arg),
		       const void *arg);

/* Makes names of all that were added. The sentence begins with the record's place. -EINVAL. */
int records_apply(struct zone *z, struct err *e);

/* Whether a record that is told answers for a name that is not there itself: a wildcard's, or a
 * DNAME. */
bool records_answer(const struct zone *z, const uint8_t *name);

void records_free(struct zone *z);

/* SPDX-License-Identifier: BSD-2-Clause */
/* literal.h - a zone that is taken as it is signed: inside zones/ only.
 *
 * All its records, and with them keys, signatures and proofs, are those of its file and stay what they
 * are at every instant. Kept here are RRSIGs, NSEC and NSEC3 by their owners, in canonical order, which
 * is that of both chains; all else is told (told.h) in the zone's entries. Nothing is checked but what the
 * world needs: its servers are those that the file names. */
#pragma once

#include "zones/denial.h"

struct literal;

/* Makes names of the zone's records. The sentence begins with the record's place. -EINVAL, -ENOMEM. */
int literal_make(struct zone *z, struct err *e);
void literal_free(struct literal *l);

/* The signatures over an RRset, those of a wildcard's when that is not NULL: there may be none. */
void literal_sign(const struct literal *l, const struct rrset *rs, const uint8_t *wildcard,
		  struct rrset *ret);

/* The record of the chain that matches or covers a name, by its place there: the name, or an NSEC3's owner.
 * false: there is none. */
bool literal_match(const struct literal *l, const uint8_t *place, struct proof *ret);
bool literal_cover(const struct literal *l, const uint8_t *place, struct proof *ret);

/* How many there are, and the n-th. */
unsigned literal_count(const struct literal *l);
bool literal_record(const struct literal *l, uint64_t n, struct proof *ret);

/* The DS of the zone's KSKs, digest type 2; how many are added. */
unsigned literal_ds(const struct zone *child, struct rrset *ret);

/* SPDX-License-Identifier: BSD-2-Clause */
/* zone_copy.h - a zone as it came by a transfer: a set of records, each a line of a master file. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <ldns/ldns.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

struct zone_copy;

/* NULL: no memory. */
struct zone_copy *zone_copy_new(void);
void zone_copy_free(struct zone_copy *c);
DEFINE_FREEP(struct zone_copy, zone_copy)

/* The same records once more. NULL: no memory. */
struct zone_copy *zone_copy_clone(const struct zone_copy *c);

/* Adds a record; one that is there already stays. -ENOMEM. */
int zone_copy_add(struct zone_copy *c, const ldns_rr *rr, struct err *e);

/* Takes one out. -ENOENT: it is not there. */
int zone_copy_remove(struct zone_copy *c, const ldns_rr *rr, struct err *e);

unsigned zone_copy_count(const struct zone_copy *c);

/* Whether both have the same records. */
bool zone_copy_equal(const struct zone_copy *a, const struct zone_copy *b);

/* The serial of its SOA; 0: it has none. */
uint32_t zone_copy_serial(const struct zone_copy *c);

/* All its records of a type at `apex`, of RRSIGs those that cover it: made for the caller, who frees them
 * by ldns_rr_list_deep_free(). NULL: no memory. */
ldns_rr_list *zone_copy_rrset(const struct zone_copy *c, const ldns_rdf *apex, ldns_rr_type type);
ldns_rr_list *zone_copy_signatures(const struct zone_copy *c, const ldns_rdf *apex,
				   ldns_rr_type covered);

/* The instant, in seconds since the epoch, at which the first of all its signatures ends; 0: it has none. */
uint32_t zone_copy_first_expiry(const struct zone_copy *c);

/* Writes it as a master file: the SOA first, then the lines in their order. -EIO. */
int zone_copy_write(const struct zone_copy *c, FILE *out, struct err *e);

/* What `later` has and `before` has not, and the other way round: writes a line for each, in their order, '-' or
 * '+' and a blank before it, and counts them. -ENOMEM, -EIO. */
int zone_copy_write_difference(const struct zone_copy *before, const struct zone_copy *later,
			       FILE *out, unsigned *removed, unsigned *added, struct err *e);

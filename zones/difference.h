/* SPDX-License-Identifier: BSD-2-Clause */
/* difference.h - the records by which two versions of a zone differ, but for their SOA records: what an
 * incremental transfer (RFC 1995) takes out and puts in. Both versions are gone through, the first one twice; what is
 * held is 17 bytes of each of its records, and those that differ. */
#pragma once

#include "sim/base/cleanup.h"
#include "zones/view.h"

struct difference;

/* -ENOMEM, and what walk_zone() gives. -E2BIG: they are more than a version has records. */
int difference_new(const struct view *was, const struct view *is, struct difference **ret,
		   struct err *e);
void difference_free(struct difference *d);
DEFINE_FREEP(struct difference, difference)

/* The SOA RRset of the version before, and how many records it has that the other has not, and the other
 * way round. */
const struct rrset *difference_soa(const struct difference *d);
size_t difference_count(const struct difference *d, bool is_new);

/* Tells `each` of them, record by record; what it gives ends it when it is not 0. */
int difference_walk(const struct difference *d, bool is_new,
		    int (*each)(const struct rrset *rs, void *arg, struct err *e), void *arg,
		    struct err *e);

/* SPDX-License-Identifier: BSD-2-Clause */
/* walk.h - all of a zone, RRset by RRset: what a dump writes and a transfer sends.
 *
 * The SOA comes first; then the rest of the apex, every other name with the glue below it, and the
 * denial chain, each signed RRset with its RRSIGs behind it. */
#pragma once

#include "zones/denial.h"

#define WALK_MAX_NAMES 1000000 /* more than that nobody is given at once: see census_count() */

/* Tells `each` of them; what it gives ends the walk when it is not 0. -EMSGSIZE: an RRset cannot be
 * made; -ENOMEM. */
int walk_zone(const struct view *v, int (*each)(const struct rrset *rs, void *arg, struct err *e),
	      void *arg, struct err *e);

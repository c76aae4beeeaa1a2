/* SPDX-License-Identifier: BSD-2-Clause */
/* published.h - a zone that is what a signer published, version after version.
 *
 * Read from a folder that 'sigfault sign' left for a signer (docs/formats.md):
 *
 *	versions.csv			2,2026-01-01T00:00:02Z,…	from when on each version was there
 *	versions/1.zone, versions/2.diff	+ de. 3600 IN DNSKEY …		the first, and what has changed since
 *	ds.csv				2026-01-01T02:00:00Z,de. 86400 IN DS …	what the parent's servers had from then on
 *
 * Held is each record once, with the versions that have it: the first version and the differences. The version that
 * a server has at an instant is a zone of its own, taken as it is signed (literal.h), which has all else of the
 * zone's plan. It is put together when it is asked for; of those that were, one for each server and two more are kept. */
#pragma once

#include "zones/rrset.h"
#include "zones/tree.h"

struct published;

/* What was read. */
struct published_counts {
	unsigned versions;
	unsigned first, came, gone; /* records: of the first version, and of all that differ */
	simtime from, last; /* when the first version was there, and the last */
};

/* Reads the folder into the plan of the zone, whose start is the tree's. -EINVAL: what is there is damaged, with its
 * place, or of another zone, or begins later than the tree; -ENOENT and others: it cannot be read. */
int published_load(struct zone *z, const char *folder, struct published_counts *ret, struct err *e);
void published_free(struct published *p);

/* Makes the version of the tree's start what the zone itself has. In tree_prepare(). -EINVAL: the zone is delegated
 * to servers that it has not. */
int published_prepare(struct zone *z, struct err *e);

/* The zone of the version that was there at `now`, of those before the first that one. Lent, until more versions
 * have been asked for than are kept. NULL: no memory. */
struct zone *published_at(struct zone *z, simtime now);

/* The instant whose version a server has at `now`: it looks each `polls`, and what it finds it has after `lag`. */
simtime published_fetched(const struct zone *z, unsigned server, simtime now);

/* Since when the version of an instant was there. */
simtime published_since(const struct zone *z, simtime now);

/* When a server gets its next version; SIMTIME_NEVER: it has the last. */
simtime published_next(const struct zone *z, unsigned server, simtime now);

/* The DS RRset that the parent had at `now`: how many are added. */
unsigned published_ds(const struct zone *z, simtime now, struct rrset *ret);
bool published_has_ds(const struct zone *z, simtime now);

/* SPDX-License-Identifier: BSD-2-Clause */
/* registry.h - the parent of a signed zone, as far as the signer sees it: it looks for CDS every so often
 * (RFC 7344, RFC 8078), takes what would not break the delegation, and has the DS on its servers some
 * time later, where the signer may ask for it. Or it looks as often for what the signer has submitted by a hook of its own: a
 * file with records, DNSKEY or DS, each in a line, of all the keys whose DS is to be there; without one nothing is asked for.
 *
 * The first DS is taken as any other: RFC 8078, section 3.3, "accept after delay". */
#pragma once

#include <stdbool.h>

#include "harness/signing/zone_copy.h"
#include "sim/base/simtime.h"

struct registry;

struct registry_plan {
	const char *zone; /* with a dot at its end; lent */
	uint32_t ds_ttl;
	simtime polls, propagation;
	const char *
		submitted; /* a file in which the signer has the keys that it wants a DS of; NULL: it asks by CDS; lent */
	/* Called for each thing that it does: "ds" when its servers have another DS, "cds" when it has seen
	 * that there is to be one, "refused" when it will not have it. */
	int (*happened)(simtime at, const char *kind, const char *what, void *arg, struct err *e);
	void *arg;
};

int registry_new(const struct registry_plan *p, simtime now, struct registry **ret, struct err *e);
void registry_free(struct registry *r);
DEFINE_FREEP(struct registry, registry)

/* When it does something next; does it, with the zone as its servers have it (NULL: they have none). */
simtime registry_due(const struct registry *r);
int registry_run(struct registry *r, const struct zone_copy *zone, simtime now, struct err *e);

/* Somebody enters a DS by hand, whatever the zone has in its CDS and whomever it leaves in the dark: its servers have it at once.
 * `newest`: of those of the zone's KSKs alone that have none yet; else no DS at all. -ENOENT: there is no such KSK. */
int registry_enter(struct registry *r, const struct zone_copy *zone, bool newest, simtime now,
		   struct err *e);

/* The answer to a query that came to a server of the parent's, made for the caller (free()). NULL: it is none
 * that can be answered, or there is no memory. */
uint8_t *registry_answer(const struct registry *r, const uint8_t *query, size_t len,
			 size_t *ret_len);

/* What its servers have: "13:4021+13:990", sorted, algorithm and key tag; "". */
void registry_text(const struct registry *r, char *ret, size_t size);

/* The same as what stands behind "DS" in a master file, a line each. */
#define REGISTRY_LINES 2048
void registry_lines(const struct registry *r, char ret[REGISTRY_LINES]);

/* The same as records, which may be none: lent until it does something. */
const ldns_rr_list *registry_ds(const struct registry *r);

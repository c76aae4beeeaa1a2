/* SPDX-License-Identifier: BSD-2-Clause */
/* population.h - the delegations of a population, drawn and not stored: inside zones/ only.
 *
 * Delegation 42 of de. is "d00000042.de.": fixed width, so that canonical order is the order of
 * numbers. The zone's seed decides the rest. Signed are about `signed_share` of them: the numbers
 * are cut into strata of 1/share each, and one of every whole stratum is drawn, which makes both
 * questions cheap: whether n is signed, and which the j-th signed one is.
 *
 * A zone out of a file has names and signed ones out of an image (image.h), in the same order. */
#pragma once

#include "zones/tree.h"

#define POPULATION_MAX 100000000u

/* What a draw is for: the numbers drawn for different things must not hang together. */
enum draw {
	DRAW_SIGNED = 1,
	DRAW_TTL,
	DRAW_HOSTER,
	DRAW_KEY,
	DRAW_ADDRESS,
	DRAW_CHECK,
	DRAW_AILMENT,
	DRAW_TYPES,
};

/* The number drawn for delegation n, or for a name that a trace added. */
uint64_t population_draw(const struct zone *z, enum draw what, uint64_t n);
uint64_t population_draw_name(const struct zone *z, enum draw what, const uint8_t *name);

/* The number of the delegation or host whose first label this is; false when there is no such one, as names
 * under a wildcard are not. */
bool population_number(const struct zone *z, const uint8_t *label, uint64_t *ret);

bool population_is_signed(const struct zone *z, uint64_t n);

/* How many are signed, and the j-th of them. */
uint64_t population_signed_count(const struct zone *z);
uint64_t population_signed(const struct zone *z, uint64_t j);

/* Whether host n has an RRset of that type. */
bool population_host_has(const struct zone *z, uint64_t n, enum host_type type);

/* What is wrong with delegation n all the time. */
enum ailment population_ailment(const struct zone *z, uint64_t n, bool is_signed);

/* The TTL that the mix gives to a number drawn. */
uint32_t population_ttl(const struct zone *z, uint64_t draw);

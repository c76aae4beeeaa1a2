/* SPDX-License-Identifier: BSD-2-Clause */
/* census.h - the names of a zone by number: the apex, explicit names, a leaf's standard names,
 * delegations of the population. */
#pragma once

#include "zones/tree.h"

/* The names that own an NSEC or NSEC3 record: numbers 0 … count-1, in no promised order; the same
 * for all instants. Left out are names below cuts and, in an opt-out zone, unsigned delegations. */
bool census_ready(const struct zone *z); /* false: no memory; before the others are asked */
uint64_t census_chain_count(const struct zone *z);
void census_chain_name(const struct zone *z, uint64_t n, uint8_t ret[NAME_MAX_LEN]);

/* Every name that the zone has a node for, delegations of all kinds and empty non-terminals
 * included: numbers 0 … count-1, in no promised order. */
uint64_t census_count(const struct zone *z);
void census_name(const struct zone *z, uint64_t n, uint8_t ret[NAME_MAX_LEN]);
